/** What a commit tells beyond its offset: the format of the commit's metadata. */
@NullMarked
package run.algo.sdk.kafka.internal.offsets;

import org.jspecify.annotations.NullMarked;
