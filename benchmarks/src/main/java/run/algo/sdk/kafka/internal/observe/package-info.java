/** Benchmarks of what is counted, in its package since they are nobody else's affair. */
@NullMarked
package run.algo.sdk.kafka.internal.observe;

import org.jspecify.annotations.NullMarked;
