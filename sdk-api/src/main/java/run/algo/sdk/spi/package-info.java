/** What the SDK's modules need of each other; authors have no use for it. */
@NullMarked
package run.algo.sdk.spi;

import org.jspecify.annotations.NullMarked;
