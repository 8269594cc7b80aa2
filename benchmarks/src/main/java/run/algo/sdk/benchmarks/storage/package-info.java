/**
 * Files beside the clients of the AWS SDK: whole processes against one S3 in a process of its own.
 * {@link run.algo.sdk.benchmarks.storage.CompareStorage} is the door; what is measured and how is
 * in {@code benchmarks/README.md}.
 */
@NullMarked
package run.algo.sdk.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
