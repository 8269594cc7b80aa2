/** What tests of Algos need: fakes, embedded parts and guarantees. */
@NullMarked
package run.algo.sdk.testkit;

import org.jspecify.annotations.NullMarked;
