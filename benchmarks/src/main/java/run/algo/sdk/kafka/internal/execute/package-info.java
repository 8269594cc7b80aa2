/**
 * Benchmarks of what goes on around an execution, in its package since it is nobody else's affair.
 */
@NullMarked
package run.algo.sdk.kafka.internal.execute;

import org.jspecify.annotations.NullMarked;
