package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The records of an order scope that wait for the end of those ahead of them, in the order of their
 * offsets. Almost all come in that order and are simply put at the end; what was kept, or is to be
 * executed again, may come later. Not thread-safe.
 */
final class ScopeQueue {

  private @Nullable ArrayDeque<BatchAssembler.Item> line;
  private @Nullable PriorityQueue<BatchAssembler.Item> late;

  void add(BatchAssembler.Item item) {
    ArrayDeque<BatchAssembler.Item> known = line;
    if (known == null) {
      known = new ArrayDeque<>();
      line = known;
    }
    BatchAssembler.Item last = known.peekLast();
    if (last == null || last.offset() < item.offset()) {
      known.add(item);
    } else {
      addLate(item);
    }
  }

  private void addLate(BatchAssembler.Item item) {
    PriorityQueue<BatchAssembler.Item> known = late;
    if (known == null) {
      known = new PriorityQueue<>(BatchAssembler.BY_OFFSET);
      late = known;
    }
    known.add(item);
  }

  /** Takes the first; null when there is none. */
  BatchAssembler.@Nullable Item poll() {
    BatchAssembler.Item first = line == null ? null : line.peek();
    BatchAssembler.Item other = late == null ? null : late.peek();
    if (late != null && other != null && (first == null || other.offset() < first.offset())) {
      return late.poll();
    }
    return line == null ? null : line.poll();
  }

  /** Takes over all of another. */
  void addAll(ScopeQueue other) {
    for (BatchAssembler.Item next = other.poll(); next != null; next = other.poll()) {
      add(next);
    }
  }
}
