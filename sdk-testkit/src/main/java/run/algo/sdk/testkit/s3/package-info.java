/** S3 in the process, for tests, with faults. */
@NullMarked
package run.algo.sdk.testkit.s3;

import org.jspecify.annotations.NullMarked;
