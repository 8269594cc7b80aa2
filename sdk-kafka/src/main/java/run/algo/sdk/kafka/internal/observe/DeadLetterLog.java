package run.algo.sdk.kafka.internal.observe;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.record.FailureReason;

/**
 * Why records of one input have died: counts by reason, and the latest of them. Of an exception it
 * keeps the class alone, since a message may quote a value or a secret. Thread-safe; dead letters
 * are rare enough for a lock.
 */
final class DeadLetterLog {

  /** How many are kept. */
  static final int KEPT = 20;

  private final Deque<Letter> latest = new ArrayDeque<>(KEPT);
  private final Map<FailureReason, Long> reasons = new EnumMap<>(FailureReason.class);

  /**
   * A record that was written to the dead letters.
   *
   * @param at when its dead letter was acknowledged
   * @param position where it was first read
   * @param reason what kind of failure it was
   * @param exception class of what was thrown
   */
  record Letter(Instant at, RecordPosition position, FailureReason reason, String exception) {}

  synchronized void add(Letter letter) {
    reasons.merge(letter.reason(), 1L, Long::sum);
    if (latest.size() == KEPT) {
      latest.removeFirst();
    }
    latest.addLast(letter);
  }

  /** The latest, the oldest of them first. */
  synchronized List<Letter> latest() {
    return new ArrayList<>(latest);
  }

  /** How many have died of each reason that there was. */
  synchronized Map<FailureReason, Long> reasons() {
    return Map.copyOf(reasons);
  }
}
