/** Records as the protocol sees them: headers, trace IDs, outcomes, dead letters. */
@NullMarked
package run.algo.sdk.kafka.internal.record;

import org.jspecify.annotations.NullMarked;
