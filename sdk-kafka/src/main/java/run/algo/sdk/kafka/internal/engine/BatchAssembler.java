package run.algo.sdk.kafka.internal.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.BatchEntry;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * Assembles the records of one input, of all its partitions, into the batches that a batch Algo is
 * executed on.
 *
 * <p>A batch runs when it is full, or when its first record has waited for the linger time; one
 * that then has to wait for a slot goes on taking records until it is full, so that batches grow
 * under load. The records of an order scope are in a batch in their order, and while one with some
 * of them runs, or is about to, the scope's further records wait for its end: so no two executions
 * hold records of one scope at once.
 *
 * <p>Under one lock: a batch form pays for it once a record and gains it back on each batch.
 * Nothing is executed while it is held.
 */
final class BatchAssembler {

  /** A scope lies within a partition, so this is its order. */
  static final Comparator<Item> BY_OFFSET = Comparator.comparingLong(Item::offset);

  private final Crew.Workers workers;
  private final Timers timers;
  private final BatchRunner runner;
  private final EnginePlan.Execution plan;

  private final ArrayDeque<List<Item>> full = new ArrayDeque<>();
  private List<Item> filling = new ArrayList<>();

  /** Of the one that is filling. */
  private long number;

  private boolean due;

  /** The scopes in batches that run or are full, with the records that wait for their end. */
  private final Map<Object, ScopeQueue> busy = new HashMap<>();

  /** Executes a batch. */
  interface BatchRunner {

    /**
     * Executes a batch; on a worker.
     *
     * @param entries the records, 1 at least
     * @param scope what waits for them when they go on without this worker
     * @return how the batch stands
     */
    Progress run(List<BatchEntry> entries, Scope scope);
  }

  /** A record on its way into a batch. */
  record Item(BatchDispatcher partition, RecordBatch batch, int index, @Nullable Object scope) {

    long offset() {
      return batch.offset(index);
    }
  }

  /** A key of a partition. */
  private record KeyScope(BatchDispatcher partition, @Nullable ByteBuffer key) {}

  BatchAssembler(
      Crew.Workers workers, Timers timers, BatchRunner runner, EnginePlan.Execution plan) {
    this.workers = workers;
    this.timers = timers;
    this.runner = runner;
    this.plan = plan;
  }

