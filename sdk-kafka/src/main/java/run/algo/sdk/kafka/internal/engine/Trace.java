package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;

/** Held records of one trace, in the order in which they were read. By one thread at a time. */
final class Trace {

  private final List<Held> held = new ArrayList<>(4);

  /** When the first of them was read, in monotonic nanoseconds. */
  private final long since;

  /**
   * A held record.
   *
   * @param batch its batch
   * @param index its index there
   */
  record Held(RecordBatch batch, int index) {}

  Trace(long since) {
    this.since = since;
  }

  void add(Held record) {
    held.add(record);
  }

  List<Held> held() {
    return held;
  }

  /** All that is held, which is no more here then. */
  Trace takeAll() {
    Trace all = new Trace(since);
    all.held.addAll(held);
    held.clear();
    return all;
  }

  long since() {
    return since;
  }

  /** Forgets the records of partitions that are taken away. */
  void leaveStopped() {
    held.removeIf(each -> each.batch().flow().stopped());
  }

  /**
   * Forgets the records of a partition that is taken away.
   *
   * @return whether there were any
   */
  boolean leave(PartitionFlow flow) {
    return held.removeIf(each -> each.batch().flow() == flow);
  }
}
