/** The consumer loop: poll, track, dispatch, commit. */
@NullMarked
package run.algo.sdk.kafka.internal.engine;

import org.jspecify.annotations.NullMarked;