  /** Takes over what is not settled of a batch that was read. */
  synchronized void add(BatchDispatcher partition, RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.isWaiting(i)) {
        add(partition, batch, i);
      }
    }
  }

  /** Takes over one record, in whatever order. */
  synchronized void add(BatchDispatcher partition, RecordBatch batch, int index) {
    offer(new Item(partition, batch, index, scope(partition, batch, index)));
  }

  /** Takes back what a partition had kept. In one piece, so that nothing newer comes between. */
  synchronized void readmit(BatchDispatcher partition) {
    partition.takeKept().forEach(this::offer);
  }

  private @Nullable Object scope(BatchDispatcher partition, RecordBatch batch, int index) {
    return switch (plan.ordering()) {
      case PARTITION -> partition;
      case KEY -> {
        byte[] key = batch.record(index).key();
        yield new KeyScope(partition, key == null ? null : ByteBuffer.wrap(key));
      }
      case UNORDERED -> null;
    };
  }

  private void offer(Item item) {
    Object scope = item.scope();
    ScopeQueue behind = scope == null ? null : busy.get(scope);
    if (behind != null) {
      behind.add(item);
      return;
    }
    if (!item.partition().admits(item)) {
      return; // it keeps the record until it may begin executions again
    }
    filling.add(item);
    if (filling.size() >= plan.batchSize()) {
      close();
    } else if (filling.size() == 1) {
      long mine = number; // not the batch itself: a timer lives longer than one that fills quickly
      timers.after(plan.batchLinger(), () -> lingered(mine));
    }
  }

  private synchronized void lingered(long batch) {
    if (batch == number && !filling.isEmpty() && !due) {
      due = true;
      workers.slots().request(this::visit);
    }
  }

  /** The batch takes no more; what its scopes bring from now on waits for its end. */
  private void close() {
    List<Item> batch = filling;
    full.add(batch);
    occupy(batch);
    fillNext();
    if (!due) {
      workers.slots().request(this::visit);
    }
    due = false; // a visit that was on its way for this batch finds it among the full ones
  }

  private void fillNext() {
    filling = new ArrayList<>();
    number++;
  }

  private void occupy(List<Item> batch) {
    for (Item item : batch) {
      Object scope = item.scope();
      if (scope != null) {
        busy.computeIfAbsent(scope, unused -> new ScopeQueue());
      }
    }
  }

  /** A worker with a slot. */
  private void visit() {
    List<Item> batch = next();
    Progress progress = Progress.ENDED;
    try {
      List<BatchEntry> entries = begin(batch);
      if (!entries.isEmpty()) {
        progress = runner.run(entries, (rest, nanos) -> resume(batch, rest));
      }
    } finally {
      if (progress == Progress.ENDED) {
        leave(batch);
      } // else the slot and the scopes are the batch's still
    }
  }

  private void resume(List<Item> batch, Runnable rest) {
    workers
        .threads()
        .execute(
            () -> {
              try {
                rest.run();
              } finally {
                leave(batch);
              }
            });
  }

  private void leave(List<Item> batch) {
    try {
      ended(batch);
    } finally {
      workers.slots().release();
    }
  }

  private synchronized List<Item> next() {
    List<Item> batch = full.poll();
    if (batch == null) {
      batch = filling;
      fillNext();
      due = false;
      occupy(batch);
    }
    return batch;
  }

  private static List<BatchEntry> begin(List<Item> batch) {
    List<BatchEntry> entries = new ArrayList<>(batch.size());
    Set<Object> kept = new HashSet<>();
    for (Item item : batch) {
      Object scope = item.scope();
      if (scope != null && kept.contains(scope)) {
        item.partition().keep(item); // its partition may have been opened since
      } else if (item.partition().begin(item)) {
        entry(item).ifPresent(entries::add);
      } else if (scope != null) {
        kept.add(scope);
      }
    }
    return entries;
  }

  /** Empty when its records could not be gathered. */
  private static Optional<BatchEntry> entry(Item item) {
    RecordBatch batch = item.batch();
    int index = item.index();
    Gather gather = batch.gather(index);
    if (gather == null) {
      return Optional.of(new BatchEntry(batch.record(index), batch, index, null, item.scope()));
    }
    return gather.begin()
        ? Optional.of(
            new BatchEntry(batch.record(index), gather, index, gather.gathered(), item.scope()))
        : Optional.empty();
  }

  /** Those that are executed again keep their scopes until they have waited; returns the scopes. */
  private Set<Object> delay(List<Item> batch) {
    Map<Object, List<Item>> delayed = new LinkedHashMap<>();
    for (Item item : batch) {
      if (item.batch().isDelayed(item.index())) {
        Object scope = item.scope() == null ? item : item.scope();
        delayed.computeIfAbsent(scope, first -> new ArrayList<>()).add(item);
      }
    }
    delayed.forEach((scope, items) -> delay(items, () -> waited(scope, items)));
    return delayed.keySet();
  }

  /** Those of a scope lie in one partition, and wait for the one that waits longest. */
  private void delay(List<Item> items, Runnable then) {
    Duration longest =
        items.stream()
            .map(item -> item.batch().delay(item.index()))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    Delay.begin(timers, items.get(0).batch().flow(), longest, then);
  }

  private synchronized void waited(Object scope, List<Item> items) {
    ScopeQueue behind = busy.remove(scope);
    for (Item item : items) {
      item.batch().waited(item.index());
      offer(item);
    }
    if (behind != null) {
      follow(scope, behind);
    }
  }

  /** What a batch took until it was full is enough of a scope: the others wait where they are. */
  private void follow(Object scope, ScopeQueue behind) {
    while (true) {
      ScopeQueue again = busy.get(scope);
      if (again != null) {
        behind.addAll(again);
        busy.put(scope, behind);
        return;
      }
      Item next = behind.poll();
      if (next == null) {
        return;
      }
      offer(next);
    }
  }

  private synchronized void ended(List<Item> batch) {
    // All scopes first: what follows may fill a batch, which occupies its scopes at once.
    Map<Object, ScopeQueue> freed = new LinkedHashMap<>();
    Set<Object> waiting = delay(batch);
    for (Item item : batch) {
      Object scope = item.scope();
      if (scope != null && !waiting.contains(scope)) {
        ScopeQueue behind = busy.remove(scope);
        if (behind != null) {
          freed.put(scope, behind);
        }
      }
    }
    freed.forEach(this::follow);
  }
}
