package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Output;
import run.algo.sdk.kafka.internal.record.FailureReason;

/**
 * One record of a batch as the author sees it. Whoever closes its execution settles it; the end of
 * the batch, or its deadline, settles what is left. That may race with an author's thread that is
 * late, so the verdict is one atomic: either it is in the batch's result or the late call is
 * refused.
 */
final class BatchItem implements BatchRecord<@Nullable Object, Object> {

  private final Execution execution;
  private final @Nullable Object scope;
  private @Nullable Object value;
  private final AtomicReference<Verdict> verdict = new AtomicReference<>();

  private record Verdict(
      List<Output<?>> emissions,
      @Nullable Object output,
      @Nullable Throwable failure,
      FailureReason reason) {

    static Verdict failed(Throwable failure, FailureReason reason) {
      return new Verdict(List.of(), null, failure, reason);
    }
  }

  BatchItem(Execution execution, @Nullable Object scope, @Nullable Object value) {
    this.execution = execution;
    this.scope = scope;
    this.value = value;
  }

  @Override
  @SuppressWarnings("NullAway") // does not see that the type argument is nullable
  public @Nullable Object value() {
    return value;
  }

  @Override
  public AlgoContext context() {
    return execution;
  }

  @Override
  public void complete(@Nullable Object output) {
    settle(output, null);
  }

  @Override
  public void fail(Throwable cause) {
    settle(null, Objects.requireNonNull(cause, "cause"));
  }

  /** Whether something of it is still to be read from storage. */
  boolean isInStorage() {
    return execution.isInStorage(value);
  }

  /**
   * Reads what of the record lies in storage.
   *
   * @return whether it can be executed; otherwise it has failed by itself
   */
  boolean load() {
    try {
      value = execution.read(value);
      return true;
    } catch (Throwable t) { // fails its record alone
      verdict.compareAndSet(null, Verdict.failed(t, FailureReason.DECODE));
      execution.close();
      return false;
    }
  }

  private void settle(@Nullable Object output, @Nullable Throwable failure) {
    Optional<List<Output<?>>> emissions = execution.firstClose();
    if (emissions.isEmpty()
        || !verdict.compareAndSet(
            null, new Verdict(emissions.get(), output, failure, FailureReason.ALGO))) {
      throw new IllegalStateException(
          "record "
              + execution.position()
              + " is settled already: each record is completed or failed once, before the batch's"
              + " run returns and its deadline passes");
    }
  }

  Execution execution() {
    return execution;
  }

  /**
   * The batch's run has ended: a record that is not settled by now has failed.
   *
   * @param thrown what ended the run, null when it returned
   */
  void runEnded(@Nullable Throwable thrown) {
    if (verdict.get() == null) {
      Throwable failure = thrown == null ? forgotten() : thrown;
      // When this comes second, the author's thread was just in time.
      verdict.compareAndSet(null, Verdict.failed(failure, FailureReason.ALGO));
    }
    execution.close();
  }

  /** The deadline has passed: a record that is not settled by now has failed. From any thread. */
  void expired(Throwable timeout) {
    verdict.compareAndSet(null, Verdict.failed(timeout, FailureReason.TIMEOUT));
    execution.close();
  }

  private Throwable forgotten() {
    return new IllegalStateException(
        "the batch's run returned without completing or failing record " + execution.position());
  }

  /**
   * After {@link #runEnded}: the record goes its way. If one ahead of it in its scope is executed
   * again then so is it, whatever came of it: its outputs would overtake those.
   *
   * @param behind who has not gone
   */
  void conclude(ExecutionEnd end, Behind behind) {
    if (behind.holds(execution, scope)) {
      execution.goAlong();
    } else {
      conclude(end);
    }
    behind.gone(execution, scope);
  }

  private void conclude(ExecutionEnd end) {
    Verdict known = Objects.requireNonNull(verdict.get());
    Throwable failure = known.failure();
    if (failure == null) {
      end.succeeded(execution, known.emissions(), known.output());
    } else {
      end.failed(execution, known.reason(), failure);
    }
  }
}
