package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.TOPIC;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.quiet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.Outcome;

/** The whole loop on its own thread, with a consumer and a producer that the test holds. */
class PollLoopTest {

  private static final TopicPartition P1 = new TopicPartition(TOPIC, 1);

  private final Map<TopicPartition, Long> commits = new ConcurrentHashMap<>();
  private final MockConsumer<byte[], byte[]> consumer = new RecordingConsumer();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final InputCounters counters = new InputCounters("orders");
  private final List<String> executed = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch assigned = new CountDownLatch(1);
  private Algo<String, String> algo =
      (text, context) -> {
        executed.add(text);
        return text;
      };
  private final Intake intake = new Intake();
  private final List<Intake.Effect> effects = Collections.synchronizedList(new ArrayList<>());
  private PollLoop loop;
  private Thread owner;

  @BeforeEach
  void partitions() {
    consumer.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    consumer.updateEndOffsets(Map.of(P0, 0L, P1, 0L));
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (owner != null && owner.isAlive()) {
      loop.close();
      owner.join(10_000);
      assertThat(owner.isAlive()).isFalse();
    }
    workers.shutdownNow();
    timer.shutdownNow();
  }

  private void start(Duration revokeTimeout, Duration shutdownTimeout) {
    OutputTarget output =
        new OutputTarget(
            "out", "out", Codec.text(), "text/plain", 1_000_000, new OutputCounters("out"));
    RecordProcessor processor =
        RecordProcessors.create(
            new ExecutionScope(new Outputs(List.of(output), Set.of()), "test", () -> false),
            ContentTypeCheck.OFF,
            new ParameterResolver(List.of()),
            Sender.direct(producer, workers),
            Optional.empty());
    Route route =
        new Route(
            new Route.Input("orders", new ContentTypes(List.of()), null),
            TOPIC,
            Codec.text(),
            new AlgoForm.Sync((Algo<String, String>) (text, context) -> algo.run(text, context)),
            Optional.of(output),
            counters);
    Timers timers = new ScheduledTimers(timer, workers);
    Crew.Workers crew = Crew.Workers.of(4, workers, timers, MonotonicClock.SYSTEM);
    PollLoop.Flows flows =
        new PollLoop.Flows() {
          @Override
          public PartitionFlow create(PartitionFlow.Seat seat, OwnerSignal signal) {
            return new PartitionFlow(
                seat,
                route,
                signal,
                MonotonicClock.SYSTEM,
                new PartitionLane(
                    crew,
                    (batch, index, scope) ->
                        PollLoopTest.run(processor, route, batch, index, scope)),
                (tp, dispatcher) -> new Halt(tp, dispatcher, timers));
          }

          @Override
          public void giveUp(Gather gather) {
            throw new AssertionError("nothing is held");
          }
        };
    loop =
        new PollLoop(
            consumer,
            List.of(TOPIC),
            new EnginePlan(
                new EnginePlan.Execution(Ordering.PARTITION, 4, 100, Duration.ZERO),
                new EnginePlan.Bounds(1000, 100, 1L << 40, 0),
                new EnginePlan.Times(
                    Duration.ofMillis(5), revokeTimeout, shutdownTimeout, Duration.ofSeconds(5))),
            flows,
            effect -> {
              effects.add(effect);
              assigned.countDown();
            },
            PollLoop.Environs.system(quiet(), intake));
    owner = new Thread(loop::run, "owner");
    owner.start();
    onPoll(() -> consumer.rebalance(List.of(P0, P1)));
    await().until(() -> assigned.getCount() == 0);
  }

  private static Progress run(
      RecordProcessor processor, Route route, RecordBatch batch, int index, Scope scope) {
    try {
      return processor.process(route, batch.record(index), batch, index, scope);
    } catch (RuntimeException e) {
      batch.blocked(index, new Blockage("error", e, false, Optional.empty()));
      return Progress.ENDED;
    }
  }

