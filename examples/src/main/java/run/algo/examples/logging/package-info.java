/** How a program prints AlgoRunner's log lines: one JSON object each. */
@NullMarked
package run.algo.examples.logging;

import org.jspecify.annotations.NullMarked;
