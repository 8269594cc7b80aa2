package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of records that are wanted again, with a consumer that the test is. */
class ConsumerRefetcherTest {

  private static final TopicPartition PARTITION = DueBench.PARTITION;

  private final DueBench bench = new DueBench();
  private final Set<Integer> failing = Collections.synchronizedSet(new HashSet<>());
  private final List<Map<String, Object>> configs = Collections.synchronizedList(new ArrayList<>());
  private final Map<Long, Long> polled = new ConcurrentHashMap<>();
  private volatile long begin;

  private final ConsumerRefetcher refetcher =
      new ConsumerRefetcher(
          new Clients(),
          Map.of("group.id", "g", "client.id", "c", "session.timeout.ms", "6000"),
          EngineFixtures.quiet(),
          Duration.ofMillis(1));

  @AfterEach
  void close() {
    refetcher.close();
  }

  /** Brings what the bench's log has from the position on, three records a poll. */
  private final class LogConsumer extends MockConsumer<byte[], byte[]> {
    private final int number;

    LogConsumer(int number) {
      super("none");
      this.number = number;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      if (failing.contains(number)) {
        throw new KafkaException("consumer " + number + " does not get on");
      }
      long position = position(PARTITION);
      polled.merge(position, 1L, Long::sum);
      long end = bench.log.lastKey() + 1;
      if (position < begin || position >= end) {
        throw new OffsetOutOfRangeException(Map.of(PARTITION, position));
      }
      List<ConsumerRecord<byte[], byte[]>> records =
          bench.log.tailMap(position).values().stream().limit(3).toList();
      seek(PARTITION, records.get(records.size() - 1).offset() + 1);
      return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
    }

    @Override
    public synchronized Map<TopicPartition, Long> beginningOffsets(
        Collection<TopicPartition> partitions, Duration timeout) {
      return Map.of(PARTITION, begin);
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions, Duration timeout) {
      return Map.of(PARTITION, bench.log.lastKey() + 1);
    }
  }

  private final class Clients implements KafkaClients {
    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
      configs.add(config);
      return new LogConsumer(configs.size());
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Admin admin(Map<String, Object> config) {
      throw new UnsupportedOperationException();
    }
  }

  /** Records that are wanted, of a partition whose time is near. */
  private void want(int count) {
    bench.read(DueBench.same(count, 5_000));
    bench.pass(4_500, false);
    assertThat(bench.wanted).hasSize(count);
  }

  private void fetch(long... offsets) {
    List<Refetcher.Wanted> some = new ArrayList<>();
    for (long offset : offsets) {
      some.add(bench.wanted.get((int) offset));
    }
    refetcher.fetch(some);
  }

  private void awaitUnloaded(int left) {
    await().atMost(Duration.ofSeconds(30)).until(() -> bench.due.unloaded() == left);
  }

  @Test
  void readsRunsInOneGoAndLeapsOverGaps() {
    want(1_000);
    fetch(0, 1, 2, 3, 5, 999);
    awaitUnloaded(994);
    bench.pass(500, false);
    assertThat(bench.executed()).containsExactlyInAnyOrder(0, 1, 2, 3, 5, 999);
    assertThat(polled).containsOnlyKeys(0L, 3L, 999L);
  }

  @Test
  void itsConsumerIsInNoGroup() {
    want(1);
    fetch(0);
    awaitUnloaded(0);
    assertThat(configs)
        .singleElement()
        .satisfies(
            config ->
                assertThat(config)
                    .doesNotContainKeys("group.id", "session.timeout.ms")
                    .containsEntry("client.id", "c-refetch")
                    .containsEntry("auto.offset.reset", "none"));
  }

  @Test
  void survivesConsumersThatFail() {
    failing.addAll(Set.of(1, 2, 3));
    want(4);
    fetch(0, 1, 2, 3);
    awaitUnloaded(0);
    assertThat(configs).hasSize(4);
    bench.pass(500, false);
    assertThat(bench.executed()).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  @Test
  void tellsWhatTheLogHasNoMore() {
    want(10);
    begin = 3;
    bench.log.headMap(3L).clear();
    bench.log.remove(5L);
    bench.log.tailMap(8L).clear();
    fetch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    awaitUnloaded(0);
    bench.pass(500, false);
    assertThat(bench.executed()).containsExactlyInAnyOrder(3, 4, 6, 7);
    assertThat(bench.flow.toCommit())
        .hasValueSatisfying(to -> assertThat(to.offset()).isEqualTo(10));
  }

  @Test
  void forgetsWhatIsNotWantedAnyMore() {
    failing.addAll(Set.of(1));
    want(2);
    bench.flow.abandon();
    fetch(0, 1);
    refetcher.close();
    bench.pass(10_000, false);
    assertThat(bench.runs).isEmpty();
  }
}
