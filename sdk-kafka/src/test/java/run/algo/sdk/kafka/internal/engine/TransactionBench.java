package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.DeadLetterTopics;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.FailureClasses;
import run.algo.sdk.kafka.internal.execute.FailureRules;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.observe.TransactionCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * The engine with exactly-once delivery on one thread, in virtual time, before a scripted cluster.
 * Its Algo writes each value to {@code out}, those that begin with {@code side} to {@code side}
 * instead, {@code both} to both; those that begin with {@code drop} lead to nothing, and {@code
 * slow} ones stand until they are completed, and {@code again} fails the first time and is tried
 * again a second later, in its place. What is gathered is one value, with spaces between.
 */
final class TransactionBench {

  static final String TOPIC = EngineFixtures.TOPIC;
  static final String DEAD_LETTERS = TOPIC + ".dlq";

  private static final Pipe<String> SIDE = Pipe.text("side");

  final ScriptedCluster cluster = new ScriptedCluster();
  final InputCounters counters = new InputCounters("orders");
  final TransactionCounters transactions = new TransactionCounters();
  final Map<String, Integer> executions = new HashMap<>();
  final Map<String, CompletableFuture<String>> slow = new HashMap<>();
  final VirtualTime time;
  final PollLoop loop;
  final FakeConsumer consumer = new FakeConsumer(100);

  /** Whether the coordinator's answers to a look at the offsets come. */
  boolean lookups = true;

  /** What a lane would do next, while the test holds it. */
  final List<Runnable> held = new ArrayList<>();

  private String heldLane = "";
  private boolean ranMeanwhile;
  private boolean waits;

