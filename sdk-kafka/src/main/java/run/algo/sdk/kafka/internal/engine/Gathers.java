package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.Gathered;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RunHeader;

/**
 * The records that are held by {@code run=false}, of all partitions, and what becomes of them.
 *
 * <p><b>Holding.</b> The owner thread looks at each record that it reads. One that is to be held is
 * marked, so that no dispatcher takes it: its order scope goes on without it. One that triggers
 * takes with it what is held of its trace by the time it is dispatched, and is then executed in its
 * order scope like any other.
 *
 * <p><b>Committing.</b> The records of a gather lie anywhere in several partitions, and have one
 * outcome. After a crash either all of them must be read again or none: some of them would make an
 * incomplete execution, or wait for a trigger that never comes. So what is committed is
 * <em>cut</em> in such a way that each gather lies wholly before it or wholly behind it: the
 * greatest cut of this kind, found by taking back partitions from how far each has come until no
 * gather is divided. It never goes back behind an earlier cut, since what was undivided stays so.
 * The records of a gather are settled under the lock of this object, and the cut and all that is
 * committed with it is found under the same lock, so the two never mix.
 *
 * <p>While no record is held all this costs a look at the headers of each record. Used by the owner
 * thread alone, {@link #ended} and {@link #torn} excepted. Long, since the ways of a trace from one
 * of these collections to the next are to be read together.
 */
final class Gathers {

  private static final Logger log = LoggerFactory.getLogger(Gathers.class);

  /** So often at most is looked for what has been held for too long, in nanoseconds. */
  private static final long LOOK = 100_000_000;

  private final Duration timeout;
  private final MonotonicClock clock;
  private final RateLimit warnings;
  private final Siblings siblings;
  private final Supplier<Collection<PartitionFlow>> all;

  private final long began;
  private long paused;

  /** When is looked next for what has been held for too long. */
  private long nextLook;

  /** Since when nothing is read; -1 while records are. */
  private long pausedAt = -1;

  /** By trace. */
  private final LinkedHashMap<ByteBuffer, Trace> traces = new LinkedHashMap<>();

  /** Those whose trigger was read and is not dispatched, with their traces. */
  private final Map<Gather, ByteBuffer> triggered = new LinkedHashMap<>();

  /** Of those, the ones whose trigger waits for what other inputs may have of their trace. */
  private final Map<ByteBuffer, Gather> open = new HashMap<>();

  /** Handed to workers, without an outcome. Under the lock. */
  private final Set<Gather> underWay = new HashSet<>();

  /** Have their outcome, and are not committed. Under the lock. */
  private final Set<Gather> ended = new LinkedHashSet<>();

  /** What is left of those of which a part has gone; it waits for its end. Under the lock. */
  private final List<Trace> torn = new ArrayList<>();

  /**
   * Gathers.
   *
   * @param timeout how long a record is held at most
   * @param clock tells how long it has been
   * @param warnings keeps the log readable
   * @param siblings tell when a trigger may be executed
   * @param all the partitions that are here
   */
  Gathers(
      Duration timeout,
      MonotonicClock clock,
      RateLimit warnings,
      Siblings siblings,
      Supplier<Collection<PartitionFlow>> all) {
    this.timeout = timeout;
    this.clock = clock;
    this.began = clock.nanos();
    this.warnings = warnings;
    this.siblings = siblings;
    this.all = all;
  }

  // Reading

  /** Whether records are read. While none are, nobody can be blamed for what does not come. */
  void reading(boolean now) {
    long time = clock.nanos();
    if (!now && pausedAt < 0) {
      pausedAt = Math.max(0, time - began);
    } else if (now && pausedAt >= 0) {
      paused += time - began - pausedAt;
      pausedAt = -1;
    }
  }

  /** Monotonic time in nanoseconds, which stands still while nothing is read. */
  private long time() {
    return (pausedAt >= 0 ? pausedAt : clock.nanos() - began) - paused;
  }

