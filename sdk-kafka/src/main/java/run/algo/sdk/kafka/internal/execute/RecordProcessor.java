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
    Execution execution = new Execution(shared, route, record, settlement, index);
    try {
      return process(execution, scope);
    } catch (InterruptException e) {
      throw e;
    } catch (Throwable t) {
      execution.defect(t);
      return Progress.ENDED;
    }
  }

  private Progress process(Execution execution, Scope scope) {
    Object input;
    try {
      input = admit(execution);
    } catch (Throwable t) { // a codec's Error fails its record, not the process
      end.failed(execution, FailureReason.DECODE, t);
      return Progress.ENDED;
    }
    if (execution.route.form instanceof AlgoForm.Sync sync) {
      execute(sync.untyped(), execution, input);
      return Progress.ENDED;
    }
    if (execution.route.form instanceof AlgoForm.Async async) {
      return new AsyncFlight(execution, scope, end).run(async.untyped(), input);
    }
    throw new IllegalStateException("input " + execution.route.input + " takes batches");
  }

  /**
   * Executes a batch Algo on records, those of one order scope in offset order. Those that do not
   * reach the Algo fail by themselves.
   *
   * @param route what they go through
   * @param entries the records
   * @throws InterruptException when the runner closes; the records that are not settled or blocked
   *     by then have no outcome
   */
  public void processBatch(Route route, List<BatchEntry> entries) {
    if (!(route.form instanceof AlgoForm.Batch batch)) {
      throw new IllegalStateException("input " + route.input + " takes one record at a time");
    }
    List<BatchItem> items = admitted(route, entries);
    if (items.isEmpty()) {
      return;
    }
    Throwable thrown = execute(batch, items, route);
    for (BatchItem item : items) {
      item.runEnded(thrown); // all, before the first is sent: sends may block, and late is late
    }
    if (thrown != null) {
      end.endWhenInterrupted(items.get(0).execution(), thrown);
    }
    for (BatchItem item : items) {
      guarded(item.execution(), () -> item.conclude(end));
    }
  }

  private List<BatchItem> admitted(Route route, List<BatchEntry> entries) {
    List<BatchItem> items = new ArrayList<>(entries.size());
    for (BatchEntry entry : entries) {
      Execution execution =
          new Execution(shared, route, entry.record(), entry.settlement(), entry.index());
      try {
        items.add(new BatchItem(execution, admit(execution)));
      } catch (Throwable t) {
        guarded(execution, () -> end.failed(execution, FailureReason.DECODE, t));
      }
    }
    return items;
  }

  /** A record's own trouble must not take the rest of its batch along. */
  private static void guarded(Execution execution, Runnable step) {
    execution.dropStrayInterrupt();
    try {
      step.run();
    } catch (InterruptException e) {
      throw e;
    } catch (Throwable t) {
      execution.defect(t);
    }
  }

  private static @Nullable Throwable execute(
      AlgoForm.Batch batch, List<BatchItem> items, Route route) {
    long begin = System.nanoTime();
    try {
      batch.untyped().run(List.copyOf(items));
      return null;
    } catch (Throwable t) { // an Algo's Error fails its records, not the process
      return t;
    } finally {
      // Every record was under way for the whole of it.
      long duration = System.nanoTime() - begin;
      items.forEach(item -> route.counters.executed(duration));
      items.get(0).execution().dropStrayInterrupt();
    }
  }

  private void execute(
      Algo<@Nullable Object, Object> algo, Execution execution, @Nullable Object input) {
    @Nullable Object result;
    try {
      result = run(algo, execution, input);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      end.failed(execution, FailureReason.ALGO, t);
      return;
    }
    end.succeeded(execution, execution.close(), result);
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  private static @Nullable Object run(
      Algo<@Nullable Object, Object> algo, Execution execution, @Nullable Object input)
      throws Exception {
    long begin = System.nanoTime();
    try {
      return algo.run(input, execution);
    } finally {
      execution.route.counters.executed(System.nanoTime() - begin);
      // An Algo that interrupts its own thread must not disturb what comes after it.
      execution.dropStrayInterrupt();
    }
  }

  private @Nullable Object admit(Execution execution) throws Exception {
    execution.dropStrayInterrupt();
    gate.admit(execution);
    byte[] value = execution.record.value();
    return value == null
        ? execution.route.codec.decodeTombstone()
        : execution.route.codec.decode(value);
  }
}
