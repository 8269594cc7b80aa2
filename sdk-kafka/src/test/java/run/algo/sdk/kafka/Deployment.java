package run.algo.sdk.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoLoss;
import run.algo.sdk.testkit.guarantees.OrderPerScope;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * The topics and the group of one test, and what the guarantee objects are told of them. An input
 * record is {@code <partition>:<offset>}, with its partition's number as key, or with one of
 * several keys of its partition; an Algo that returns {@link #id} writes where every output came
 * from, and the key keeps a key's outputs on one partition. Order is judged per key.
 */
final class Deployment {

  /** Generous, since the machine may be busy with other things. */
  static final Duration SOON = Duration.ofSeconds(90);

  final EmbeddedKafka kafka;
  final KafkaProbe probe;
  final String in = TopicNames.unique("in");
  final String out = TopicNames.unique("out");
  final String group = TopicNames.unique("algorun-test");
  final int partitions;

  /** How many keys the records of a partition have; 0 for the partition's number as the one. */
  private final int keys;

  /** Records written so far, by partition. */
  private final long[] filled;

  Deployment(EmbeddedKafka kafka, int partitions) {
    this(kafka, partitions, 0);
  }

  Deployment(EmbeddedKafka kafka, int partitions, int keys) {
    this.keys = keys;
    this.kafka = kafka;
    this.probe = kafka.probe();
    this.partitions = partitions;
    this.filled = new long[partitions];
    kafka.createTopic(in, partitions);
    kafka.createTopic(out, partitions);
  }

  /** What an operator would set, and a quick commit. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
    environment.put("KAFKA_INPUT_TOPIC_LINES", in);
    environment.put("KAFKA_OUTPUT_TOPIC_WORDS", out);
    environment.put("ALGO_GROUP_ID", group);
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("ALGO_COMMIT_INTERVAL", "50ms");
    return environment;
  }

  /** What an Algo writes about a record: where it stands in the input. */
  static String id(RecordPosition position) {
    return position.partition() + ":" + position.offset();
  }

  TopicPartition input(int partition) {
    return new TopicPartition(in, partition);
  }

  /** Appends so many records to each partition, in turn. */
  void fill(int perPartition) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < perPartition; i++) {
      for (int p = 0; p < partitions; p++) {
        records.add(next(p));
      }
    }
    probe.produceAll(records);
  }

  /** Appends so many records once less than half as many lie ahead. */
  void keepAhead(int records) {
    if (total() - committed() < records / 2) {
      fill(records / partitions);
    }
  }

  /** Appends so many records to one partition. */
  void fillPartition(int partition, int count) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(next(partition));
    }
    probe.produceAll(records);
  }

  private ProducerRecord<byte[], byte[]> next(int partition) {
    long offset = filled[partition]++;
    return KafkaProbe.record(in, partition, key(partition, offset), partition + ":" + offset);
  }

  /** The key of a record that {@link #fill} has written. */
  String key(int partition, long offset) {
    if (keys == 0) {
      return Integer.toString(partition);
    }
    // Spread, so that a key's records are near each other as well as far apart.
    return partition + "." + ((offset * 0x9E3779B97F4A7C15L) >>> 33) % keys;
  }

  long total() {
    return LongStream.of(filled).sum();
  }

  /** The committed offset of a partition; 0 while there is none. */
  long committed(int partition) {
    return probe.committedOffset(group, input(partition)).orElse(0);
  }

  long committed() {
    return probe.committedOffsets(group).values().stream().mapToLong(o -> o.offset()).sum();
  }

  /** How many outputs there are; with transactions, each of their ends counts as one. */
  long outputs() {
    return probe.endOffsets(out).values().stream().mapToLong(end -> end).sum();
  }

  /** Waits until every record that was filled in is committed. */
  void awaitAllCommitted() {
    await("all committed")
        .atMost(SOON)
        .until(() -> probe.committedOffsets(group), offsets -> sum(offsets) == total());
  }

  private static long sum(
      Map<TopicPartition, org.apache.kafka.clients.consumer.OffsetAndMetadata> offsets) {
    return offsets.values().stream().mapToLong(offset -> offset.offset()).sum();
  }

  void awaitOutputs(long count) {
    await("outputs").atMost(SOON).until(this::outputs, found -> found >= count);
  }

  /** Waits until a runner is ready. */
  static void awaitReady(AlgoRunner runner) {
    await("ready").atMost(SOON).until(runner::notReady, List::isEmpty);
  }

  /** Tells fresh guarantee objects of all inputs and of the executions that were completed. */
  Judgement judge(ExecutionLog log) {
    Judgement judgement = expected();
    for (ExecutionLog.Entry entry : log.entries()) {
      if (!entry.begin()) {
        judgement.seen(entry.key(), entry.id());
      }
    }
    return judgement;
  }

  /** Tells fresh guarantee objects of all inputs and of the outputs that are there now. */
  Judgement judge() {
    return judge(outputs());
  }

  /**
   * As {@link #judge}, of outputs in transactions: of each input there must be one, and what a
   * transaction that was aborted has written is not seen.
   */
  Judgement judgeCommitted() {
    return judge(total());
  }

  private Judgement judge(long least) {
    Judgement judgement = expected();
    for (ConsumerRecord<String, String> output : probe.readAll(out, Math.toIntExact(least), SOON)) {
      judgement.seen(output.key(), output.value());
    }
    return judgement;
  }

  private Judgement expected() {
    Judgement judgement = new Judgement();
    for (int p = 0; p < partitions; p++) {
      for (long i = 0; i < filled[p]; i++) {
        String id = p + ":" + i;
        judgement.loss.expected(id);
        judgement.order.expected(key(p, i), id);
      }
    }
    return judgement;
  }

  /** The guarantees over one output topic, or over executions. */
  static final class Judgement {
    final NoLoss loss = new NoLoss();
    final OrderPerScope order = new OrderPerScope();
    final NoDuplicates duplicates = new NoDuplicates();
    int outputs;

    private void seen(String key, String id) {
      outputs++;
      loss.seen(id);
      order.seen(key, id);
      duplicates.seen(id);
    }
  }
}
