package run.algo.sdk.kafka.internal.engine;

import java.util.Comparator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.offsets.CommitMetadataBuilder;

/** The bugs of {@link Plant} that are in a commit. */
final class PlantedCommits {

  static final Comparator<TopicPartition> BY_NUMBER =
      Comparator.comparingInt(TopicPartition::partition);

  private PlantedCommits() {}

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
      default -> commit;
    };
  }
}
