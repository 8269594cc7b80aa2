package run.algo.sdk.kafka.internal.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Executes the records of a key one at a time and in order, and those of different keys at once.
 *
 * <p>The owner thread chains the records of a key ({@link KeyLane}) and hands over, once a batch,
 * the lanes that have become ready. A worker takes one lane after the other and stays with each
 * while it has records, for so long as nobody else waits. A key waits for its own records only:
 * there is no hashing of many keys to few lanes, so a slow key holds up no other.
 */
final class KeyDispatcher extends CrewDispatcher {

  /** So many records of one key in a row, while others wait. */
  private static final int RECORDS_A_TURN = 16;

  private final KeyTable table = new KeyTable(this);
  private final Queue<Ready> ready = new ConcurrentLinkedQueue<>();

  /** Lanes that may run, taken one by one from any thread. */
  private static final class Ready {
    private final KeyLane[] lanes;
    private final int count;
    private final AtomicInteger taken = new AtomicInteger();

    Ready(KeyLane[] lanes, int count) {
      this.lanes = lanes;
      this.count = count;
    }

    boolean exhausted() {
      return taken.get() >= count;
    }

    @Nullable KeyLane take() {
      if (exhausted()) {
        return null;
      }
      int index = taken.getAndIncrement();
      return index < count ? lanes[index] : null;
    }
  }

  /**
   * A dispatcher.
   *
   * @param workers of all partitions
   * @param runner executes a record
   * @param share executions of this partition at once
   */
  KeyDispatcher(Crew.Workers workers, Crew.RecordRunner runner, EnginePlan.Share share) {
    super(workers, runner, share);
  }

  @Override
  public void dispatch(RecordBatch batch) {
    batch.linkable();
    KeyLane[] lanes = new KeyLane[batch.size()];
    int count = 0;
    for (int i = 0; i < batch.size(); i++) {
      if (batch.isWaiting(i)) {
        KeyLane lane = table.lane(batch.record(i).key());
        if (lane.append(batch, i)) {
          lanes[count++] = lane;
        }
      }
    }
    if (count > 0) {
      ready.add(new Ready(lanes, count));
      crew().call();
    }
  }

  @Override
  public boolean waiting() {
    return first() != null;
  }

  @Override
  public Crew.Step step() {
    KeyLane lane = take();
    if (lane == null) {
      return Crew.Step.NONE;
    }
    crew().call(); // before the execution, which may take its time
    return run(lane);
  }

  void resume(KeyLane lane, Runnable rest, long nanos) {
    crew()
        .resume(
            nanos,
            () -> {
              rest.run();
              return goesOn(lane) ? run(lane) : Crew.Step.ENDED;
            });
  }

  void held(long nanos) {
    crew().held(nanos);
  }

  private Crew.Step run(KeyLane lane) {
    for (int records = 1; ; records++) {
      Crew.Step step = crew().execute(lane.batch(), lane.index(), lane);
      if (step == Crew.Step.NONE) {
        again(lane);
      }
      if (step != Crew.Step.ENDED || !goesOn(lane)) {
        return step;
      }
      if (records >= RECORDS_A_TURN && waiting()) {
        again(lane);
        return Crew.Step.ENDED;
      }
    }
  }

  /** Goes to the successor, unless there is none, or the record has to wait. */
  private boolean goesOn(KeyLane lane) {
    RecordBatch batch = lane.batch();
    int index = lane.index();
    if (batch.isDelayed(index)) {
      later(batch, index, () -> again(lane));
      return false;
    }
    return lane.advance();
  }

  private void again(KeyLane lane) {
    ready.add(new Ready(new KeyLane[] {lane}, 1));
  }

  private @Nullable KeyLane take() {
    for (Ready first = first(); first != null; first = first()) {
      KeyLane lane = first.take();
      if (lane != null) {
        return lane;
      }
    }
    return null;
  }

  /** The first that is not exhausted; takes out those that are. */
  private @Nullable Ready first() {
    Ready first = ready.peek();
    while (first != null && first.exhausted()) {
      ready.remove(first);
      first = ready.peek();
    }
    return first;
  }
}
