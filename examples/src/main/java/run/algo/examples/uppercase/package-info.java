/** The README's Algo. */
@NullMarked
package run.algo.examples.uppercase;

import org.jspecify.annotations.NullMarked;