  TransactionBench(Ordering ordering, IntUnaryOperator choice) {
    time = new VirtualTime(choice);
    Route route =
        new Route(
            new Route.Input("orders", new ContentTypes(List.of()), null),
            TOPIC,
            Codec.text(),
            new AlgoForm.Async((AsyncAlgo<String, String>) this::execute),
            Optional.of(target("out")),
            counters);
    DeadLetterTopics deadLetters = new DeadLetterTopics();
    deadLetters.add(TOPIC, DEAD_LETTERS, 8);
    RecordProcessor processor =
        RecordProcessors.create(
            new ExecutionScope(
                new Outputs(List.of(target("out"), target("side")), Set.of()), "test", () -> false),
            ContentTypeCheck.OFF,
            new ParameterResolver(List.of()),
            Sender.transactional(time),
            Optional.of(
                new RecordProcessors.DeadLetters(
                    deadLetters, new DeadLetterHeaders("algorun-g", "owner/name:1[0]"))),
            onceAgain());
    EnginePlan plan =
        new EnginePlan(
            new EnginePlan.Execution(ordering, 8, 100, Duration.ZERO),
            new EnginePlan.Bounds(1000, 100, 1L << 40, 0),
            new EnginePlan.Times(
                    Duration.ZERO,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5))
                .pausePatience(Duration.ZERO));
    List<TransactionLane> lanes = List.of(lane("a"), lane("b"));
    loop =
        new PollLoop(
            consumer,
            List.of(TOPIC),
            plan,
            new PartitionFlows(
                EngineFixtures.workload(route),
                processor,
                Crew.Workers.of(8, time, time, time),
                time,
                plan.execution(),
                EngineFixtures.gate(plan.execution(), time)),
            effect -> {},
            new PollLoop.Environs(time, this::await, EngineFixtures.quiet(), new Intake())
                .with(
                    (c, signal, limits, gathers) ->
                        new Transactions(c, signal, lanes, plan.bounds(), time, gathers)));
    lanes.forEach(TransactionLane::open);
    loop.begin();
    consumer.ensure(TOPIC, 1);
    append(0, "drop");
    append(1, "drop");
    settle(); // the first transaction commits where it begins to read, and no record
    cluster.steps.clear();
    executions.clear();
  }

  private static FailureRules onceAgain() {
    RetryDecision second = new RetryDecision.Retry(new RetryStep(1, Duration.ofSeconds(1), 1), 1);
    return new FailureRules(
        Map.of(
            TOPIC,
            new FailureRules.Input(
                RetryStrategyKind.SIMPLE,
                state ->
                    state instanceof RetryState.First ? second : new RetryDecision.Exhausted())),
        new FailureClasses(),
        (step, retryNum) -> {});
  }

  private TransactionLane lane(String id) {
    return new TransactionLane(
        id,
        () -> cluster.producer(id),
        this::committed,
        task -> (id.equals(heldLane) ? (Executor) held::add : time).execute(task),
        time,
        transactions);
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Iterable<TopicPartition> partitions) {
    if (!lookups) {
      throw new org.apache.kafka.common.errors.TimeoutException("no answer");
    }
    return cluster.lookup(partitions);
  }

  private static OutputTarget target(String name) {
    return new OutputTarget(
        name, name, Codec.text(), "text/plain", 1_000_000, new OutputCounters(name));
  }

  private CompletionStage<String> execute(String input, AlgoContext context) {
    String text =
        context.gathered().isEmpty()
            ? input
            : context.gathered().stream()
                .map(record -> String.valueOf(record.value()))
                .collect(Collectors.joining(" "));
    executions.merge(text, 1, Integer::sum);
    if (text.startsWith("again") && context.attempt() == 1) {
      context.emit(SIDE, "never seen");
      return CompletableFuture.failedFuture(new IllegalStateException("not now"));
    }
    if (text.startsWith("side")) {
      context.emit(SIDE, text);
      return CompletableFuture.completedFuture(null);
    }
    if (text.startsWith("both")) {
      context.emit(SIDE, text);
    }
    if (text.startsWith("drop")) {
      return CompletableFuture.completedFuture(null);
    }
    return text.startsWith("slow")
        ? slow.computeIfAbsent(text, t -> new CompletableFuture<>())
        : CompletableFuture.completedFuture(text);
  }

  private void await(Object blocker, long nanos) {
    if (waits) {
      time.await(blocker, nanos);
    } else {
      ranMeanwhile |= time.runOne();
    }
  }

  /** Appends records to a partition: their values, which are their keys, too. */
  void append(int partition, String... values) {
    for (String value : values) {
      consumer.append(
          new ConsumerRecord<>(
              TOPIC,
              partition,
              consumer.end(new TopicPartition(TOPIC, partition)),
              value.getBytes(UTF_8),
              value.getBytes(UTF_8)));
    }
  }

  /** Appends a record of a trace. */
  void appendOfTrace(int partition, String trace, String run, String value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceID", trace.getBytes(UTF_8));
    headers.add("run", run.getBytes(UTF_8));
    consumer.append(
        new ConsumerRecord<>(
            TOPIC,
            partition,
            consumer.end(new TopicPartition(TOPIC, partition)),
            0,
            TimestampType.CREATE_TIME,
            0,
            0,
            trace.getBytes(UTF_8),
            value.getBytes(UTF_8),
            headers,
            Optional.empty()));
  }

  static String[] numbered(String prefix, int from, int to) {
    List<String> values = new ArrayList<>();
    for (int i = from; i < to; i++) {
      values.add(prefix + i);
    }
    return values.toArray(new String[0]);
  }

  /** Goes on until nothing more happens by itself. */
  void settle() {
    for (int idle = 0; idle < 3; idle++) {
      ranMeanwhile = false;
      long before = consumer.delivered();
      loop.step();
      boolean busy = ranMeanwhile || consumer.delivered() > before;
      while (time.runOne()) {
        busy = true;
      }
      if (busy) {
        idle = -1;
      }
    }
  }

  /** Lets time pass. */
  void advance(Duration duration) {
    settle();
    long left = duration.toNanos();
    while (left > 0) {
      left -= time.pass(Math.min(left, 10_000_000));
      settle();
    }
  }

  /** From its next step of a kind on, a lane does nothing more. */
  void holdAfter(String lane, ScriptedCluster.Step step) {
    cluster.onStep = done -> heldLane = done.equals(lane + " " + step) ? lane : heldLane;
  }

  void letGo() {
    cluster.onStep = done -> {};
    heldLane = "";
    held.forEach(time::execute);
    held.clear();
  }

  /** Runs what waits on the owner thread in virtual time. */
  void waiting(Runnable ownersWork) {
    waits = true;
    try {
      ownersWork.run();
    } finally {
      waits = false;
    }
  }

  /** How many of the records that the test has appended are committed. */
  long offset(int partition) {
    return cluster.offsets.get(new TopicPartition(TOPIC, partition)) - 1;
  }
}
