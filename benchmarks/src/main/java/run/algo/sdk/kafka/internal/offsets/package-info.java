/** Benchmarks of commit metadata, in its package since they are nobody else's affair. */
@NullMarked
package run.algo.sdk.kafka.internal.offsets;

import org.jspecify.annotations.NullMarked;
