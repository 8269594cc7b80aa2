package run.algo.sdk.benchmarks.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/** The topics of a comparison: makes them, looks at them, deletes them. Thread-safe. */
final class Topics implements AutoCloseable {

  private static final int LOOKS = 600;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String bootstrapServers;
  private final Admin admin;

  Topics(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  void create(String topic, int partitions) {
    create(topic, partitions, Map.of());
  }

  void create(String topic, int partitions, Map<String, String> configs) {
    NewTopic made = new NewTopic(topic, partitions, (short) 1).configs(configs);
    await(admin.createTopics(List.of(made)).all());
    awaitLeaders(topic, partitions);
  }

  /** A topic that was made a moment ago refuses the first who comes. */
  private void awaitLeaders(String topic, int partitions) {
    for (int look = 0; look < LOOKS; look++) {
      try {
        if (ends(topic).size() == partitions) {
          return;
        }
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IllegalStateException("the topic " + topic + " has no leaders");
  }

  void delete(String topic) {
    await(admin.deleteTopics(List.of(topic)).all());
  }

  /** The offset behind the last record, by partition. */
  Map<TopicPartition, Long> ends(String topic) {
    int partitions =
        await(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
            .mapToInt(description -> description.partitions().size())
            .sum();
    Map<TopicPartition, OffsetSpec> latest =
        IntStream.range(0, partitions)
            .boxed()
            .collect(Collectors.toMap(p -> new TopicPartition(topic, p), p -> OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    await(admin.listOffsets(latest).all()).forEach((p, info) -> ends.put(p, info.offset()));
    return ends;
  }

  /** How many bytes a topic takes on the brokers' disks. */
  long bytes(String topic) {
    List<Integer> brokers = await(admin.describeCluster().nodes()).stream().map(Node::id).toList();
    return await(admin.describeLogDirs(brokers).allDescriptions()).values().stream()
        .flatMap(folders -> folders.values().stream())
        .flatMap(folder -> folder.replicaInfos().entrySet().stream())
        .filter(replica -> replica.getKey().topic().equals(topic))
        .mapToLong(replica -> replica.getValue().size())
        .sum();
  }

  /** How many records of a topic a group has committed. */
  long committed(String group, String topic) {
    long sum = 0;
    for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
        await(
                // The coordinator still writes to the partitions when a transaction is committed.
                admin
                    .listConsumerGroupOffsets(
                        group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata())
            .entrySet()) {
      if (entry.getKey().topic().equals(topic)) {
        sum += entry.getValue().offset();
      }
    }
    return sum;
  }

  @Override
  public void close() {
    admin.close();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker refuses: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the broker", e);
    }
  }
}
