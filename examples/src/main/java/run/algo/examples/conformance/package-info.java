/** An Algo whose behaviour each record commands, so that the SDK can be tested from outside. */
@NullMarked
package run.algo.examples.conformance;

import org.jspecify.annotations.NullMarked;
