/**
 * Contract suites for implementers: extend one, hand it what is to be judged, and JUnit runs it.
 * They need JUnit Jupiter and AssertJ on the test classpath.
 */
@NullMarked
package run.algo.sdk.testkit.contract;

import org.jspecify.annotations.NullMarked;
