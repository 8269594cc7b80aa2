/** Decides on retries; knows no transport. */
@NullMarked
package run.algo.sdk.retry;

import org.jspecify.annotations.NullMarked;
