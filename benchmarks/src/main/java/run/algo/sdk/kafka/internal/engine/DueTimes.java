package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/**
 * How late records of a retry topic are executed that wait, many at once, with due times in no
 * order: with the engine's own poll loop, gate, timers and refetcher, and a broker in this process.
 * {@link RetryLateness} runs it for the report.
 */
public final class DueTimes {

  private static final String TOPIC = "orders.30s";
  private static final int CONCURRENCY = 16;
  private static final long MILLI = 1_000_000;

  /** Until the first is due all must have been written and read. */
  private static final long AHEAD_MILLIS = 8_000;

  /** Where there are few. */
  private static final long LEAST_AHEAD_MILLIS = 3_000;

  /** From when the last record is due. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What every run is warmed up with: it need not be as long as one with many records. */
  private static final int WARM_UP_RECORDS = 10_000;

  private static final int WARM_UP_SECONDS = 10;

  private final int records;
  private final Duration spread;
  private final int bytes;
  private final int partitions;
  private final ConcurrentLinkedQueue<Long> latenesses = new ConcurrentLinkedQueue<>();
  private final CountDownLatch left;

  private DueTimes(int records, Duration spread, int bytes, int partitions) {
    this.records = records;
    this.spread = spread;
    this.bytes = bytes;
    this.partitions = partitions;
    this.left = new CountDownLatch(records);
  }

  /**
   * Runs it and prints the figures; a first run warms up, with the defaults at most.
   *
   * @param args how many records wait, over how many seconds they are due, bytes of a value, and
   *     partitions; 10000, 10, 1024 and 4 when left out
   * @throws InterruptedException when interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    int records = argument(args, 0, 10_000);
    int seconds = argument(args, 1, 10);
    int bytes = argument(args, 2, 1_024);
    int partitions = argument(args, 3, 4);
    Lateness warmUp =
        measure(
            Math.min(records, WARM_UP_RECORDS),
            Duration.ofSeconds(Math.min(seconds, WARM_UP_SECONDS)),
            bytes,
            partitions);
    System.out.println("warm-up: " + warmUp.text());
    Lateness measured = measure(records, Duration.ofSeconds(seconds), bytes, partitions);
    System.out.println("measured: " + measured.text());
    System.out.println(measured.line());
    System.exit(0); // whatever the broker leaves behind
  }

  private static int argument(String[] args, int index, int otherwise) {
    return args.length > index ? Integer.parseInt(args[index]) : otherwise;
  }

  /**
   * Runs it once in this process.
   *
   * @param records how many wait
   * @param spread over how long they are due
   * @param bytes of a value
   * @param partitions of the topic
   */
  static Lateness measure(int records, Duration spread, int bytes, int partitions)
      throws InterruptedException {
    DueTimes times = new DueTimes(records, spread, bytes, partitions);
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic(TOPIC, partitions).start()) {
      times.produce(kafka.bootstrapServers());
      times.consume(kafka.bootstrapServers());
    }
    return Lateness.of(times.latenesses.stream().mapToLong(Long::longValue).toArray());
  }

  private long ahead() {
    return Math.min(AHEAD_MILLIS, LEAST_AHEAD_MILLIS + records / 2);
  }

  private void produce(String brokers) {
    List<Long> dues = new ArrayList<>();
    long first = SteadyClock.SYSTEM.millis() + ahead();
    for (int i = 0; i < records; i++) {
      dues.add(first + spread.toMillis() * i / records);
    }
    Collections.shuffle(dues, new Random(7));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(DueTime.MILLIS, Long.toString(dues.get(i)).getBytes(UTF_8));
        var unused =
            producer.send(
                new ProducerRecord<>(
                    TOPIC, i % partitions, null, new byte[] {(byte) i}, new byte[bytes], headers));
      }
      producer.flush();
    }
  }

  private void consume(String brokers) throws InterruptedException {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", brokers);
    config.put("group.id", "due-times");
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
            new EnginePlan.Bounds(10_000, 500, 256L << 20, 50L << 20),
            new EnginePlan.Times(
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5)));
    RateLimit warnings = new RateLimit(Duration.ofSeconds(10), System::nanoTime);
    WorkerThreads threads = new WorkerThreads(CONCURRENCY, WorkerKind.platform("algo-worker-"));
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(WorkerKind.platform("algo-timer-"));
    Timers timers = new ScheduledTimers(timer, threads);
    try (Consumer<byte[], byte[]> consumer = KafkaClients.REAL.consumer(config);
        ConsumerRefetcher refetcher = new ConsumerRefetcher(KafkaClients.REAL, config, warnings)) {
      Crew.Workers workers = Crew.Workers.of(CONCURRENCY, threads, timers, MonotonicClock.SYSTEM);
      PollLoop loop =
          new PollLoop(
              consumer,
              List.of(TOPIC),
              plan,
              new Measuring(
                  workers, timers, execution, DueGate.of(plan, timers, refetcher, warnings)),
              now -> {},
              PollLoop.Environs.system(warnings, new Intake()));
      Thread owner = WorkerKind.platform("algo-poll-").newThread(loop::run);
      owner.start();
      boolean all = left.await(ahead() + spread.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
      loop.close();
      owner.join();
      if (!all) {
        throw new IllegalStateException(left.getCount() + " records were not executed");
      }
    } finally {
      timer.shutdownNow();
      threads.interrupt();
    }
  }

  /** Measures instead of executing. */
  private final class Measuring extends PartitionFlows {

    Measuring(Crew.Workers workers, Timers timers, EnginePlan.Execution plan, DueGate gate) {
      super(new Retried(), EngineParts.processor(), workers, timers, plan, gate);
    }

    @Override
    Progress execute(
        Route route,
        ConsumerRecord<byte[], byte[]> record,
        Settlement settlement,
        int index,
        Scope scope) {
      latenesses.add(SteadyClock.SYSTEM.nanos() - DueTime.of(record.headers()) * MILLI);
      settlement.settled(index, Outcome.FILTERED, 0);
      left.countDown();
      return Progress.ENDED;
    }
  }

  /** Everything is a retry. */
  private static final class Retried implements Engine.Workload {
    private final Route route = EngineParts.retries();

    @Override
    public List<String> topics() {
      return List.of(TOPIC);
    }

    @Override
    public Route route(String topic) {
      return route;
    }

    @Override
    public RecordProcessor processor(Sender sender, BooleanSupplier closing) {
      return EngineParts.processor();
    }
  }
}
