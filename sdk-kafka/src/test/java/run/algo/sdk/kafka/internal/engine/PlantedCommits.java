package run.algo.sdk.kafka.internal.engine;

import java.util.Comparator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.CommitMetadataBuilder;
import run.algo.sdk.kafka.internal.offsets.MetadataFormatException;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/** The bugs of {@link Plant} that are in a commit. */
final class PlantedCommits {

  static final Comparator<TopicPartition> BY_NUMBER =
      Comparator.comparingInt(TopicPartition::partition);

  private PlantedCommits() {}

  private static SettledOffsets settled(OffsetAndMetadata commit) {
    try {
      return CommitMetadata.decode(commit.offset(), commit.metadata());
    } catch (MetadataFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  static OffsetAndMetadata changed(Plant plant, OffsetAndMetadata commit, long read) {
    return switch (plant) {
      case COMMIT_OF_THE_POSITION -> new OffsetAndMetadata(Math.max(read, commit.offset()));
      case METADATA_NAMES_AN_UNSETTLED_RECORD -> {
        if (read <= commit.offset()) {
          yield commit;
        }
        CommitMetadataBuilder metadata = new CommitMetadataBuilder();
        metadata.settled(commit.offset());
        yield new OffsetAndMetadata(
            commit.offset(), commit.leaderEpoch(), metadata.encode(commit.offset()));
      }
      case METADATA_FORGETS_THE_LAST -> {
        CommitMetadataBuilder metadata = new CommitMetadataBuilder();
        SettledOffsets ahead = settled(commit);
        ahead.forEachRun(
            commit.offset(),
            (first, last) -> {
              long kept = last + 1 == ahead.end() ? last - 1 : last;
              if (kept >= first) {
                metadata.settled(first, kept);
              }
              metadata.unsettled(kept + 1);
            });
        yield new OffsetAndMetadata(
            commit.offset(), commit.leaderEpoch(), metadata.encode(commit.offset()));
      }
      default -> commit;
    };
  }
}
