package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Output;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * What follows an execution, whatever the Algo's form: its outputs are encoded and sent, or the
 * failed record is handed to the {@link FailureHandler}. On workers only, since both may block.
 *
 * <p>Nothing is sent before everything the execution emitted has been encoded, measured and, where
 * it goes to storage, stored there; so a failed execution writes nothing.
 */
final class ExecutionEnd {

  /** How long a record waits that found no memory for its payload: others must end first. */
  private static final Duration SHORTAGE = Duration.ofMillis(100);

  private final OutputEncoder encoder;
  private final Sender sender;
  private final FailureHandler failures;
  private final FailureLog failureLog;
  private final @Nullable OutageFuse fuse;
  private final Parker parker;
  private final Conclusion conclusion;

  ExecutionEnd(
      OutputEncoder encoder,
      Sender sender,
      FailureHandler failures,
      FailureLog failureLog,
      @Nullable OutageFuse fuse,
      Parker parker) {
    this.encoder = encoder;
    this.sender = sender;
    this.failures = failures;
    this.failureLog = failureLog;
    this.fuse = fuse;
    this.parker = parker;
    this.conclusion = new Conclusion(sender);
  }

  /**
   * The Algo has succeeded.
   *
   * @param emissions what the closed execution emitted
   * @param result what the Algo returned
   * @throws InterruptException when the runner closes; the record then has no outcome
   */
  void succeeded(Execution execution, List<Output<?>> emissions, @Nullable Object result) {
    if (fuse != null) {
      fuse.succeeded();
    }
    ProducerRecord<byte[], byte[]> only = null;
    List<ProducerRecord<byte[], byte[]>> outputs = List.of();
    try {
      if (emissions.isEmpty()) {
        only = encoder.encode(execution, result); // as most are: no list is made
      } else {
        outputs = encoder.encode(execution, emissions, result);
      }
    } catch (Throwable t) { // a codec's Error fails its record, not the process
      failed(execution, FailureReason.ENCODE, t);
      return;
    }
    execution.endFiles();
    execution.endSpan();
    if (only == null) {
      send(execution, outputs);
    } else {
      send(execution, only);
    }
  }

  /**
   * The record has failed; what it emitted is discarded.
   *
   * @param stage where it failed; a {@link Refusal} has a reason of its own
   * @throws InterruptException when it is no failure: the runner closes, and has interrupted it
   */
  void failed(Execution execution, FailureReason stage, Throwable cause) {
    execution.close();
    execution.endFiles();
    endWhenInterrupted(execution, cause);
    if (FailureClasses.chainHolds(cause, MemoryShortage.class)) {
      execution.endSpan(); // that is no failure
      execution.again(execution.tries(), SHORTAGE);
      return;
    }
    fail(execution, failure(execution, stage, cause));
  }

  /**
   * Whether the record may be executed now. While a dependency is down it waits in its place; while
   * an earlier one of its key is parked it is parked behind it.
   *
   * @return false when it is not executed now
   */
  boolean mayBegin(Execution execution) {
    begins(execution);
    if (!parker.mayBegin(execution)) {
      return false;
    }
    Optional<Duration> wait = fuse == null ? Optional.empty() : fuse.hold();
    if (wait.isEmpty()) {
      return true;
    }
    execution.again(execution.tries(), wait.get());
    return false;
  }

  /** Whatever it will send goes to the producer that there is now. */
  void begins(Execution execution) {
    execution.begins(sender.number());
  }

  /** An interrupt that is no deadline's is not a failure of the record: the runner closes. */
  void endWhenInterrupted(Execution execution, Throwable t) {
    if (execution.closing() && Interrupts.caused(t)) {
      throw new InterruptException("interrupted while executing " + execution.position());
    }
  }

  private void send(Execution execution, ProducerRecord<byte[], byte[]> output) {
    execution.emitted(bytes(output));
    int accompanying = conclusion.accompanying(execution);
    execution.expectSends(1 + accompanying);
    sender.send(new OutputSend(execution, output));
    if (accompanying > 0) {
      accompany(execution);
    }
  }

