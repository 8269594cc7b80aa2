package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/** A runner that has something of everything, made up. */
final class StatusSamples {

  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  final RunnerCounters counters = new RunnerCounters(List.of("Orders", "refunds"), List.of("out"));
  final History history = new History();
  String topic = "shop.orders";
  String state = "RUNNING";
  List<String> notReady =
      List.of("shop.orders-1 is halted at offset 4711: record cannot be written");
  Optional<RunnerView> view = Optional.empty();
  Instant viewed = NOW.minusMillis(400);

  StatusSource source() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("KAFKA_BROKERS", "broker-1:9092,broker-2:9092");
    settings.put("KAFKA_AUTH_PASSWORD", "***");
    settings.put("ALGO_CONCURRENCY", "8");
    settings.put("ALGO_RETRY_STRATEGY", "{\"strategy\":\"RetryTopics\"}".repeat(8));
    return new StatusSource(
        new StatusSource.Who(
            "acme/resize:1.4[0]",
            new DeploymentIdentity("acme", "prod", "acme", "pictures", "acme", "resize", "1.4", 0),
            "resize-7d9f",
            "acme.prod.resize",
            "0.1.0",
            List.of(
                new StatusSource.Step(0, "RetryTopics", "30s", 3),
                new StatusSource.Step(1, "RetryTopics", "10m", 5)),
            settings),
        counters,
        new Health(
            Duration.ZERO,
            Duration.ZERO,
            () -> 0,
            Condition.Calm::new,
            new Health.Progress(Duration.ofMinutes(5), () -> RunnerView.NONE)),
        () -> state,
        () -> notReady,
        () -> view.orElseGet(this::aView));
  }

  StatusData data() {
    return new StatusData(source(), history, () -> NOW);
  }

  /** Ten minutes of ups and downs, always the same. */
  StatusSamples busy() {
    Random random = new Random(42);
    InputCounters orders = counters.input("orders");
    for (int second = 0; second <= 2 * History.SECONDS; second++) {
      double wave = 1 + Math.sin(second / 60.0) + random.nextDouble() / 2;
      int records = second % 400 < 20 ? 0 : (int) (40 * wave);
      for (int i = 0; i < records; i++) {
        long nanos = (long) (1e6 * (2 + random.nextInt(80)) * (random.nextInt(60) == 0 ? 40 : 1));
        orders.read(1);
        orders.executed(nanos);
        orders.settled(Outcome.WRITTEN, 10, 10, nanos * 2);
      }
      OptionalLong lag =
          second % 500 < 40 ? OptionalLong.empty() : OptionalLong.of((long) (900 * wave));
      history.sample(second * 1_000_000_000L, counters, lag);
    }
    return this;
  }

  /** Some of each outcome, and seven in flight. */
  StatusSamples settled() {
    InputCounters orders = counters.input("orders");
    InputCounters refunds = counters.input("refunds");
    orders.read(22);
    orders.settled(Outcome.WRITTEN, 5);
    orders.settled(Outcome.FILTERED, 4);
    orders.settled(Outcome.RETRIED, 3);
    orders.settled(Outcome.DEAD_LETTERED, 2);
    orders.settled(Outcome.SKIPPED, 1);
    refunds.read(9);
    refunds.settled(Outcome.PARKED, 6);
    refunds.settled(Outcome.RELEASED, 3);
    counters.retried(0, 1);
    counters.retried(0, 2);
    counters.retried(7, 1);
    orders.deadLettered(
        new RecordPosition(topic, 0, 12, 0),
        new Failure(FailureReason.ALGO, new IllegalStateException("password=secret"), 1));
    orders.deadLettered(
        new RecordPosition(topic, 1, 99, 0),
        new Failure(FailureReason.DECODE, new IllegalArgumentException("secret value"), 0));
    return this;
  }

  private RunnerView aView() {
    Slow oldest = slow(3, 22, List.of());
    List<PartitionView> partitions = new ArrayList<>();
    partitions.add(partition(0, PartitionView.State.RUNNING, "", false, Optional.empty()));
    partitions.add(
        partition(
            1,
            PartitionView.State.HALTED,
            "record cannot be written: not authorized",
            false,
            Optional.empty()));
    partitions.add(partition(2, PartitionView.State.FULL, "", false, Optional.empty()));
    partitions.add(partition(3, PartitionView.State.RUNNING, "", true, Optional.of(oldest)));
    partitions.add(
        new PartitionView(
            "orders",
            topic + ".retry.30s",
            0,
            true,
            PartitionView.State.RUNNING,
            "",
            90,
            88,
            OptionalLong.empty(),
            0,
            1,
            2_000,
            Optional.empty(),
            new PartitionView.Waiting(17, 12.4, 0),
            PartitionView.Parked.NONE,
            false,
            0));
    return new RunnerView(
        viewed,
        true,
        "OPEN",
        partitions,
        new RunnerView.Executions(
            4,
            8,
            List.of(
                oldest,
                slow(
                    2,
                    95.2,
                    List.of(
                        "java.base/java.net.SocketInputStream.read(SocketInputStream.java:64)",
                        "com.acme.Resize.run(Resize.java:31)")))),
        new RunnerView.Memory(13L * 1024 * 1024, 512L * 1024 * 1024),
        new RunnerView.Commits(1234, 2, 0.2),
        new RunnerView.Rebalances(1, 0, 0),
        Map.of());
  }

  private PartitionView partition(
      int number, PartitionView.State state, String why, boolean stuck, Optional<Slow> oldest) {
    return new PartitionView(
        "orders",
        topic,
        number,
        false,
        state,
        why,
        1_000_000 + number,
        999_000,
        OptionalLong.of(100L + number),
        number == 1 ? 312 : 0.4,
        10 * number,
        5_000L * number,
        oldest,
        new PartitionView.Waiting(number == 2 ? 3 : 0, 0, number == 2 ? 44 : 0),
        number == 0 ? new PartitionView.Parked(4, 9, 130) : PartitionView.Parked.NONE,
        stuck,
        stuck ? 400 : 0);
  }

  private Slow slow(int partition, double seconds, List<String> stack) {
    return new Slow(
        topic,
        partition,
        4_700 + partition,
        "9c1d0a5be34f4e27b3f1a0c2d4e6f801",
        true,
        seconds,
        "algo-worker-" + partition,
        stack);
  }
}
