package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks the brokers for the ends of the inputs. The client is made when it is needed first. */
final class InputEnds implements Siblings.Ends, AutoCloseable {

  private final Engine.Clients clients;
  private @Nullable Admin admin;

  InputEnds(Engine.Clients clients) {
    this.clients = clients;
  }

  @Override
  public CompletionStage<Map<TopicPartition, Long>> list(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    try {
      return admin()
          .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .all()
          .toCompletionStage()
          .thenApply(
              found -> {
                Map<TopicPartition, Long> ends = new HashMap<>();
                found.forEach((partition, info) -> ends.put(partition, info.offset()));
                return ends;
              });
    } catch (KafkaException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Admin admin() {
    Admin known = admin;
    if (known == null) {
      known = clients.factory().admin(clients.admin());
      admin = known;
    }
    return known;
  }

  @Override
  public void close() {
    Admin known = admin;
    if (known != null) {
      known.close(Duration.ZERO);
    }
  }
}
