package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/** What is in the parking topic of a group, as whoever reads it with committed reads sees it. */
final class ParkingTopicProbe {

  /** The topic. */
  final String name;

  private final EmbeddedKafka kafka;
  private final int partitions;

  ParkingTopicProbe(Deployment deployment) {
    this(deployment, deployment.group);
  }

  ParkingTopicProbe(Deployment deployment, String group) {
    this.name = (deployment.in + "." + group + ".parked").toLowerCase(Locale.ROOT);
    this.kafka = deployment.kafka;
    this.partitions = deployment.partitions;
  }

  /** A strategy of one step. */
  static String strategy(String kind, Duration backoff, int repeat) {
    return "{\"strategy\":\""
        + kind
        + "\",\"steps\":[{\"index\":1,\"backoffDuration\":\""
        + backoff.toMillis()
        + "ms\",\"repeat\":"
        + repeat
        + "}]}";
  }

  /** All records, removals included. */
  List<ConsumerRecord<byte[], byte[]>> all() {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    Map<String, Object> properties = new HashMap<>(kafka.adminProperties());
    properties.put("isolation.level", "read_committed");
    properties.put("allow.auto.create.topics", false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> topic = new ArrayList<>();
      for (int p = 0; p < partitions; p++) {
        topic.add(new TopicPartition(name, p));
      }
      consumer.assign(topic);
      consumer.seekToBeginning(topic);
      Map<TopicPartition, Long> ends = consumer.endOffsets(topic);
      while (topic.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      }
    }
    return all;
  }

  /** What is parked and not removed, by its key: {@code <partition>/<offset>}. */
  Map<String, ConsumerRecord<byte[], byte[]>> live() {
    Map<String, ConsumerRecord<byte[], byte[]>> live = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : all()) {
      if (record.value() == null) {
        live.remove(id(record));
      } else {
        live.put(id(record), record);
      }
    }
    return live;
  }

  /** Which record of the input it is. */
  static String id(ConsumerRecord<byte[], byte[]> parked) {
    return new String(parked.key(), UTF_8);
  }

  /** Waits until nothing is parked any more. */
  void awaitNoneLive() {
    await("nothing parked in " + name)
        .atMost(Deployment.SOON)
        .until(() -> live().keySet(), Set::isEmpty);
  }
}
