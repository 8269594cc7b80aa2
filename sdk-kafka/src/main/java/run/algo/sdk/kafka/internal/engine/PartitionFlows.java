package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.BatchEntry;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.spi.ParkingStore;

/**
 * Makes the flow of an assigned partition, with the dispatcher that its order and the form of its
 * Algo ask for. Used by the owner thread alone; what executes is called on workers.
 *
 * <p>Open for the simulation alone: it overrides what is not private, to watch each record go and
 * come back.
 */
class PartitionFlows implements PollLoop.Flows {

  private final Engine.Workload workload;
  private final RecordProcessor processor;
  private final Crew.Workers workers;
  private final Timers timers;
  private final EnginePlan.Execution plan;
  private final Waiting waiting;
  private final Map<Assembled, BatchAssembler> assemblers = new HashMap<>();
  private final Map<String, ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>>> stores =
      new HashMap<>();

  /** Whose records make batches together. */
  private record Assembled(Route route, boolean parked) {}

  /**
   * What records need that wait.
   *
   * @param gate on retry topics
   * @param lot in the parking store; null where nothing is parked
   */
  record Waiting(DueGate gate, @Nullable ParkingLot lot) {}

  PartitionFlows(
      Engine.Workload workload,
      RecordProcessor processor,
      Crew.Workers workers,
      Timers timers,
      EnginePlan.Execution plan,
      DueGate gate) {
    this(workload, processor, workers, timers, plan, new Waiting(gate, null));
  }

  PartitionFlows(
      Engine.Workload workload,
      RecordProcessor processor,
      Crew.Workers workers,
      Timers timers,
      EnginePlan.Execution plan,
      Waiting waiting) {
    this.workload = workload;
    this.processor = processor;
    this.workers = workers;
    this.timers = timers;
    this.plan = plan;
    this.waiting = waiting;
  }

  @Override
  public PartitionFlow create(PartitionFlow.Seat seat, OwnerSignal signal) {
    String topic = seat.partition().topic();
    Route route = workload.route(topic);
    Optional<ParkedInput> parked = workload.parked(topic);
    Ordering ordering = ordering(parked);
    return new PartitionFlow(
        seat,
        route,
        signal,
        workers.clock(),
        new PartitionFlow.Dispatchers(
            dispatcher(route, ordering),
            parked.map(input -> parked(seat, route, input, signal)).orElse(null)),
        this::halt);
  }

  private Halt halt(TopicPartition partition, Dispatcher dispatcher) {
    return new Halt(partition, dispatcher, timers);
  }

  /** Where a failed record parks those of its key they come one after the other. */
  private Ordering ordering(Optional<ParkedInput> parked) {
    return plan.ordering() == Ordering.UNORDERED && parked.filter(ParkedInput::ordered).isPresent()
        ? Ordering.KEY
        : plan.ordering();
  }

  private ParkedFlow parked(
      PartitionFlow.Seat seat, Route route, ParkedInput input, OwnerSignal signal) {
    ParkingLot lot = Objects.requireNonNull(waiting.lot(), "a workload that parks needs a lot");
    String topic = seat.partition().topic();
    return new ParkedFlow(
        new ParkedFlow.Place(
            seat.partition(),
            route,
            input,
            stores.computeIfAbsent(topic, any -> input.store().apply(lot.reader())),
            lot,
            seat.transactional(),
            plan.ordering() == Ordering.PARTITION),
        signal,
        workers.clock(),
        parkedDispatcher(route, input),
        this::halt);
  }

  /** How a partition's parked records are executed. */
  Dispatcher parkedDispatcher(Route route, ParkedInput input) {
    if (route.form() == FormKind.BATCH) {
      return batches(route, true, input.ordered() ? Ordering.KEY : Ordering.UNORDERED);
    }
    EnginePlan.Share share = shareBesideOrder();
    return input.ordered()
        ? new KeyDispatcher(workers, runner(route), share)
        : new UnorderedDispatcher(workers, runner(route), share);
  }

