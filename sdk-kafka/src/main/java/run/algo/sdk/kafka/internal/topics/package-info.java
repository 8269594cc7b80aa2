/** What must be known of, and done about, the topics before records flow. */
@NullMarked
package run.algo.sdk.kafka.internal.topics;

import org.jspecify.annotations.NullMarked;
