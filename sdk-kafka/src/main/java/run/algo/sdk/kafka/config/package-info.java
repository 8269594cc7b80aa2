/**
 * Every setting of the SDK, read once from environment, system properties, builder and the mounted
 * config into one immutable, validated value: {@link run.algo.sdk.kafka.config.AlgoSettings}.
 */
@NullMarked
package run.algo.sdk.kafka.config;

import org.jspecify.annotations.NullMarked;
