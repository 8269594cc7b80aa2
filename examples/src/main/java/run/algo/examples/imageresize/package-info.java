/** Resizes pictures that travel by reference: read from storage, and written to it. */
@NullMarked
package run.algo.examples.imageresize;

import org.jspecify.annotations.NullMarked;
