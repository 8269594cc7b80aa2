package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * Makes the flow of an assigned partition, with the dispatcher that its order and the form of its
 * Algo ask for. Used by the owner thread alone.
 */
final class PartitionFlows implements PollLoop.Flows {

  private final Engine.Workload workload;
  private final RecordProcessor processor;
  private final Crew.Workers workers;
  private final Timers timers;
  private final EnginePlan.Execution plan;
  private final Map<Route, BatchAssembler> assemblers = new HashMap<>();

  PartitionFlows(
      Engine.Workload workload,
      RecordProcessor processor,
      Crew.Workers workers,
      Timers timers,
      EnginePlan.Execution plan) {
    this.workload = workload;
    this.processor = processor;
    this.workers = workers;
    this.timers = timers;
    this.plan = plan;
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

  private Dispatcher dispatcher(Route route) {
    if (route.form() == FormKind.BATCH) {
      return new BatchDispatcher(assemblers.computeIfAbsent(route, this::assembler));
    }
    Crew.RecordRunner runner = (batch, index, scope) -> execute(route, batch, index, scope);
    return switch (plan.ordering()) {
      case PARTITION -> new PartitionLane(workers, runner);
      case KEY -> new KeyDispatcher(workers, runner, plan.concurrency());
      case UNORDERED -> new UnorderedDispatcher(workers, runner, plan.concurrency());
    };
  }

  private BatchAssembler assembler(Route route) {
    return new BatchAssembler(
        workers, timers, entries -> processor.processBatch(route, entries), plan);
  }

  private Progress execute(Route route, RecordBatch batch, int index, Scope scope) {
    ConsumerRecord<byte[], byte[]> record = batch.record(index);
    try {
      return processor.process(route, record, batch, index, scope);
    } catch (InterruptException e) {
      throw e; // the runner closes
    } catch (Throwable t) { // a defect of ours must not lose the record
      batch.blocked(index, new Blockage("an error within the SDK", t, false, Optional.empty()));
      return Progress.ENDED;
    }
  }
}
