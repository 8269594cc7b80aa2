package run.algo.sdk.kafka.internal.observe;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The ledger of one input: what was read, and what became of it. Thread-safe; adding never blocks.
 *
 * <p>In flight is what is left: {@code read} less the sum of all outcomes.
 *
 * <p>A record's bytes count when its outcome is known, as {@code ok} or as {@code error}. What is
 * released or skipped, or parked behind another record of its key, has not been executed here and
 * counts where it will be. What is parked since it has failed counts as what goes to a retry topic
 * does.
 */
@SuppressWarnings("EnumOrdinal") // one adder an outcome, indexed without a look-up per record
public final class InputCounters {

  private final String input;
  private final LongAdder read = new LongAdder();
  private final LongAdder algoErrors = new LongAdder();
  private final LongAdder runnerErrors = new LongAdder();
  private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
  private final ByteCounters ok = new ByteCounters();
  private final ByteCounters failed = new ByteCounters();
  private final LongAdder retryBytes = new LongAdder();
  private final DurationHistogram runDurations = new DurationHistogram();
  private final DurationHistogram algoDurations = new DurationHistogram();
  private final DeadLetterLog deadLetters = new DeadLetterLog();

  /**
   * Counters of an input.
   *
   * @param input the input's name, in lower case
   */
  public InputCounters(String input) {
    this.input = input;
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, new LongAdder());
    }
  }

  /** {@return the input's name} */
  public String input() {
    return input;
  }

  /**
   * Records were read.
   *
   * @param records how many
   */
  public void read(int records) {
    read.add(records);
  }

  /**
   * Records got their outcome without having been executed.
   *
   * @param outcome the outcome
   * @param records how many
   */
  public void settled(Outcome outcome, long records) {
    adder(outcome).add(records);
  }

  /**
   * A record got its outcome.
   *
   * @param outcome the outcome
   * @param messageBytes size of its value, in bytes
   * @param dataBytes size of its payload, in bytes: more than the value where that refers to a file
   * @param nanos since it was read, in nanoseconds
   */
  public void settled(Outcome outcome, long messageBytes, long dataBytes, long nanos) {
    adder(outcome).increment();
    switch (outcome) {
      case WRITTEN, FILTERED -> {
        ok.add(messageBytes, dataBytes);
        runDurations.record(nanos);
      }
      case RETRIED, DEAD_LETTERED -> {
        failed.add(messageBytes, dataBytes);
        runDurations.record(nanos);
      }
      case PARKED, RELEASED, SKIPPED -> {}
    }
  }

  /**
   * An execution of a record has failed that is followed by another, in its place or from where it
   * is parked. Where it has another outcome than parked, {@link #settled} counts its last one.
   *
   * @param nanos since the record was read, in nanoseconds
   */
  public void failed(long nanos) {
    runDurations.record(nanos);
  }

  /**
   * A record is parked since it has failed; {@link #settled} is told as well.
   *
   * @param bytes size of its value, in bytes
   */
  public void parkedForRetry(long bytes) {
    failed.add(bytes, bytes);
    writtenToRetry(bytes);
  }

  /**
   * A record that failed was written to where it waits for its next try, a retry topic or the
   * parking topic.
   *
   * @param bytes size of its value, in bytes; the file that it may refer to stays where it is
   */
  public void writtenToRetry(long bytes) {
    retryBytes.add(bytes);
  }

  /**
   * A record that got its outcome refers to a file that was read.
   *
   * @param outcome the outcome
   * @param bytes size of the file, in bytes, beside the payload bytes of its record's value
   */
  public void referenced(Outcome outcome, long bytes) {
    switch (outcome) {
      case WRITTEN, FILTERED -> ok.add(0, bytes);
      case RETRIED, DEAD_LETTERED -> failed.add(0, bytes);
      case PARKED, RELEASED, SKIPPED -> {}
    }
  }

  /**
   * The Algo was executed, well or not: from the call of its method to its return, or to the
   * completion of its stage. Called for each record of a batch, with the duration of the batch.
   *
   * @param nanos how long, in nanoseconds
   */
  public void executed(long nanos) {
    algoDurations.record(nanos);
  }

  /** An execution of the Algo failed. */
  public void algoError() {
    algoErrors.increment();
  }

  /** The SDK could not do its part for a record: decode, encode, size, hand-off. */
  public void runnerError() {
    runnerErrors.increment();
  }

  /**
   * The dead letter of a record is durable; that it is settled so is told beside this.
   *
   * @param position where the record was first read
   * @param failure why it died
   */
  public void deadLettered(RecordPosition position, Failure failure) {
    deadLetters.add(
        new DeadLetterLog.Letter(
            Instant.now(), position, failure.reason(), failure.cause().getClass().getName()));
  }

  /**
   * What was read and what became of it, at one moment.
   *
   * @param read records read
   * @param outcomes records by outcome, every outcome included
   */
  record Ledger(long read, Map<Outcome, Long> outcomes) {

    long inFlight() {
      long inFlight = read;
      for (long records : outcomes.values()) {
        inFlight -= records;
      }
      return inFlight;
    }
  }

  /** {@return records read that have no outcome} */
  public long inFlight() {
    return ledger().inFlight();
  }

  Ledger ledger() {
    // Outcomes first: a record that is settled meanwhile then counts as in flight, never twice.
    Map<Outcome, Long> settled = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      settled.put(outcome, settled(outcome));
    }
    return new Ledger(read(), settled);
  }

  /** {@return records read} */
  public long read() {
    return read.sum();
  }

  /**
   * Records with an outcome.
   *
   * @param outcome the outcome
   * @return how many
   */
  public long settled(Outcome outcome) {
    return adder(outcome).sum();
  }

  /** {@return errors of the Algo} */
  public long algoErrors() {
    return algoErrors.sum();
  }

  /** {@return errors of the SDK} */
  public long runnerErrors() {
    return runnerErrors.sum();
  }

  ByteCounters ok() {
    return ok;
  }

  ByteCounters failed() {
    return failed;
  }

  /** {@return bytes of values written to where records wait for their next tries} */
  public long retryBytes() {
    return retryBytes.sum();
  }

  DurationHistogram runDurations() {
    return runDurations;
  }

  /** {@return how long executions of the Algo took} */
  public DurationHistogram algoDurations() {
    return algoDurations;
  }

  DeadLetterLog deadLetters() {
    return deadLetters;
  }

  private LongAdder adder(Outcome outcome) {
    return Objects.requireNonNull(outcomes.get(outcome), "every outcome has its adder");
  }
}
