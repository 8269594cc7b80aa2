/** Benchmarks of the engine's own parts, in its package since they are nobody else's affair. */
@NullMarked
package run.algo.sdk.kafka.internal.engine;

import org.jspecify.annotations.NullMarked;
