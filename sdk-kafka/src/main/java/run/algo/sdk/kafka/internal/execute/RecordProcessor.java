package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Output;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Takes one record through decode, Algo, encode and produce, and hands a failed one to the {@link
 * FailureHandler}. Called on workers; what comes back from the broker goes through the record's
 * {@link Settlement}.
 *
 * <p>Nothing is sent before everything the execution emitted has been encoded and measured, so a
 * failed execution writes nothing.
 */
public final class RecordProcessor {

  private final ExecutionScope scope;
  private final InputGate gate;
  private final OutputEncoder encoder;
  private final Sender sender;
  private final FailureHandler failures;
  private final FailureLog failureLog;

  RecordProcessor(
      ExecutionScope scope,
      InputGate gate,
      OutputEncoder encoder,
      Sender sender,
      FailureHandler failures,
      FailureLog failureLog) {
    this.scope = scope;
    this.gate = gate;
    this.encoder = encoder;
    this.sender = sender;
    this.failures = failures;
    this.failureLog = failureLog;
  }

  /**
   * Executes one record.
   *
   * @param route what it goes through
   * @param record the record
   * @param settlement its way back
   * @param index its index within its batch
   * @throws InterruptException when the runner closes; the record then has no outcome
   */
  public void process(
      Route route, ConsumerRecord<byte[], byte[]> record, Settlement settlement, int index) {
    Execution execution = new Execution(scope, route, record, settlement, index);
    FailureReason stage = FailureReason.DECODE;
    List<ProducerRecord<byte[], byte[]>> outputs;
    execution.dropStrayInterrupt();
    try {
      gate.admit(execution);
      Object input = decode(execution);
      stage = FailureReason.ALGO;
      Object result = run(execution, input);
      List<Output<?>> emissions = execution.close();
      stage = FailureReason.ENCODE;
      outputs = encoder.encode(execution, emissions, result);
    } catch (Throwable t) { // an Algo's Error fails its record, not the process
      execution.close();
      if (interruptedByClose(t)) {
        throw new InterruptException("interrupted while executing " + execution.position());
      }
      fail(execution, failure(stage, t));
      return;
    }
    send(execution, outputs);
  }

  @SuppressWarnings("NullAway") // a tombstone reaches the Algo as null, as its contract says
  private @Nullable Object run(Execution execution, @Nullable Object input) throws Exception {
    long begin = System.nanoTime();
    try {
      return execution.route.algo.run(input, execution);
    } finally {
      execution.route.counters.executed(System.nanoTime() - begin);
      // An Algo that interrupts its own thread must not disturb what comes after it.
      execution.dropStrayInterrupt();
    }
  }

  private static @Nullable Object decode(Execution execution) throws Exception {
    byte[] value = execution.record.value();
    return value == null
        ? execution.route.codec.decodeTombstone()
        : execution.route.codec.decode(value);
  }

  private void send(Execution execution, List<ProducerRecord<byte[], byte[]>> outputs) {
    if (outputs.isEmpty()) {
      execution.settle(Outcome.FILTERED);
      return;
    }
    execution.expectSends(outputs.size());
    for (ProducerRecord<byte[], byte[]> output : outputs) {
      sender.send(new OutputSend(execution, output));
    }
  }

  private void fail(Execution execution, Failure failure) {
    if (failure.reason() == FailureReason.ALGO) {
      execution.route.counters.algoError();
    } else {
      execution.route.counters.runnerError();
    }
    failureLog.failed(execution.record, failure);
    failures.failed(execution, failure);
  }

  private static Failure failure(FailureReason stage, Throwable cause) {
    if (cause instanceof Refusal refusal) {
      return refusal.failure();
    }
    return new Failure(stage, cause, stage == FailureReason.DECODE ? 0 : 1);
  }

  /** An interrupt is not a failure of the record: only a runner that closes interrupts. */
  private boolean interruptedByClose(Throwable t) {
    return scope.closing().getAsBoolean()
        && (t instanceof InterruptedException
            || t instanceof InterruptException
            || Thread.currentThread().isInterrupted());
  }

  /** An output on its way. */
  private final class OutputSend extends Send {

    OutputSend(Execution execution, ProducerRecord<byte[], byte[]> record) {
      super(sender, execution, record, false);
    }

    @Override
    void acknowledged() {
      count();
      if (execution.sendEnded()) {
        if (execution.sendFailure() == null) {
          execution.settle(Outcome.WRITTEN);
        } else {
          sender.later(this::concludeFailed);
        }
      }
    }

    @Override
    void tooLarge(Exception cause) {
      unblock();
      execution.sendFailed(new Failure(FailureReason.TOO_LARGE, cause, 1));
      if (execution.sendEnded()) {
        concludeFailed();
      }
    }

    private void count() {
      if (record() instanceof OutputRecord output) {
        int bytes = output.value().length;
        output.target().counters().written(bytes, bytes);
      }
    }

    private void concludeFailed() {
      Failure failure = execution.sendFailure();
      if (failure == null) {
        throw new IllegalStateException("no send of " + execution + " has failed");
      }
      fail(execution, failure);
    }
  }
}
