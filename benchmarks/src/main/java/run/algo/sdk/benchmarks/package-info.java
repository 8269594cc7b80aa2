/** JMH benchmarks of the per-record path. */
@NullMarked
package run.algo.sdk.benchmarks;

import org.jspecify.annotations.NullMarked;
