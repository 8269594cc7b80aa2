/**
 * Judges of a run: objects that a test feeds with what it expects and what it observes, and asks at
 * the end whether a guarantee held. They know nothing of Kafka.
 */
@NullMarked
package run.algo.sdk.testkit.guarantees;

import org.jspecify.annotations.NullMarked;
