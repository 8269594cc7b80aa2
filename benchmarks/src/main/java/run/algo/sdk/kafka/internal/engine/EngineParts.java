package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.Deadlines;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.ExecutionTracing;
import run.algo.sdk.kafka.internal.execute.Instance;
import run.algo.sdk.kafka.internal.execute.LogContext;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.RetriedRecords;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.spi.RetryPlan;

/** Parts of an engine for benchmarks, on the calling thread and without a network. */
final class EngineParts {

  static final int BATCH = 500;
  static final String TOPIC = "orders";
  static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private static final Executor DIRECT = Runnable::run;

  private EngineParts() {}

  /**
   * Records as a poll brings them.
   *
   * @param keys how many different keys
   * @param bytes size of a value
   * @return {@link #BATCH} records
   */
  static List<ConsumerRecord<byte[], byte[]>> records(int keys, int bytes) {
    return records(keys, bytes, 0);
  }

  /**
   * Records as a poll brings them.
   *
   * @param keys how many different keys
   * @param bytes size of a value
   * @param first the first offset
   * @return {@link #BATCH} records
   */
  static List<ConsumerRecord<byte[], byte[]>> records(int keys, int bytes, long first) {
    Random random = new Random(7 + first);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      byte[] key = ("key-" + random.nextInt(keys)).getBytes(UTF_8);
      records.add(
          new ConsumerRecord<>(
              PARTITION.topic(),
              PARTITION.partition(),
              first + i,
              1_700_000_000_000L,
              TimestampType.CREATE_TIME,
              key.length,
              bytes,
              key,
              new byte[bytes],
              headers(),
              Optional.of(1)));
    }
    return records;
  }

  /** What an input record carries. */
  static RecordHeaders headers() {
    RecordHeaders headers = new RecordHeaders();
    headers.add(new RecordHeader("traceID", "00112233445566778899aabbccddeeff".getBytes(UTF_8)));
    headers.add(new RecordHeader("contentType", "application/octet-stream".getBytes(UTF_8)));
    return headers;
  }

  /** The route of a retry topic. */
  static Route retries() {
    return route()
        .retries(
            new RetriedRecords(
                new RetryHeaders("bench"), new RetryPlan(List.of()), topic -> Optional.empty()));
  }

  /** An Algo of bytes to the same bytes. */
  static Route route() {
    Algo<byte[], byte[]> identity = (bytes, context) -> bytes;
    return new Route(
        new Route.Input("orders", new ContentTypes(List.of()), null),
        PARTITION.topic(),
        Codec.bytes(),
        new AlgoForm.Sync(identity),
        Optional.of(output()),
        new InputCounters("orders"));
  }

  private static OutputTarget output() {
    return new OutputTarget(
        "out",
        "out",
        Codec.bytes(),
        "application/octet-stream",
        1_000_000,
        new OutputCounters("out"));
  }

  /** A processor whose sends are acknowledged at once. */
  static RecordProcessor processor() {
    return processor(Sender.direct(new AckProducer(0), DIRECT), LogContext.none());
  }

  static RecordProcessor processor(Sender sender, LogContext log) {
    return RecordProcessors.create(
        new ExecutionScope(
            new Outputs(List.of(output()), Set.of()),
            new Instance("benchmark", log, ExecutionTracing.none()),
            () -> false,
            Deadlines.none(),
            Set.of(),
            FileScope.none()),
        ContentTypeCheck.WARN,
        new ParameterResolver(List.of()),
        sender,
        Optional.empty());
  }

  /**
   * Dispatches on the calling thread.
   *
   * @param ordering the order
   * @param threads run what workers are called for
   * @param runner executes a record
   * @return the dispatcher
   */
  static Dispatcher dispatcher(Ordering ordering, Executor threads, Crew.RecordRunner runner) {
    Crew.Workers workers = Crew.Workers.of(4, threads, (delay, task) -> {}, MonotonicClock.SYSTEM);
    return switch (ordering) {
      case PARTITION -> new PartitionLane(workers, runner);
      case KEY -> new KeyDispatcher(workers, runner, EnginePlan.Share.of(4));
      case UNORDERED -> new UnorderedDispatcher(workers, runner, EnginePlan.Share.of(4));
    };
  }

  /**
   * Dispatches in batches of 100 and in the order of the partition, on the calling thread.
   *
   * @param threads run what workers are called for
   * @param runner executes a batch
   * @return the dispatcher
   */
  static Dispatcher batchDispatcher(Executor threads, BatchAssembler.BatchRunner runner) {
    Timers never = (delay, task) -> {};
    return new BatchDispatcher(
        new BatchAssembler(
            Crew.Workers.of(4, threads, never, MonotonicClock.SYSTEM),
            never,
            runner,
            new EnginePlan.Execution(Ordering.PARTITION, 4, 100, Duration.ofMillis(20))));
  }

  static PartitionFlow flow(Route route, Dispatcher dispatcher) {
    Timers never = (delay, task) -> {};
    return new PartitionFlow(
        new PartitionFlow.Seat(PARTITION, SettledOffsets.none(0), false, gathers()),
        route,
        new OwnerSignal(() -> {}, OwnerSignal.Wait.PARK),
        MonotonicClock.SYSTEM,
        dispatcher,
        (partition, self) -> new Halt(partition, self, never));
  }

  /** Nothing is held. */
  private static Gathers gathers() {
    return new Gathers(
        Duration.ofMinutes(10),
        MonotonicClock.SYSTEM,
        new RateLimit(Duration.ofDays(1), System::nanoTime),
        new Siblings(1, partitions -> new CompletableFuture<>(), tp -> -1, List::of, () -> {}),
        List::of);
  }
}
