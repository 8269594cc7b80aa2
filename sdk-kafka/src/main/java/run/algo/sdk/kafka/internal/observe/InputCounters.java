package run.algo.sdk.kafka.internal.observe;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The ledger of one input: what was read, and what became of it. Thread-safe; adding never blocks.
 *
 * <p>In flight is what is left: {@code read} less the sum of all outcomes.
 */
@SuppressWarnings("EnumOrdinal") // one adder an outcome, indexed without a look-up per record
public final class InputCounters {

  private final String input;
  private final LongAdder read = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder algoErrors = new LongAdder();
  private final LongAdder runnerErrors = new LongAdder();
  private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);

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
   * @param bytes size of their values, in bytes
   */
  public void read(int records, long bytes) {
    read.add(records);
    readBytes.add(bytes);
  }

  /**
   * Records got their outcome.
   *
   * @param outcome the outcome
   * @param records how many
   */
  public void settled(Outcome outcome, long records) {
    adder(outcome).add(records);
  }

  /** An execution of the Algo failed. */
  public void algoError() {
    algoErrors.increment();
  }

  /** The SDK could not do its part for a record: decode, encode, size, hand-off. */
  public void runnerError() {
    runnerErrors.increment();
  }

  /** {@return records read} */
  public long read() {
    return read.sum();
  }

  /** {@return bytes of values read} */
  public long readBytes() {
    return readBytes.sum();
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

  public long algoErrors() {
    return algoErrors.sum();
  }

  /** {@return errors of the SDK} */
  public long runnerErrors() {
    return runnerErrors.sum();
  }

  private LongAdder adder(Outcome outcome) {
    return Objects.requireNonNull(outcomes.get(outcome), "every outcome has its adder");
  }
}
