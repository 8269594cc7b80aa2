package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.kafka.internal.record.FailureReason;

/**
 * Takes records through decode and Algo, in the Algo's form, and hands what came of them to {@link
 * ExecutionEnd}. Called on workers; what comes back from the broker goes through the record's
 * {@link Settlement}.
 *
 * <p>Whatever goes wrong becomes the outcome of its record, or halts its partition; only a runner
 * that closes ends a call by an exception.
 */
public final class RecordProcessor {

  private final ExecutionScope shared;
  private final InputGate gate;
  private final ExecutionEnd end;

  RecordProcessor(ExecutionScope shared, InputGate gate, ExecutionEnd end) {
    this.shared = shared;
    this.gate = gate;
    this.end = end;
  }

  /**
   * Executes one record. Not for the batch form.
   *
   * @param route what it goes through
   * @param record the record
   * @param settlement its way back
   * @param index its index within its batch
   * @param scope told when an execution that is {@link Progress#PENDING} can go on
   * @return whether the execution has ended
   * @throws InterruptException when the runner closes; the record then has no outcome
   */
  public Progress process(
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index,
      Scope scope) {
    return processGuarded(new Execution(shared, route, record, settlement, index), scope);
  }

  /**
   * Executes a record together with what was held for it. Not for the batch form.
   *
   * @param route what the record goes through
   * @param record the record
   * @param gathered what was held
   * @param settlement the way back of all of them
   * @param index the record's index within its batch
   * @param scope told when an execution that is {@link Progress#PENDING} can go on
   * @return whether the execution has ended
   * @throws InterruptException when the runner closes; the records then have no outcome
   */
  public Progress gather(
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Gathered gathered,
      Settlement settlement,
      int index,
      Scope scope) {
    return processGuarded(
        new GatheringExecution(shared, route, record, gathered, settlement, index), scope);
  }

  /**
   * Ends records that were held in vain, without an execution. For every form.
   *
   * @param route what the last of them goes through
   * @param record the last of them
   * @param gathered those before it; not whole
   * @param settlement the way back of all of them
   * @param index the last one's index within its batch
   * @throws InterruptException when the runner closes; the records then have no outcome
   */
  public void giveUp(
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Gathered gathered,
      Settlement settlement,
      int index) {
    // The last of them stands in for the trigger, and may be a retry of another input.
    Execution execution =
        new GatheringExecution(shared, route.ofHeld(record), record, gathered, settlement, index);
    end.begins(execution);
    execution.resumed(
        () -> {
          try {
            Object nothing = admit(execution);
            throw new IllegalStateException("they may be executed, on " + nothing);
          } catch (Exception e) {
            end.failed(execution, FailureReason.TIMEOUT, e);
          }
        });
  }

  /** The calling thread processes nothing more for now, and does other things. */
  public void leaveThread() {
    shared.instance().log().forget();
  }

  private Progress processGuarded(Execution execution, Scope scope) {
    execution.enter();
    LogContext log = shared.instance().log();
    LogContext.Before before = log.begin(execution);
    try {
      return process(execution, scope);
    } catch (InterruptException e) {
      execution.endFiles();
      execution.endSpan();
      throw e;
    } catch (Throwable t) {
      execution.defect(t);
      return Progress.ENDED;
    } finally {
      log.leave(before);
      execution.leave();
    }
  }

  private Progress process(Execution execution, Scope scope) {
    if (!end.mayBegin(execution)) {
      return Progress.ENDED;
    }
    ExecutionSpan span = shared.instance().tracing().begin(execution);
    if (span == null) {
      return begin(execution, scope);
    }
    execution.span(span);
    ExecutionSpan.Current current = span.enter();
    try {
      return begin(execution, scope);
    } finally {
      current.close();
    }
  }

  private Progress begin(Execution execution, Scope scope) {
    Object input;
    try {
      input = admit(execution);
    } catch (Throwable t) { // a codec's Error fails its record, not the process
      end.failed(execution, FailureReason.DECODE, t);
      return Progress.ENDED;
    }
    if (execution.route.form instanceof AlgoForm.Sync sync) {
      if (shared.deadlines().on()) {
        return new SyncFlight(shared.deadlines(), execution, scope, end).run(sync.untyped(), input);
      }
      execute(sync.untyped(), execution, scope, input);
      return Progress.ENDED;
    }
    if (execution.route.form instanceof AlgoForm.Async async) {
      return new AsyncFlight(shared.deadlines(), execution, scope, end).run(async.untyped(), input);
    }
    throw new IllegalStateException("input " + execution.route.input + " takes batches");
  }