  /** Looks at the records of a batch that was just read. */
  void look(PartitionFlow flow, RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      boolean mayMatter = (batch.headers(i) & KnownHeaders.RUN) != 0 || !traces.isEmpty();
      if (mayMatter && !batch.isSettled(i)) {
        look(flow, batch, i);
      }
    }
  }

  private void look(PartitionFlow flow, RecordBatch batch, int index) {
    ConsumerRecord<byte[], byte[]> record = batch.record(index);
    Headers headers = record.headers();
    RunHeader run = RunHeader.of(headers);
    switch (run) {
      case HOLD -> hold(flow, batch, index, traceOf(headers));
      case RUN -> trigger(flow, batch, index, traceOf(headers), run.triggersOnly(record.value()));
      case MALFORMED, ABSENT -> {
        if (run == RunHeader.MALFORMED) {
          warnMalformed(record);
        }
        if (!traces.isEmpty()) {
          ByteBuffer trace = traceOf(headers);
          if (trace != null && traces.containsKey(trace)) {
            trigger(flow, batch, index, trace, false);
          }
        }
      }
    }
  }

  private void warnMalformed(ConsumerRecord<byte[], byte[]> record) {
    warnings.run(
        "malformed run header",
        suppressed ->
            log.warn(
                "header run of {}-{}@{} is no boolean: the record is executed as if it had none"
                    + " (and {} more like it)",
                record.topic(),
                record.partition(),
                record.offset(),
                suppressed));
  }

  /** Null where the record has none: its derived trace is its own, and nobody else's. */
  private static @Nullable ByteBuffer traceOf(Headers headers) {
    byte[] trace = ProtocolHeaders.bytes(headers, ProtocolHeaders.TRACE_ID);
    return trace == null ? null : ByteBuffer.wrap(trace);
  }

  private void hold(PartitionFlow flow, RecordBatch batch, int index, @Nullable ByteBuffer id) {
    batch.hold(index);
    Trace.Held held = new Trace.Held(batch, index);
    ByteBuffer trace = id == null ? ownTrace(batch, index) : id;
    Gather waiting = open.get(trace);
    if (waiting != null && waiting.batch().flow() != flow) {
      waiting.trace().add(held); // what its trigger has waited for
    } else {
      traces.computeIfAbsent(trace, unused -> new Trace(time())).add(held);
    }
  }

  /** Of a record that has no trace ID: it cannot be triggered, and expires. */
  private static ByteBuffer ownTrace(RecordBatch batch, int index) {
    return ByteBuffer.wrap((batch.flow() + "@" + batch.offset(index)).getBytes(UTF_8));
  }

  private void trigger(
      PartitionFlow flow,
      RecordBatch batch,
      int index,
      @Nullable ByteBuffer id,
      boolean triggerOnly) {
    Trace held = id == null ? null : traces.remove(id);
    if (held == null) {
      held = new Trace(time());
    }
    Gather gather = new Gather(this, held, batch, index, triggerOnly);
    batch.trigger(index, gather);
    if (id != null) {
      triggered.put(gather, id);
    }
    if (id != null && siblings.any(flow)) {
      open.putIfAbsent(id, gather);
      batch.barrier(siblings.barrier(flow, batch.record(index).timestamp(), time()));
    }
  }

  // Dispatching

  /** Whether the first batch that waits may be dispatched, as far as its triggers go. */
  boolean mayDispatch(RecordBatch batch) {
    Barrier barrier = batch.barrier();
    return barrier == null || barrier.reached() || time() - barrier.since() >= timeout.toNanos();
  }

  /** The batch is about to be dispatched: its triggers take what is held by now. */
  void dispatch(RecordBatch batch) {
    if (!batch.triggers()) {
      return;
    }
    Barrier barrier = batch.barrier();
    boolean inVain = barrier != null && !barrier.reached();
    for (int i = 0; i < batch.size(); i++) {
      Gather gather = batch.gather(i);
      if (gather != null) {
        ByteBuffer id = triggered.remove(gather);
        if (id != null) {
          open.remove(id, gather);
        }
        dispatch(gather, inVain);
      }
    }
  }

  private void dispatch(Gather gather, boolean inVain) {
    if (gather.trace().held().isEmpty() && gather.isWhole()) {
      gather.batch().triggersNothing(gather.index());
      if (gather.triggerOnly()) {
        gather.batch().settled(gather.index(), Outcome.FILTERED, 0);
      }
      return;
    }
    if (inVain) {
      gather.fail(Gathered.State.EXPIRED);
    }
    handOver(gather);
  }

  private synchronized void handOver(Gather gather) {
    gather.stage(Gather.Stage.UNDER_WAY);
    underWay.add(gather);
  }

  // Giving up

  /** Takes out what has been held for too long. */
  List<Gather> expired() {
    long now = time();
    if (now - nextLook < 0) {
      return List.of();
    }
    nextLook = now + Math.min(LOOK, timeout.toNanos() / 16);
    List<Gather> expired = new ArrayList<>();
    Iterator<Trace> oldest = traces.values().iterator();
    while (oldest.hasNext()) {
      Trace trace = oldest.next();
      if (now - trace.since() >= timeout.toNanos()) {
        oldest.remove();
        expired.add(givenUp(trace, Gathered.State.EXPIRED));
      }
    }
    for (Gather gather : triggered.keySet()) {
      // Its trigger may wait for room that these records take.
      Trace trace = gather.trace();
      if (!trace.held().isEmpty() && now - trace.since() >= timeout.toNanos()) {
        gather.fail(Gathered.State.EXPIRED);
        expired.add(givenUp(trace.takeAll(), Gathered.State.EXPIRED));
      }
    }
    synchronized (this) {
      for (Trace trace : List.copyOf(torn)) {
        if (now - trace.since() >= timeout.toNanos()) {
          torn.remove(trace);
          expired.add(givenUp(trace, Gathered.State.TORN));
        }
      }
    }
    expired.forEach(this::handOver);
    return expired;
  }

  private Gather givenUp(Trace trace, Gathered.State why) {
    Trace.Held last = trace.held().remove(trace.held().size() - 1);
    Gather gather = new Gather(this, trace, last.batch(), last.index(), false);
    gather.fail(why);
    return gather;
  }

  /** A partition is taken away, with what is held of it. */
  void leave(PartitionFlow flow) {
    traces.values().forEach(trace -> trace.leave(flow));
    traces.values().removeIf(trace -> trace.held().isEmpty());
    Iterator<Map.Entry<Gather, ByteBuffer>> waiting = triggered.entrySet().iterator();
    while (waiting.hasNext()) {
      Map.Entry<Gather, ByteBuffer> each = waiting.next();
      Gather gather = each.getKey();
      boolean divided = gather.trace().leave(flow);
      if (gather.batch().flow() == flow) {
        waiting.remove();
        open.remove(each.getValue(), gather);
        if (!gather.trace().held().isEmpty()) {
          // They wait for the trigger again, which may come back.
          traces.merge(each.getValue(), gather.trace(), Gathers::joined);
        }
      } else if (divided) {
        gather.fail(Gathered.State.TORN);
      }
    }
    synchronized (this) {
      for (Gather gather : List.copyOf(underWay)) {
        if (gather.batch().flow() == flow) {
          drop(gather);
        }
      }
      if (flow.transactional()) {
        for (Gather gather : List.copyOf(ended)) {
          if (gather.isUncommittedIn(flow)) {
            ended.remove(gather);
            gather.stage(Gather.Stage.DROPPED);
            tear(gather.retract());
          }
        }
      }
      List<Trace> before = List.copyOf(torn);
      torn.clear();
      before.forEach(this::tear);
    }
  }

  /** What is left of a trace of which a part has gone, or is about to, waits for its end. */
  private void tear(Trace trace) {
    trace.leaveStopped();
    if (!trace.held().isEmpty()) {
      torn.add(trace);
    }
  }

  /** What its trigger leaves behind in other partitions. */
  private void drop(Gather gather) {
    underWay.remove(gather);
    gather.stage(Gather.Stage.DROPPED);
    gather.rest();
    Trace left = new Trace(gather.trace().since());
    gather.trace().held().forEach(left::add);
    tear(left);
  }

  private static Trace joined(Trace later, Trace earlier) {
    Trace all = new Trace(earlier.since());
    earlier.held().forEach(all::add);
    later.held().forEach(all::add);
    return all;
  }

  // From any thread, under the lock

  /**
   * A gather has its outcome; told twice where a transaction writes it.
   *
   * @return whether that is the outcome of what was held, too
   */
  boolean ended(Gather gather) {
    if (gather.stage() == Gather.Stage.DROPPED) {
      return false;
    }
    if (underWay.remove(gather)) {
      gather.stage(Gather.Stage.ENDED);
      ended.add(gather);
    }
    return true;
  }

  /** A gather cannot be executed. */
  void torn(Gather gather) {
    underWay.remove(gather);
    gather.stage(Gather.Stage.DROPPED);
    tear(gather.trace());
  }

  // Committing, under the lock

  /** Cuts what is settled. Under the lock, with all that is committed. */
  void cutSettled(Collection<PartitionFlow> flows) {
    if (any()) {
      all.get().forEach(PartitionFlow::reachNothingMore);
      flows.forEach(PartitionFlow::reachFrontier);
      cut(flows);
    } else {
      flows.forEach(PartitionFlow::uncut);
    }
  }

  /** Cuts what a transaction would take. Under the lock, with the taking. */
  void cutTaken(Collection<PartitionFlow> flows, OffsetTracker.Taker taker) {
    if (any()) {
      all.get().forEach(PartitionFlow::reachNothingMore);
      flows.forEach(flow -> flow.reachTaking(taker));
      cut(flows);
    } else {
      flows.forEach(PartitionFlow::uncut);
    }
  }

  private void cut(Collection<PartitionFlow> flows) {
    ended.removeIf(gather -> gather.isBelow(PartitionFlow::committedOffset));
    boolean back = true;
    while (back) {
      back = false;
      for (Gather gather : ended) {
        if (!gather.isBelow(PartitionFlow::reach)) {
          back |= gather.takeBack();
        }
      }
    }
    flows.forEach(PartitionFlow::cut);
  }

  /** Whether anything is held, or was and is not committed: only then there is something to cut. */
  synchronized boolean any() {
    return !traces.isEmpty()
        || !triggered.isEmpty()
        || !ended.isEmpty()
        || !torn.isEmpty()
        || !underWay.isEmpty();
  }
}
