/** Ports between the modules of the SDK; an Algo author needs none of it. */
@NullMarked
package run.algo.sdk.spi;

import org.jspecify.annotations.NullMarked;