  /**
   * Executes a batch Algo on records, those of one order scope in offset order. Those that do not
   * reach the Algo fail by themselves.
   *
   * @param route what they go through
   * @param entries the records
   * @param scope told when a batch that is {@link Progress#PENDING} can go on
   * @return whether the batch has ended
   * @throws InterruptException when the runner closes; the records that are not settled or blocked
   *     by then have no outcome
   */
  public Progress processBatch(Route route, List<BatchEntry> entries, Scope scope) {
    if (!(route.form instanceof AlgoForm.Batch batch)) {
      throw new IllegalStateException("input " + route.input + " takes one record at a time");
    }
    LogContext log = shared.instance().log();
    LogContext.Before before = log.begin(route, entries);
    try {
      List<BatchItem> items = admitted(route, entries);
      return items.isEmpty() ? Progress.ENDED : run(batch, route, items, scope);
    } finally {
      log.leave(before);
    }
  }

  private Progress run(AlgoForm.Batch batch, Route route, List<BatchItem> items, Scope scope) {
    List<Execution> executions = items.stream().map(BatchItem::execution).toList();
    executions.forEach(Execution::enter);
    try {
      ExecutionSpan span = shared.instance().tracing().beginBatch(route, executions);
      return new BatchFlight(shared.deadlines(), items, span, scope, end).run(batch);
    } finally {
      executions.forEach(Execution::leave);
    }
  }

  private List<BatchItem> admitted(Route route, List<BatchEntry> entries) {
    List<BatchItem> items = new ArrayList<>(entries.size());
    Behind behind = new Behind();
    for (BatchEntry entry : entries) {
      Execution execution = execution(route, entry);
      Object scope = entry.scope();
      if (behind.holds(execution, scope)) {
        execution.goAlong();
        behind.gone(execution, scope);
        continue;
      }
      if (!end.mayBegin(execution)) {
        behind.gone(execution, scope);
        continue;
      }
      try {
        items.add(new BatchItem(execution, scope, admit(execution)));
      } catch (Throwable t) {
        ExecutionSpan span = shared.instance().tracing().begin(execution); // one of its own
        if (span != null) {
          execution.span(span);
        }
        execution.resumed(() -> end.failed(execution, FailureReason.DECODE, t));
        behind.gone(execution, scope);
      }
    }
    return items;
  }

  private Execution execution(Route route, BatchEntry entry) {
    Gathered gathered = entry.gathered();
    return gathered == null
        ? new Execution(shared, route, entry.record(), entry.settlement(), entry.index())
        : new GatheringExecution(
            shared, route, entry.record(), gathered, entry.settlement(), entry.index());
  }

  private void execute(
      Algo<@Nullable Object, Object> algo,
      Execution execution,
      Scope scope,
      @Nullable Object input) {
    @Nullable Object result;
    try {
      result = run(algo, execution, scope, input);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      end.failed(execution, FailureReason.ALGO, t);
      return;
    }
    end.succeeded(execution, execution.close(), result);
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  private static @Nullable Object run(
      Algo<@Nullable Object, Object> algo, Execution execution, Scope scope, @Nullable Object input)
      throws Exception {
    long held = System.nanoTime();
    long begin = held;
    try {
      Object loaded = execution.load(input);
      if (loaded != input) {
        begin = System.nanoTime(); // reading is not the Algo's time
      }
      return algo.run(loaded, execution);
    } finally {
      long end = System.nanoTime();
      execution.executed(end - begin);
      scope.held(end - held);
      // An Algo that interrupts its own thread must not disturb what comes after it.
      execution.dropStrayInterrupt();
    }
  }

  private @Nullable Object admit(Execution execution) throws Exception {
    execution.dropStrayInterrupt();
    return execution.admit(gate);
  }
}
