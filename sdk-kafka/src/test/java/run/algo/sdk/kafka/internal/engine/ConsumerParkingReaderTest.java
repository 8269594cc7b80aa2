package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Scans of a log that does not behave, with clients that the test is. */
class ConsumerParkingReaderTest {

  private static final TopicPartition PARTITION = new TopicPartition("orders.g.parked", 0);

  private final List<Map<String, Object>> configs = Collections.synchronizedList(new ArrayList<>());

  /** Answers the asks for the end of the log, by level; the last answer stays. */
  private final Map<IsolationLevel, List<Long>> ends = new HashMap<>();

  /** How many of the log's records a consumer brings before it stops. */
  private volatile int brought;

  private final CountDownLatch polled = new CountDownLatch(1);

  private final ConsumerParkingReader reader =
      new ConsumerParkingReader(
          new Engine.Clients(
              new Clients(), Map.of("group.id", "g", "client.id", "c"), List.of(), Map.of()),
          new NoRefetcher(),
          Duration.ofMillis(5));

  private static final class NoRefetcher implements Refetcher {
    @Override
    public void prepare() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void fetch(List<Wanted> wanted) {
      throw new UnsupportedOperationException();
    }
  }

  private final class LogConsumer extends MockConsumer<byte[], byte[]> {
    LogConsumer() {
      super("none");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      polled.countDown();
      long position = position(PARTITION);
      if (position >= brought) {
        return super.poll(Duration.ZERO); // nothing, or that it was woken up
      }
      seek(PARTITION, position + 1);
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>(PARTITION.topic(), 0, position, new byte[1], new byte[1]);
      return new ConsumerRecords<>(Map.of(PARTITION, List.of(record)), Map.of());
    }
  }

  private final class Clients implements KafkaClients {
    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
      configs.add(config);
      return new LogConsumer();
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Admin admin(Map<String, Object> config) {
      return (Admin)
          Proxy.newProxyInstance(
              Admin.class.getClassLoader(),
              new Class<?>[] {Admin.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "describeTopics" -> new Described();
                    case "listOffsets" -> end((ListOffsetsOptions) arguments[1]);
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.toString());
                  });
    }
  }

  private static final class Described extends DescribeTopicsResult {
    Described() {
      super(null, Map.of(PARTITION.topic(), KafkaFuture.completedFuture(description())));
    }

    private static TopicDescription description() {
      Node node = new Node(1, "b", 9092);
      return new TopicDescription(
          PARTITION.topic(),
          false,
          List.of(new TopicPartitionInfo(0, node, List.of(node), List.of(node))));
    }
  }

  private ListOffsetsResult end(ListOffsetsOptions options) {
    List<Long> answers = ends.get(options.isolationLevel());
    long offset = answers.size() > 1 ? answers.remove(0) : answers.get(0);
    return new ListOffsetsResult(
        Map.of(
            PARTITION,
            KafkaFuture.completedFuture(
                new ListOffsetsResult.ListOffsetsResultInfo(offset, -1, Optional.empty()))));
  }

  private void ends(IsolationLevel level, Long... answers) {
    ends.put(level, new ArrayList<>(List.of(answers)));
  }

  private List<Long> scan() throws InterruptedException {
    List<Long> told = new ArrayList<>();
    reader.scan(PARTITION, record -> told.add(record.offset()));
    return told;
  }

  @Test
  void itsConsumerIsInNoGroupAndReadsWhatIsCommitted() throws Exception {
    ends(IsolationLevel.READ_UNCOMMITTED, 3L);
    brought = 5;
    assertThat(scan()).containsExactly(0L, 1L, 2L);
    assertThat(configs)
        .singleElement()
        .satisfies(
            config ->
                assertThat(config)
                    .doesNotContainKey("group.id")
                    .containsEntry("client.id", "c-scan-1")
                    .containsEntry("isolation.level", "read_committed")
                    .containsEntry("auto.offset.reset", "none"));
  }

  /** One that has ended leaves its number to the next. */
  @Test
  void scansAtTheSameTimeHaveClientIdsOfTheirOwn() throws Exception {
    ends(IsolationLevel.READ_UNCOMMITTED, 1L);
    brought = 1;
    reader.scan(PARTITION, record -> assertThatScans());
    assertThat(scan()).containsExactly(0L);
    assertThat(configs)
        .extracting(config -> config.get("client.id"))
        .containsExactly("c-scan-1", "c-scan-2", "c-scan-1");
  }

  private void assertThatScans() {
    try {
      assertThat(scan()).containsExactly(0L);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPartitionThatCannotBeReadOnIsAnError() {
    ends(IsolationLevel.READ_UNCOMMITTED, 3L);
    ends(IsolationLevel.READ_COMMITTED, 3L);
    brought = 2;
    assertThatThrownBy(this::scan)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("orders.g.parked-0 could not be read on from offset 2");
  }

  /** It is an error only when the transaction has ended, and nothing comes all the same. */
  @Test
  void anOpenTransactionIsWaitedForHoweverLongItTakes() {
    ends(IsolationLevel.READ_UNCOMMITTED, 3L);
    ends(IsolationLevel.READ_COMMITTED, 2L, 2L, 2L, 2L, 2L, 3L);
    brought = 2;
    assertThatThrownBy(this::scan).isInstanceOf(TimeoutException.class);
    assertThat(ends.get(IsolationLevel.READ_COMMITTED)).as("asked each time").containsExactly(3L);
  }

  @Test
  void anEndThatHasMovedBackIsAnError() {
    ends(IsolationLevel.READ_UNCOMMITTED, 3L, 2L);
    ends(IsolationLevel.READ_COMMITTED, 2L);
    brought = 2;
    assertThatThrownBy(this::scan)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("ended at 3, and ends before that now");
  }

  @Test
  void theRunnersEndWakesAScan() throws Exception {
    ends(IsolationLevel.READ_UNCOMMITTED, 3L);
    ends(IsolationLevel.READ_COMMITTED, 0L);
    FutureTask<List<Long>> scan = new FutureTask<>(this::scan);
    new Thread(scan, "test-scan").start();
    assertThat(polled.await(60, TimeUnit.SECONDS)).isTrue();
    reader.close();
    assertThatThrownBy(() -> scan.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void thereIsNoScanAfterTheEnd() {
    reader.close();
    assertThatThrownBy(this::scan).isInstanceOf(InterruptedException.class);
  }
}
