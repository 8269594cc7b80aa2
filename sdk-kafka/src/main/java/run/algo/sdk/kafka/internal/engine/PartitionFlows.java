package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.BatchEntry;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Settlement;

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
  private final DueGate gate;
  private final Map<Route, BatchAssembler> assemblers = new HashMap<>();

  PartitionFlows(
      Engine.Workload workload,
      RecordProcessor processor,
      Crew.Workers workers,
      Timers timers,
      EnginePlan.Execution plan,
      DueGate gate) {
    this.workload = workload;
    this.processor = processor;
    this.workers = workers;
    this.timers = timers;
    this.plan = plan;
    this.gate = gate;
  }

  @Override
  public PartitionFlow create(PartitionFlow.Seat seat, OwnerSignal signal) {
    Route route = workload.route(seat.partition().topic());
    return new PartitionFlow(
        seat,
        route,
        signal,
        workers.clock(),
        dispatcher(route),
        (partition, dispatcher) -> new Halt(partition, dispatcher, timers));
  }

  /** How a partition's records are executed. */
  Dispatcher dispatcher(Route route) {
    return route.isOfRetries()
        ? new DueDispatcher(gate, byDueTime(route), plan.ordering() == Ordering.PARTITION)
        : inOrder(route);
  }

  /** What is due is in no other order: that of its retries is not that of the input. */
  private SingleDispatcher byDueTime(Route route) {
    if (route.form() == FormKind.BATCH) {
      return new BatchDispatcher(assemblers.computeIfAbsent(route, this::assembler));
    }
    return new UnorderedDispatcher(
        workers,
        (batch, index, scope) -> execute(route, batch, index, scope),
        plan.ordering() == Ordering.PARTITION ? EnginePlan.Share.of(1) : plan.share(1));
  }

  private Dispatcher inOrder(Route route) {
    if (route.form() == FormKind.BATCH) {
      return new BatchDispatcher(assemblers.computeIfAbsent(route, this::assembler));
    }
    Crew.RecordRunner runner = (batch, index, scope) -> execute(route, batch, index, scope);
    return switch (plan.ordering()) {
      case PARTITION -> new PartitionLane(workers, runner);
      case KEY -> new KeyDispatcher(workers, runner, plan.share(1));
      case UNORDERED -> new UnorderedDispatcher(workers, runner, plan.share(1));
    };
  }

  private BatchAssembler assembler(Route route) {
    return new BatchAssembler(
        workers, timers, (entries, scope) -> execute(route, entries, scope), plan);
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
    Route route = batch.flow().route();
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
