/**
 * The yardstick: whole processes against one separate broker, the SDK beside a hand-written loop.
 * {@link run.algo.sdk.benchmarks.process.Compare} is the door; what is measured and how is in
 * {@code benchmarks/README.md}.
 */
@NullMarked
package run.algo.sdk.benchmarks.process;

import org.jspecify.annotations.NullMarked;