  /** How a partition's records are executed. */
  Dispatcher dispatcher(Route route, Ordering ordering) {
    return route.isOfRetries()
        ? new DueDispatcher(waiting.gate(), byDueTime(route), plan.ordering() == Ordering.PARTITION)
        : inOrder(route, ordering);
  }

  /** What is due is in no other order: that of its retries is not that of the input. */
  private SingleDispatcher byDueTime(Route route) {
    return route.form() == FormKind.BATCH
        ? batches(route, false, plan.ordering())
        : new UnorderedDispatcher(workers, runner(route), shareBesideOrder());
  }

  /** Of what has left the input's order: one at a time where the input's records are. */
  private EnginePlan.Share shareBesideOrder() {
    return plan.ordering() == Ordering.PARTITION ? EnginePlan.Share.of(1) : plan.share(1);
  }

  private Dispatcher inOrder(Route route, Ordering ordering) {
    if (route.form() == FormKind.BATCH) {
      return batches(route, false, ordering);
    }
    Crew.RecordRunner runner = runner(route);
    return switch (ordering) {
      case PARTITION -> new PartitionLane(workers, runner);
      case KEY -> new KeyDispatcher(workers, runner, plan.share(1));
      case UNORDERED -> new UnorderedDispatcher(workers, runner, plan.share(1));
    };
  }

  private Crew.RecordRunner runner(Route route) {
    return (batch, index, scope) -> execute(route, batch, index, scope);
  }

  private BatchDispatcher batches(Route route, boolean parked, Ordering ordering) {
    return new BatchDispatcher(
        assemblers.computeIfAbsent(
            new Assembled(route, parked), any -> assembler(route, plan.with(ordering))));
  }

  private BatchAssembler assembler(Route route, EnginePlan.Execution how) {
    return new BatchAssembler(
        workers, timers, (entries, scope) -> execute(route, entries, scope), how);
  }

  private Progress execute(Route route, RecordBatch batch, int index, Scope scope) {
    Gather gather = batch.gather(index);
    if (gather == null) {
      return execute(route, batch.record(index), batch, index, scope); // it was begun: it is there
    }
    return gather.begin()
        ? gather(route, batch.record(index), gather, index, scope)
        : Progress.ENDED;
  }

  /** Executes a record with what was held for it; all go back through the gather. */
  Progress gather(
      Route route, ConsumerRecord<byte[], byte[]> record, Gather gather, int index, Scope scope) {
    try {
      return processor.gather(route, record, gather.gathered(), wayBack(gather), index, scope);
    } catch (InterruptException e) {
      gather.rest();
      throw e; // the runner closes
    } catch (Throwable t) { // a defect of ours must not lose the records
      gather.blocked(index, defect(t));
      return Progress.ENDED;
    }
  }

  @Override
  public void giveUp(Gather gather) {
    workers.threads().execute(() -> giveUpNow(gather));
  }

  private void giveUpNow(Gather gather) {
    RecordBatch batch = gather.batch();
    int index = gather.index();
    Route route = batch.partitionFlow().route();
    if (!gather.beginAll()) {
      return;
    }
    try {
      processor.giveUp(route, batch.record(index), gather.gathered(), wayBack(gather), index);
    } catch (InterruptException e) {
      gather.rest(); // the runner closes: the records are left to the next owner
    } catch (Throwable t) {
      gather.blocked(index, defect(t));
    }
  }

  /** What is told what becomes of records that are executed, or given up, together. */
  Settlement wayBack(Gather gather) {
    return gather;
  }

  private static Blockage defect(Throwable t) {
    return new Blockage("an error within the SDK", t, false, Optional.empty());
  }

  /** Executes a record; it goes back through the settlement. */
  Progress execute(
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index,
      Scope scope) {
    try {
      return processor.process(route, record, settlement, index, scope);
    } catch (InterruptException e) {
      throw e; // the runner closes
    } catch (Throwable t) { // a defect of ours must not lose the record
      settlement.blocked(index, defect(t));
      return Progress.ENDED;
    }
  }

  /** Executes a batch. */
  Progress execute(Route route, List<BatchEntry> entries, Scope scope) {
    return processor.processBatch(route, entries, scope);
  }
}
