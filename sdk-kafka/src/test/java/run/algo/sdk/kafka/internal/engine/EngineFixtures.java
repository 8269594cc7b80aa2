package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RetriedRecords;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.spi.RetryPlan;

/** Parts of the engine for its tests, without a broker. */
final class EngineFixtures {

  static final String TOPIC = "orders";
  static final TopicPartition P0 = new TopicPartition(TOPIC, 0);
  static final Algo<String, String> ECHO = (text, context) -> text;

  /** Timers that never fire. */
  static final Timers NEVER = (delay, task) -> {};

  private EngineFixtures() {}

  static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
    return new ConsumerRecord<>(
        partition.topic(),
        partition.partition(),
        offset,
        ("k" + offset).getBytes(UTF_8),
        ("v" + offset).getBytes(UTF_8));
  }

  /** Records whose offsets have gaps, as after compaction. */
  static List<ConsumerRecord<byte[], byte[]>> records(long... offsets) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long offset : offsets) {
      records.add(record(P0, offset));
    }
    return records;
  }

  static Route route(InputCounters counters, Algo<?, ?> algo) {
    return new Route(
        new Route.Input("orders", new ContentTypes(List.of()), null),
        TOPIC,
        Codec.text(),
        new AlgoForm.Sync(algo),
        Optional.empty(),
        counters);
  }

  /** Where every topic takes the same route. */
  static Engine.Workload workload(Route route) {
    return new Engine.Workload() {
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
        throw new UnsupportedOperationException("the test makes its own");
      }
    };
  }

  /** A flow that executes nothing by itself: the test settles its records. */
  static PartitionFlow idleFlow(InputCounters counters) {
    return flow(counters, new IdleDispatcher(), signal(() -> {}));
  }

  static PartitionFlow flow(InputCounters counters, Dispatcher dispatcher, OwnerSignal signal) {
    return flow(P0, counters, dispatcher, signal);
  }

  static PartitionFlow flow(
      TopicPartition partition, InputCounters counters, Dispatcher dispatcher, OwnerSignal signal) {
    return flow(
        new PartitionFlow.Seat(partition, SettledOffsets.none(0), false, gathers()),
        counters,
        dispatcher,
        signal);
  }

  static PartitionFlow flow(
      PartitionFlow.Seat seat, InputCounters counters, Dispatcher dispatcher, OwnerSignal signal) {
    return new PartitionFlow(
        seat,
        route(counters, ECHO),
        signal,
        MonotonicClock.SYSTEM,
        dispatcher,
        (tp, d) -> new Halt(tp, d, NEVER));
  }

  /** The route of a retry topic. */
  static Route retries(Route input) {
    return input.retries(
        new RetriedRecords(
            new RetryHeaders("algorun-g"), new RetryPlan(List.of()), topic -> Optional.empty()));
  }

  static OwnerSignal signal(Runnable wakeup) {
    return new OwnerSignal(wakeup, OwnerSignal.Wait.PARK);
  }

  static RecordBatch batch(PartitionFlow flow, List<ConsumerRecord<byte[], byte[]>> records) {
    return new RecordBatch(flow, records, 0);
  }

  /** Nothing is held. */
  static Gathers gathers() {
    return new Gathers(
        Duration.ofMinutes(10),
        MonotonicClock.SYSTEM,
        quiet(),
        new Siblings(1, partitions -> new CompletableFuture<>(), tp -> -1, List::of, () -> {}),
        List::of);
  }

  /** Where what waits for its due time stays in memory. */
  static DueGate gate(EnginePlan.Execution plan, VirtualTime time) {
    return gate(plan, time, time.timeOfDay());
  }

  static DueGate gate(EnginePlan.Execution plan, Timers timers, SteadyClock clock) {
    return DueGate.inMemory(plan, timers, clock, quiet());
  }

  static RateLimit quiet() {
    return new RateLimit(Duration.ofDays(1), System::nanoTime);
  }

  /** Takes records and does nothing with them. */
  static class IdleDispatcher implements Dispatcher {
    final List<RecordBatch> batches = new ArrayList<>();
    boolean halted;
    boolean paused;
    boolean stopped;

    @Override
    public void dispatch(RecordBatch batch) {
      batches.add(batch);
    }

    @Override
    public void halt(boolean now) {
      halted = now;
    }

    @Override
    public void pause(boolean now) {
      paused = now;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public void limit(EnginePlan.Share share) {
      // it executes nothing
    }
  }

  /** Runs a task at once on the calling thread. */
  static final Executor DIRECT = Runnable::run;
}
