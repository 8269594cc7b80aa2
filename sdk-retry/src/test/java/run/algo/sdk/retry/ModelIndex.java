package run.algo.sdk.retry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.ParkingIndex.Arrival;

/**
 * What the index does, said as plainly as can be: a map by offset that is searched for everything.
 */
final class ModelIndex {

  enum State {
    RESERVED,
    WAITING,
    DORMANT,
    TAKEN,
    BEGUN
  }

  /** An entry. */
  static final class Entry {
    final long scope;
    final long offset;
    State state;
    long place;
    long due;

    Entry(long scope, long offset, State state, long place, long due) {
      this.scope = scope;
      this.offset = offset;
      this.state = state;
      this.place = place;
      this.due = due;
    }

    boolean isOut() {
      return state == State.TAKEN || state == State.BEGUN;
    }

    boolean isAtRest() {
      return state == State.WAITING || state == State.DORMANT;
    }

    @Override
    public String toString() {
      return offset + " of " + scope + " " + state + " at " + place + " due " + due;
    }
  }

  final TreeMap<Long, Entry> entries = new TreeMap<>();
  private final KeyQueues.Scope scope;
  private final int mostPerKey;

  ModelIndex(KeyQueues.Scope scope, int mostPerKey) {
    this.scope = scope;
    this.mostPerKey = mostPerKey;
  }

  Arrival arrive(byte @Nullable [] key, long offset, boolean mayWait, long now) {
    Entry own = entries.get(offset);
    if (own != null) {
      if (own.state == State.DORMANT) {
        own.state = State.WAITING;
      }
      return Arrival.STORED;
    }
    List<Entry> queue = queue(scope.of(key, offset));
    if (queue.stream().noneMatch(e -> e.offset < offset)) {
      return Arrival.FREE;
    }
    if (mayWait
        && queue.size() <= 64
        && queue.stream().noneMatch(e -> e.state == State.DORMANT || e.due > now)) {
      return Arrival.SOON;
    }
    if (queue.size() >= mostPerKey) {
      return Arrival.FULL;
    }
    entries.put(offset, new Entry(scope.of(key, offset), offset, State.RESERVED, 0, 0));
    return Arrival.BEHIND;
  }

  boolean failed(byte @Nullable [] key, long offset, long due) {
    Entry own = entries.get(offset);
    if (own != null) {
      own.state = State.RESERVED;
      own.due = due;
      return true;
    }
    if (queue(scope.of(key, offset)).size() >= mostPerKey) {
      return false;
    }
    entries.put(offset, new Entry(scope.of(key, offset), offset, State.RESERVED, 0, due));
    return true;
  }

  void stored(long offset, long place) {
    Entry own = entries.get(offset);
    if (own != null && own.state == State.RESERVED) {
      own.state = State.WAITING;
      own.place = place;
    }
  }

  boolean begin(long offset, long now) {
    Entry own = entries.get(offset);
    if (own == null || (own.state != State.TAKEN && own.state != State.BEGUN)) {
      return false;
    }
    boolean may =
        own.due <= now
            && queue(own.scope).stream()
                .allMatch(e -> e.offset >= offset || e.state == State.BEGUN);
    own.state = may ? State.BEGUN : State.WAITING;
    return may;
  }

  void putBack(long offset) {
    Entry own = entries.get(offset);
    if (own != null && own.state == State.TAKEN) {
      own.state = State.WAITING;
    }
  }

  void remove(long offset) {
    entries.remove(offset);
  }

  void found(byte @Nullable [] key, long offset, long place, long due) {
    Entry own = entries.get(offset);
    if (own == null) {
      entries.put(offset, new Entry(scope.of(key, offset), offset, State.WAITING, place, due));
    } else if (own.isAtRest() && place > own.place) {
      own.place = place;
      own.due = due;
    }
  }

  void erased(long offset, long place) {
    Entry own = entries.get(offset);
    if (own != null && own.isAtRest() && place > own.place) {
      entries.remove(offset);
    }
  }

  void open(long position) {
    for (Entry e : entries.tailMap(position).values()) {
      if (e.state == State.WAITING) {
        e.state = State.DORMANT;
      }
    }
  }

  boolean expects(long offset) {
    Entry own = entries.get(offset);
    return own != null && own.state == State.DORMANT;
  }

  void passed(long position, LongPredicate coming) {
    for (Entry e : entries.headMap(position).values()) {
      if (e.state == State.DORMANT && !coming.test(e.offset)) {
        e.state = State.WAITING;
      }
    }
  }

  long nextDue() {
    long earliest = Long.MAX_VALUE;
    for (List<Entry> queue : queues().values()) {
      Entry next = candidate(queue);
      earliest = next == null ? earliest : Math.min(earliest, next.due);
    }
    return earliest;
  }

  /** How many could be taken. */
  int available(long until) {
    int available = 0;
    for (List<Entry> queue : queues().values()) {
      List<Entry> taken = new ArrayList<>();
      for (Entry e = candidate(queue); e != null && e.due <= until; e = candidate(queue)) {
        e.state = State.TAKEN;
        taken.add(e);
      }
      available += taken.size();
      taken.forEach(e -> e.state = State.WAITING);
    }
    return available;
  }

  /** What may be taken next of a scope. */
  @Nullable Entry candidate(long of) {
    return candidate(queue(of));
  }

  private static @Nullable Entry candidate(List<Entry> queue) {
    int out = (int) queue.stream().filter(Entry::isOut).count();
    if (out >= 32 || out == queue.size()) {
      return null;
    }
    Entry next = queue.get(out);
    boolean inFront = queue.subList(0, out).stream().allMatch(Entry::isOut);
    return inFront && next.state == State.WAITING ? next : null;
  }

  int keys() {
    return queues().size();
  }

  /** By scope, in the order of their offsets. */
  private Map<Long, List<Entry>> queues() {
    Map<Long, List<Entry>> all = new HashMap<>();
    for (Entry e : entries.values()) {
      all.computeIfAbsent(e.scope, of -> new ArrayList<>()).add(e);
    }
    return all;
  }

  private List<Entry> queue(long of) {
    return entries.values().stream().filter(e -> e.scope == of).toList();
  }
}
