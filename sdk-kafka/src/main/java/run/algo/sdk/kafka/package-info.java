/**
 * Runs an Algo on Kafka: {@link run.algo.sdk.kafka.AlgoMain} as a process, {@link
 * run.algo.sdk.kafka.AlgoRunner} embedded.
 */
@NullMarked
package run.algo.sdk.kafka;

import org.jspecify.annotations.NullMarked;
