package run.algo.sdk.kafka.internal.engine;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.PreparedSends;

/** Which of the prepared records one transaction takes. Used by the owner thread alone. */
final class Admission implements OffsetTracker.Taker {

  /** So many records, or bytes of outputs, are written well within the transaction's timeout. */
  private static final int MOST_RECORDS = 20_000;

  private static final long MOST_BYTES = 64L << 20;

  private final Suspects suspects;
  private final Set<PreparedSends> passed;
  private int mostRecords = MOST_RECORDS;
  private long mostBytes = MOST_BYTES;
  private int records;
  private long bytes;
  private boolean leftSuspects;
  private @Nullable PreparedSends only;

  /** What is done about records that the cluster has refused before, and may refuse again. */
  enum Suspects {
    /** They are left. */
    NONE,
    /** One of them is taken, with what belongs to it, and nothing else. */
    ONE,
    /** They are taken like any other. */
    ALL
  }

  /**
   * An admission.
   *
   * @param suspects what is done about those
   * @param passed those that are passed over, where one is taken
   */
  Admission(Suspects suspects, Set<PreparedSends> passed) {
    this.suspects = suspects;
    this.passed = passed;
  }

  @Override
  public boolean take(RecordBatch batch, int index, PreparedSends prepared) {
    boolean suspect = prepared.suspect();
    boolean meant =
        switch (suspects) {
          case NONE -> !suspect;
          case ONE -> suspect && isOne(prepared.whole());
          case ALL -> true;
        };
    if (!meant) {
      leftSuspects |= suspect;
      return false;
    }
    if (records >= mostRecords || bytes >= mostBytes) {
      return false;
    }
    only = prepared.whole();
    records++;
    bytes += prepared.bytes();
    return true;
  }

  /** From now on it is asked about what is parked, which has a part of its own beside the rest. */
  void parked() {
    mostRecords = MOST_RECORDS + MOST_RECORDS / 4;
    mostBytes = MOST_BYTES + MOST_BYTES / 4;
  }

  private boolean isOne(PreparedSends whole) {
    return only == null ? !passed.contains(whole) : only == whole;
  }

  /** The latest that was taken; where one is taken, that one. */
  @Nullable PreparedSends only() {
    return only;
  }

  /** Bytes of what the records that were taken lead to. */
  long bytes() {
    return bytes;
  }

  /** Whether it met a record that had better be alone. */
  boolean leftSuspects() {
    return leftSuspects;
  }
}