  /** Runs on the owner thread within its next poll, as the coordinator's doings do. */
  private void onPoll(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    consumer.schedulePollTask(
        () -> {
          task.run();
          done.countDown();
        });
    await().pollInterval(Duration.ofMillis(1)).until(() -> done.getCount() == 0);
  }

  private void publish(TopicPartition partition, int from, int to) {
    onPoll(
        () -> {
          for (int i = from; i < to; i++) {
            consumer.addRecord(
                new ConsumerRecord<>(
                    TOPIC,
                    partition.partition(),
                    i,
                    null,
                    (partition.partition() + ":" + i).getBytes(UTF_8)));
          }
        });
  }

  private long committed(TopicPartition partition) {
    return commits.getOrDefault(partition, -1L);
  }

  /** Remembers commits beyond the assignment, which its parent forgets. */
  private final class RecordingConsumer extends MockConsumer<byte[], byte[]> {

    RecordingConsumer() {
      super("earliest");
    }

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      offsets.forEach((partition, offset) -> commits.put(partition, offset.offset()));
      super.commitAsync(offsets, callback);
    }

    @Override
    public synchronized void commitSync(
        Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
      commitAsync(offsets, null);
    }
  }

  @Test
  void neverCommitsPastARecordWhoseOutputIsNotAcknowledged() {
    start(Duration.ofSeconds(1), Duration.ofMillis(200));
    publish(P0, 0, 50);
    await().until(() -> producer.history().size() == 50);
    for (int acknowledged = 0; acknowledged < 50; acknowledged++) {
      turns(3); // commits have had their chance
      assertThat(committed(P0)).isLessThanOrEqualTo(acknowledged);
      assertThat(producer.completeNext()).isTrue();
    }
    await().until(() -> committed(P0) == 50);
    assertThat(counters.settled(Outcome.WRITTEN)).isEqualTo(50);
  }

  @Test
  void heldBackAcknowledgementsHoldBackTheLastCommitToo() throws InterruptedException {
    start(Duration.ofSeconds(1), Duration.ofMillis(200));
    publish(P0, 0, 10);
    await().until(() -> producer.history().size() == 10);
    for (int i = 0; i < 4; i++) {
      assertThat(producer.completeNext()).isTrue();
    }
    loop.close();
    owner.join(10_000);
    assertThat(committed(P0)).isEqualTo(4);
    assertThat(counters.settled(Outcome.RELEASED)).isEqualTo(6);
    while (producer.completeNext()) {
      // late acknowledgements of a runner that has left
    }
    assertThat(counters.settled(Outcome.WRITTEN)).isEqualTo(4);
    assertThat(committed(P0)).isEqualTo(4);
  }

  @Test
  void revokedPartitionCommitsWhatIsSettledAndIgnoresWhatComesLate() {
    start(Duration.ofMillis(100), Duration.ofSeconds(1));
    publish(P0, 0, 10);
    publish(P1, 0, 10);
    await().until(() -> producer.history().size() == 20);
    long before = producer.history().stream().limit(5).filter(r -> value(r.value(), "0:")).count();
    for (int i = 0; i < 5; i++) {
      assertThat(producer.completeNext()).isTrue();
    }
    onPoll(() -> consumer.rebalance(List.of(P1)));
    assertThat(committed(P0)).isEqualTo(before);
    while (producer.completeNext()) {
      // the rest of both partitions
    }
    await().until(() -> committed(P1) == 10);
    turns(3);
    assertThat(committed(P0)).isEqualTo(before);
  }

  private static boolean value(byte[] value, String prefix) {
    return new String(value, UTF_8).startsWith(prefix);
  }

  @Test
  void partitionThatComesBackStartsFromTheCommitAndOldCompletionsDoNotReachIt() {
    start(Duration.ofMillis(50), Duration.ofSeconds(1));
    publish(P0, 0, 4);
    await().until(() -> producer.history().size() == 4);
    onPoll(() -> consumer.rebalance(List.of(P1)));
    onPoll(
        () -> {
          consumer.rebalance(List.of(P0, P1));
          consumer.seek(P0, 0);
          for (int i = 0; i < 4; i++) {
            consumer.addRecord(
                new ConsumerRecord<>(TOPIC, 0, i, null, ("again:" + i).getBytes(UTF_8)));
          }
        });
    await().until(() -> producer.history().size() == 8);
    for (int i = 0; i < 4; i++) {
      assertThat(producer.completeNext()).isTrue(); // those of the old assignment
    }
    turns(5);
    assertThat(committed(P0)).isLessThanOrEqualTo(0);
    while (producer.completeNext()) {
      // those of the new
    }
    await().until(() -> committed(P0) == 4);
  }

  @Test
  void pollsOnWhileTheAlgoTakesItsTime() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    algo =
        (text, context) -> {
          if (text.equals("0:0")) {
            release.await();
          }
          executed.add(text);
          return null;
        };
    start(Duration.ofSeconds(1), Duration.ofSeconds(5));
    publish(P0, 0, 3);
    publish(P1, 0, 200);
    await().until(() -> executed.size() == 200);
    await().until(() -> committed(P1) == 200);
    turns(20);
    assertThat(executed).noneMatch(text -> text.startsWith("0:"));
    release.countDown();
    await().until(() -> committed(P0) == 3);
  }

  @Test
  void closeLetsTheRunningExecutionEndAndLeavesTheRest() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    algo =
        (text, context) -> {
          begun.countDown();
          release.await();
          executed.add(text);
          return null;
        };
    start(Duration.ofSeconds(1), Duration.ofSeconds(20));
    publish(P0, 0, 5);
    begun.await();
    loop.close();
    await().until(() -> owner.getState() == Thread.State.TIMED_WAITING); // it drains
    release.countDown();
    owner.join(10_000);
    assertThat(executed).containsExactly("0:0");
    assertThat(committed(P0)).isEqualTo(1);
    assertThat(counters.settled(Outcome.RELEASED)).isEqualTo(4);
  }

  @Test
  void aFailedRecordThatHaltsLeavesItsOffsetAndOtherPartitionsFlow() {
    algo =
        (text, context) -> {
          if (text.equals("0:2")) {
            throw new IllegalStateException("no");
          }
          executed.add(text);
          return null;
        };
    start(Duration.ofSeconds(1), Duration.ofSeconds(1));
    publish(P0, 0, 10);
    publish(P1, 0, 10);
    await().until(() -> committed(P1) == 10);
    await().until(() -> committed(P0) == 2);
    turns(5);
    assertThat(committed(P0)).isEqualTo(2);
    assertThat(executed).doesNotContain("0:3");
    assertThat(loop.halts()).containsOnlyKeys(P0);
    assertThat(loop.halts().get(P0).position().offset()).isEqualTo(2);
  }

  @Test
  void anErrorOfTheConsumerIsReportedAndOutlived() {
    start(Duration.ofSeconds(1), Duration.ofSeconds(1));
    consumer.setPollException(
        new org.apache.kafka.common.errors.TopicAuthorizationException(Set.of(TOPIC)));
    await().until(() -> loop.trouble().isPresent());
    publish(P0, 0, 1);
    await().until(() -> producer.history().size() == 1);
    await().until(() -> loop.trouble().isEmpty());
  }

  /** Waits until the owner has gone round so many times. */
  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      onPoll(() -> {});
    }
  }

  @Test
  void tellsWhenItsLatestTurnBeganAsLongAsItIsMeantToTurn() throws InterruptedException {
    start(Duration.ofSeconds(1), Duration.ofMillis(200));
    long first = loop.turnBegan().orElseThrow();
    await().until(() -> loop.turnBegan().orElseThrow() - first > 0);

    loop.close();
    owner.join(10_000);
    assertThat(loop.turnBegan()).isEmpty();
  }
}
