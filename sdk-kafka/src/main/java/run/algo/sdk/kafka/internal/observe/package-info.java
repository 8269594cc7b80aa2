/** Counters, health and the port that shows them. */
@NullMarked
package run.algo.sdk.kafka.internal.observe;

import org.jspecify.annotations.NullMarked;
