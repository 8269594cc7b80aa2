package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.TOPIC;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.quiet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;

/** Pause, resume and drain, turn by turn on one thread. */
class IntakeTest {

  private static final TopicPartition P1 = new TopicPartition(TOPIC, 1);
  private static final Duration COMMIT_INTERVAL = Duration.ofHours(1);

  private final VirtualTime time = new VirtualTime();
  private final CommitHolder consumer = new CommitHolder();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final InputCounters counters = new InputCounters("orders");
  private final List<String> executed = new ArrayList<>();
  private final Intake intake = new Intake();
  private final List<Intake.Effect> effects = new ArrayList<>();
  private PollLoop loop;

  /** Answers commits when the test says so. */
  private static final class CommitHolder extends MockConsumer<byte[], byte[]> {
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Map<TopicPartition, OffsetAndMetadata>> commits = new ArrayList<>();

    CommitHolder() {
      super("earliest");
    }

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      commits.add(offsets);
      answers.add(() -> callback.onComplete(offsets, null));
    }
  }

  @BeforeEach
  void begin() {
    consumer.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
    OutputTarget output =
        new OutputTarget(
            "out", "out", Codec.text(), "text/plain", 1_000_000, new OutputCounters("out"));
    Algo<String, String> algo =
        (text, context) -> {
          if (text.equals("bad")) {
            throw new IllegalStateException(text);
          }
          executed.add(text);
          return text;
        };
    Route route =
        new Route(
            new Route.Input("orders", new ContentTypes(List.of()), null),
            TOPIC,
            Codec.text(),
            new AlgoForm.Sync(algo),
            Optional.of(output),
            counters);
    RecordProcessor processor =
        RecordProcessors.create(
            new ExecutionScope(new Outputs(List.of(output), Set.of()), "test", () -> false),
            ContentTypeCheck.OFF,
            new ParameterResolver(List.of()),
            Sender.direct(producer, time),
            Optional.empty());
    EnginePlan.Execution execution =
        new EnginePlan.Execution(Ordering.PARTITION, 4, 100, Duration.ZERO);
    loop =
        new PollLoop(
            consumer,
            List.of(TOPIC),
            new EnginePlan(
                execution,
                new EnginePlan.Bounds(1000, 100, 1L << 40, 0),
                new EnginePlan.Times(
                    COMMIT_INTERVAL,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1))),
            new PartitionFlows(
                EngineFixtures.workload(route),
                processor,
                Crew.Workers.of(4, time, time, time),
                time,
                execution,
                EngineFixtures.gate(execution, time)),
            effects::add,
            new PollLoop.Environs(time, time, quiet(), intake));
    loop.begin();
  }

  /** Several turns, with all that workers can do in between. */
  private void turns() {
    for (int i = 0; i < 3; i++) {
      loop.step();
      time.runAll();
    }
  }

  private void assign(TopicPartition... partitions) {
    consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
    turns();
  }

  private void publish(TopicPartition partition, int offset, String value) {
    consumer.schedulePollTask(
        () ->
            consumer.addRecord(
                new ConsumerRecord<>(
                    TOPIC, partition.partition(), offset, null, value.getBytes(UTF_8))));
    loop.step();
  }

  private void acknowledgeAll() {
    while (producer.completeNext()) {
      // one at a time
    }
  }

  private void answerCommits() {
    List<Runnable> answers = List.copyOf(consumer.answers);
    consumer.answers.clear();
    answers.forEach(Runnable::run);
  }

  @Test
  void aPauseHoldsWhatWasReadAndReadsNothingMore() {
    assign(P0);
    publish(P0, 0, "a"); // read; no worker has come yet
    assertThat(counters.read()).isEqualTo(1);
    intake.pause();
    turns();
    publish(P0, 1, "b");
    turns();
    assertThat(counters.read()).isEqualTo(1);
    assertThat(executed).isEmpty();
    assertThat(consumer.paused()).containsExactly(P0);
    intake.resume();
    turns();
    assertThat(executed).containsExactly("a", "b");
    assertThat(consumer.paused()).isEmpty();
    assertThat(effects)
        .containsExactly(Intake.Effect.OPEN, Intake.Effect.PAUSED, Intake.Effect.OPEN);
  }

  @Test
  void aPauseBeforeTheFirstAssignmentHoldsForIt() {
    intake.pause();
    // The poll that brings the assignment would bring records too.
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(P0));
          consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 0, null, "early".getBytes(UTF_8)));
        });
    turns();
    assertThat(counters.read()).isZero();
    assertThat(executed).isEmpty();
    assertThat(effects).containsExactly(Intake.Effect.PAUSED);
    intake.resume();
    turns();
    assertThat(executed).containsExactly("early");
  }

  @Test
  void aPauseAndADrainHoldForPartitionsThatComeLater() {
    assign(P0);
    for (Runnable stop :
        List.<Runnable>of(intake::pause, () -> assertThat(intake.drain()).isNotDone())) {
      stop.run();
      loop.step();
      int before = executed.size();
      consumer.schedulePollTask(
          () -> {
            consumer.rebalance(List.of(P0, P1));
            consumer.addRecord(
                new ConsumerRecord<>(TOPIC, 1, before, null, "late".getBytes(UTF_8)));
          });
      turns();
      assertThat(executed).hasSize(before);
      assertThat(consumer.paused()).containsExactlyInAnyOrder(P0, P1);
      intake.resume();
      turns();
      assertThat(executed).hasSize(before + 1);
      assign(P0);
    }
  }

  @Test
  void aDrainEndsWhenAllThatWasReadIsSettledAndCommittedAndNotBefore() {
    assign(P0);
    publish(P0, 0, "a");
    publish(P0, 1, "b");
    CompletableFuture<Boolean> drained = intake.drain();
    turns();
    publish(P0, 2, "c");
    turns();
    assertThat(executed).as("executes what was read, reads nothing").containsExactly("a", "b");
    assertThat(drained).as("sends are not acknowledged").isNotDone();
    acknowledgeAll();
    turns();
    assertThat(consumer.commits).as("at once, not at the interval").hasSize(1);
    assertThat(drained).as("the commit is not answered").isNotDone();
    answerCommits();
    turns();
    assertThat(drained).isCompletedWithValue(true);
    assertThat(consumer.commits.get(0).get(P0).offset()).isEqualTo(2);
    assertThat(effects)
        .containsExactly(Intake.Effect.OPEN, Intake.Effect.DRAINING, Intake.Effect.PAUSED);
    turns();
    assertThat(executed).as("stays so").hasSize(2);
    intake.resume();
    turns();
    assertThat(executed).containsExactly("a", "b", "c");
  }

  @Test
  void aDrainAfterAPauseExecutesWhatThePauseHeld() {
    assign(P0);
    publish(P0, 0, "a");
    intake.pause();
    loop.step();
    time.runAll();
    assertThat(executed).isEmpty();
    CompletableFuture<Boolean> drained = intake.drain();
    turns();
    acknowledgeAll();
    turns();
    answerCommits();
    turns();
    assertThat(executed).containsExactly("a");
    assertThat(drained).isCompletedWithValue(true);
  }

  @Test
  void aDrainDoesNotEndWhileAPartitionIsHalted() {
    assign(P0);
    publish(P0, 0, "bad");
    CompletableFuture<Boolean> drained = intake.drain();
    turns();
    turns();
    assertThat(loop.halts()).containsOnlyKeys(P0);
    assertThat(drained).isNotDone();
    intake.close();
    assertThat(drained).as("the runner ends").isCompletedWithValue(false);
    assertThat(intake.drain()).as("and has ended").isCompletedWithValue(false);
  }

  @Test
  void aDrainWithNothingReadEndsAtOnceAndASecondIsTheSame() {
    assign(P0);
    CompletableFuture<Boolean> first = intake.drain();
    CompletableFuture<Boolean> second = intake.drain();
    turns();
    assertThat(first).isCompletedWithValue(true);
    assertThat(second).isCompletedWithValue(true);
  }

  @Test
  void aDrainIsGivenUpByAPauseAndByAResume() {
    assign(P0);
    CompletableFuture<Boolean> first = intake.drain();
    intake.resume();
    assertThat(first).isCompletedWithValue(false);
    CompletableFuture<Boolean> second = intake.drain();
    intake.pause();
    assertThat(second).isCompletedWithValue(false);
  }
}
