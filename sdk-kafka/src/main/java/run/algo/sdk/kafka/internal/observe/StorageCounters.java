package run.algo.sdk.kafka.internal.observe;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What was asked of the file store, and how it went. Thread-safe. */
public final class StorageCounters {

  private final Map<Operation, Counts> operations = new EnumMap<>(Operation.class);

  /** What is asked of a store. */
  public enum Operation {
    /** A file is opened, to the first byte of its content. */
    READ,
    /** Content that is there as a whole is stored. */
    WRITE,
    /** A file that was written as a stream is completed. */
    UPLOAD
  }

  /** Counts of one operation. */
  static final class Counts {
    private final Operation operation;
    private final LongAdder ok = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final DurationHistogram durations = new DurationHistogram();

    Counts(Operation operation) {
      this.operation = operation;
    }

    Operation operation() {
      return operation;
    }

    long ok() {
      return ok.sum();
    }

    long failed() {
      return failed.sum();
    }

    DurationHistogram durations() {
      return durations;
    }
  }

  /** Counters, all zero. */
  public StorageCounters() {
    for (Operation operation : Operation.values()) {
      operations.put(operation, new Counts(operation));
    }
  }

  /**
   * An operation has ended.
   *
   * @param operation what was asked
   * @param good whether it was done
   * @param nanos how long it took, in nanoseconds
   */
  public void ended(Operation operation, boolean good, long nanos) {
    Counts counts = Objects.requireNonNull(operations.get(operation));
    (good ? counts.ok : counts.failed).increment();
    counts.durations.record(nanos);
  }

  /**
   * How many were done.
   *
   * @param operation what was asked
   * @return how many
   */
  public long ok(Operation operation) {
    return Objects.requireNonNull(operations.get(operation)).ok();
  }

  /**
   * How many were not.
   *
   * @param operation what was asked
   * @return how many
   */
  public long failed(Operation operation) {
    return Objects.requireNonNull(operations.get(operation)).failed();
  }

  Collection<Counts> all() {
    return operations.values();
  }
}
