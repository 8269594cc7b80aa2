package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/** The records of retry topics with a broker: what waits is read again, by Kafka's own consumer. */
class DueTimeIT {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final long MILLI = 1_000_000;
  private static EmbeddedKafka kafka;
  private static Admin admin;

  private final Map<String, Integer> executed = new ConcurrentHashMap<>();
  private final Set<String> early = ConcurrentHashMap.newKeySet();
  private final InputCounters counters = new InputCounters("orders");

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    admin = Admin.create(kafka.adminProperties());
  }

  @AfterAll
  static void stop() {
    admin.close();
    kafka.close();
  }

  private static void produce(String topic, int partitions, List<Long> dues) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < dues.size(); i++) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(DueTime.MILLIS, Long.toString(dues.get(i)).getBytes(UTF_8));
        byte[] value = ("v" + i).getBytes(UTF_8);
        var unused =
            producer.send(new ProducerRecord<>(topic, i % partitions, null, null, value, headers));
      }
      producer.flush();
    }
  }

  /** An engine's loop in a thread, that executes a topic's records by noting them. */
  private final class Member implements AutoCloseable {
    private static final int CONCURRENCY = 4;
    private final WorkerThreads threads =
        new WorkerThreads(CONCURRENCY, WorkerKind.platform("algo-worker-"));
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(WorkerKind.platform("algo-timer-"));
    private final Consumer<byte[], byte[]> consumer;
    private final ConsumerRefetcher refetcher;
    private final PollLoop loop;
    private final Thread owner;

    Member(String topic, String group) {
      Map<String, Object> config = new HashMap<>();
      config.put("bootstrap.servers", kafka.bootstrapServers());
      config.put("group.id", group);
      config.put("auto.offset.reset", "earliest");
      config.put("enable.auto.commit", false);
      config.put("isolation.level", "read_committed");
      config.put("key.deserializer", ByteArrayDeserializer.class);
      config.put("value.deserializer", ByteArrayDeserializer.class);
      EnginePlan.Execution execution =
          new EnginePlan.Execution(Ordering.UNORDERED, CONCURRENCY, 100, Duration.ofMillis(5));
      EnginePlan plan =
          new EnginePlan(
              execution,
              new EnginePlan.Bounds(2_000, 500, 64L << 20, 50L << 20),
              new EnginePlan.Times(
                  Duration.ofMillis(50),
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(5)));
      Timers timers = new ScheduledTimers(timer, threads);
      consumer = KafkaClients.REAL.consumer(config);
      refetcher = new ConsumerRefetcher(KafkaClients.REAL, config, EngineFixtures.quiet());
      Crew.Workers workers = Crew.Workers.of(CONCURRENCY, threads, timers, MonotonicClock.SYSTEM);
      loop =
          new PollLoop(
              consumer,
              List.of(topic),
              plan,
              new Noting(
                  new Retried(topic),
                  workers,
                  timers,
                  execution,
                  DueGate.of(plan, timers, refetcher, EngineFixtures.quiet())),
              now -> {},
              PollLoop.Environs.system(EngineFixtures.quiet(), new Intake()));
      owner = WorkerKind.platform("algo-poll-").newThread(loop::run);
      owner.start();
    }

    @Override
    public void close() {
      loop.close();
      try {
        owner.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      consumer.close();
      refetcher.close();
      timer.shutdownNow();
      threads.interrupt();
    }
  }

  /** Notes what would be executed. */
  private final class Noting extends PartitionFlows {
    Noting(
        Engine.Workload workload,
        Crew.Workers workers,
        Timers timers,
        EnginePlan.Execution plan,
        DueGate gate) {
      super(workload, workload.processor(null, () -> false), workers, timers, plan, gate);
    }

    @Override
    Progress execute(
        Route route,
        ConsumerRecord<byte[], byte[]> record,
        Settlement settlement,
        int index,
        Scope scope) {
      String value = new String(record.value(), UTF_8);
      if (SteadyClock.SYSTEM.nanos() < DueTime.of(record.headers()) * MILLI) {
        early.add(value);
      }
      executed.merge(value, 1, Integer::sum);
      settlement.settled(index, Outcome.FILTERED, 0);
      return Progress.ENDED;
    }
  }

  private final class Retried implements Engine.Workload {
    private final String topic;

    Retried(String topic) {
      this.topic = topic;
    }

    @Override
    public List<String> topics() {
      return List.of(topic);
    }

    @Override
    public Route route(String name) {
      return EngineFixtures.retries(EngineFixtures.route(counters, EngineFixtures.ECHO));
    }

    @Override
    public RecordProcessor processor(Sender sender, BooleanSupplier closing) {
      return null; // nothing goes that far
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    try {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitCommitted(String group, TopicPartition partition, long offset) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(committed(group))
                    .hasEntrySatisfying(
                        partition, commit -> assertThat(commit.offset()).isEqualTo(offset)));
  }

  /** Five times as many as may be in flight, in no order, and one in front that is not due. */
  @Test
  void tenThousandWaitAndEachIsExecutedOnceAndNotBeforeItsTime() {
    kafka.createTopic("many.10s", 2);
    long now = SteadyClock.SYSTEM.millis();
    Random random = new Random(3);
    List<Long> dues = new ArrayList<>();
    dues.add(now + Duration.ofDays(1).toMillis());
    for (int i = 1; i < 10_000; i++) {
      dues.add(now + 4_000 + random.nextInt(3_000));
    }
    produce("many.10s", 2, dues);
    try (Member member = new Member("many.10s", "many")) {
      assertThat(member.owner).isNotNull();
      await().atMost(SOON).until(() -> executed.size() == 9_999);
      awaitCommitted("many", new TopicPartition("many.10s", 1), 5_000);
    }
    assertThat(early).isEmpty();
    assertThat(executed.values()).allMatch(times -> times == 1);
    assertThat(executed).doesNotContainKey("v0");
    assertThat(committed("many").get(new TopicPartition("many.10s", 0)).offset()).isZero();
    executed.clear();
    try (Member next = new Member("many.10s", "many")) { // the commit's metadata tells
      assertThat(next.owner).isNotNull();
      produce("many.10s", 2, List.of(SteadyClock.SYSTEM.millis() + 100));
      await().atMost(SOON).until(() -> executed.containsKey("v0"));
    }
    assertThat(executed).containsOnlyKeys("v0");
  }

  @Test
  void whatIsDeletedWhileItWaitsIsSkipped() throws Exception {
    kafka.createTopic("deleted.10s", 1);
    TopicPartition partition = new TopicPartition("deleted.10s", 0);
    long now = SteadyClock.SYSTEM.millis();
    List<Long> dues = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      dues.add(now + 6_000 + 10L * i);
    }
    dues.add(now);
    produce("deleted.10s", 1, dues);
    try (Member member = new Member("deleted.10s", "deleted")) {
      assertThat(member.owner).isNotNull();
      await().atMost(SOON).until(() -> executed.containsKey("v20")); // all were read
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(10))).all().get();
      awaitCommitted("deleted", partition, 21);
    }
    assertThat(executed).hasSize(11).doesNotContainKeys("v0", "v9").containsKeys("v10", "v19");
    assertThat(early).isEmpty();
  }
}
