package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.LogContext;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.SteadyClock;

/**
 * An engine between fakes of Kafka's clients, on the calling thread: the poll loop, the flows, the
 * dispatchers and the processor are the process's own, and so are the clocks. What workers are
 * given runs when the poll loop has had its turn, in the order in which it came; so nothing is
 * handed over between threads, and the same thing happens in each turn.
 */
final class WholePath {

  static final int POLL_RECORDS = 500;
  private static final int CONCURRENCY = 4;

  private final FeedConsumer consumer;
  private final AckProducer producer;
  private final PollLoop loop;
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>(Comparator.comparingLong(Timed::due));

  private record Timed(long due, Runnable task) {}

  /**
   * What flows.
   *
   * @param ordering the order of execution
   * @param partitions how many
   * @param keys how many different ones
   * @param spread of how many partitions a poll brings records
   * @param unacknowledged how many sends wait for their acknowledgement
   */
  record Shape(Ordering ordering, int partitions, int keys, int spread, int unacknowledged) {

    FeedConsumer consumer() {
      return new FeedConsumer(partitions, keys, spread, POLL_RECORDS);
    }

    AckProducer producer() {
      return new AckProducer(unacknowledged);
    }

    /** As wide as flow control needs so as to let all of it flow. */
    private EnginePlan plan() {
      int records = 2 * (unacknowledged + 4 * partitions * POLL_RECORDS);
      return new EnginePlan(
          new EnginePlan.Execution(ordering, CONCURRENCY, 1, Duration.ZERO),
          new EnginePlan.Bounds(records, POLL_RECORDS, 1L << 40, 0),
          new EnginePlan.Times(
              Duration.ofMillis(500),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)));
    }
  }

  /**
   * An engine at full flow: as many sends wait as will at any time.
   *
   * @param shape what flows
   * @param log what the log is told
   */
  WholePath(Shape shape, LogContext log) {
    this.consumer = shape.consumer();
    this.producer = shape.producer();
    EnginePlan plan = shape.plan();
    RateLimit warnings = new RateLimit(Duration.ofSeconds(10), System::nanoTime);
    RecordProcessor processor = EngineParts.processor(Sender.direct(producer, ready::add), log);
    Crew.Workers workers =
        Crew.Workers.of(CONCURRENCY, ready::add, this::after, MonotonicClock.SYSTEM);
    this.loop =
        new PollLoop(
            consumer,
            List.of(EngineParts.TOPIC),
            plan,
            new PartitionFlows(
                new Workload(processor),
                processor,
                workers,
                this::after,
                plan.execution(),
                DueGate.inMemory(plan.execution(), this::after, SteadyClock.SYSTEM, warnings)),
            effect -> {},
            PollLoop.Environs.system(warnings, new Intake()));
    loop.begin();
    loop.step(); // the assignment
    fill(shape);
  }

  private void fill(Shape shape) {
    while (producer.acknowledged() < shape.unacknowledged()) {
      turn();
    }
  }

  /**
   * Reads a poll's records and does all that can be done.
   *
   * @return how many records were acknowledged so far
   */
  long turn() {
    long before = consumer.delivered();
    loop.step();
    fireTimers();
    for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
      task.run();
    }
    if (consumer.delivered() != before + POLL_RECORDS) {
      throw new IllegalStateException("the loop did not poll, so the turn measures nothing");
    }
    return producer.acknowledged();
  }

  /** Whether all is as it should be after a run: what is acknowledged has been committed. */
  void check() {
    if (!loop.halts().isEmpty() || loop.trouble().isPresent() || consumer.committed() == 0) {
      throw new IllegalStateException(
          "nothing was committed, or worse: " + loop.halts() + ' ' + loop.trouble());
    }
  }

  private void after(Duration delay, Runnable task) {
    timed.add(new Timed(System.nanoTime() + delay.toNanos(), task));
  }

  private void fireTimers() {
    for (Timed first = timed.peek();
        first != null && first.due() - System.nanoTime() <= 0;
        first = timed.peek()) {
      ready.add(timed.remove().task());
    }
  }

  private record Workload(RecordProcessor made, Route route) implements Engine.Workload {

    Workload(RecordProcessor made) {
      this(made, EngineParts.route());
    }

    @Override
    public List<String> topics() {
      return List.of(EngineParts.TOPIC);
    }

    @Override
    public Route route(String topic) {
      return route;
    }

    @Override
    public RecordProcessor processor(Sender sender, BooleanSupplier closing) {
      return made;
    }
  }
}
