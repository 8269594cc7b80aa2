/** Files that records refer to: what a reference may say, and how it is written. */
@NullMarked
package run.algo.sdk.storage;

import org.jspecify.annotations.NullMarked;
