/** Formats of values: JSON, text, bytes, or an author's own. */
@NullMarked
package run.algo.sdk.codec;

import org.jspecify.annotations.NullMarked;