  private void send(Execution execution, List<ProducerRecord<byte[], byte[]>> outputs) {
    if (outputs.isEmpty()) {
      conclusion.settle(execution, Outcome.FILTERED);
      return;
    }
    long bytes = 0;
    for (ProducerRecord<byte[], byte[]> output : outputs) {
      bytes += bytes(output);
    }
    execution.emitted(bytes);
    execution.expectSends(outputs.size() + conclusion.accompanying(execution));
    for (ProducerRecord<byte[], byte[]> output : outputs) {
      sender.send(new OutputSend(execution, output));
    }
    accompany(execution);
  }

  private void accompany(Execution execution) {
    conclusion.accompany(execution, tombstone -> new OutputSend(execution, tombstone));
  }

  private static long bytes(ProducerRecord<byte[], byte[]> output) {
    return (long) output.key().length + output.value().length;
  }

  private void fail(Execution execution, Failure failure) {
    if (failure.reason() == FailureReason.ALGO || failure.reason() == FailureReason.TIMEOUT) {
      execution.route.counters.algoError();
    } else {
      execution.route.counters.runnerError();
    }
    execution.endSpan(failure);
    failureLog.failed(execution, failure);
    failures.failed(execution, failure);
  }

  private static Failure failure(Execution execution, FailureReason stage, Throwable cause) {
    if (cause instanceof Refusal refusal) {
      return refusal.failure(execution.tries().executions());
    }
    int before = execution.tries().executions();
    return new Failure(
        reason(stage, cause),
        cause,
        stage == FailureReason.DECODE || execution.isLoading() ? before : before + 1);
  }

  /** What the Algo was told of a payload it may have wrapped. */
  private static FailureReason reason(FailureReason stage, Throwable cause) {
    return switch (stage) {
      case ALGO, DECODE, ENCODE ->
          FailureClasses.chainHolds(cause, StorageException.class) ? FailureReason.STORAGE : stage;
      default -> stage;
    };
  }

  /** An output on its way. */
  private final class OutputSend extends Send {

    OutputSend(Execution execution, ProducerRecord<byte[], byte[]> record) {
      super(execution, record, false);
    }

    @Override
    Sender sender() {
      return sender;
    }

    @Override
    void acknowledged() {
      count();
      if (execution.sendEnded()) {
        if (execution.sendFailure() == null) {
          conclusion.settle(execution, Outcome.WRITTEN);
        } else {
          sender.later(this::concludeFailed);
        }
      }
    }

    @Override
    void tooLarge(Exception cause) {
      Failure failure = toStorage(cause);
      if (failure == null && !sender.keepsTogether()) {
        sender.send(this);
        return;
      }
      if (failure != null) {
        unblock();
        execution.sendFailed(failure);
      }
      if (isLastBack()) {
        concludeRefused();
      }
    }

    /** It goes on by reference, where that is wanted. On a worker. */
    private @Nullable Failure toStorage(Exception cause) {
      if (!(record() instanceof OutputRecord output)
          || output.isReference()
          || !execution.uploads().takesOversize()) {
        return new Failure(FailureReason.TOO_LARGE, cause, execution.attempt());
      }
      try {
        become(execution.uploads().store(output));
        return null;
      } catch (Throwable t) {
        endWhenInterrupted(execution, t);
        return new Failure(FailureReason.STORAGE, t, execution.attempt());
      }
    }

    @Override
    void dropped() {
      super.dropped();
      if (isLastBack()) {
        sender.later(this::concludeRefused);
      }
    }

    /**
     * Where all are written or none is, one that is refused brings the others back. What becomes of
     * them is known when the last of them is back.
     */
    private boolean isLastBack() {
      if (sender.keepsTogether()) {
        execution.setAside(this);
      }
      return execution.sendEnded();
    }

    private void concludeRefused() {
      if (execution.sendFailure() == null) {
        execution.resend();
        return;
      }
      if (sender.keepsTogether()) {
        execution.dropPrepared();
      }
      concludeFailed();
    }

    private void count() {
      if (record() instanceof OutputRecord output) {
        output.count();
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
