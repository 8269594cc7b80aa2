package run.algo.sdk.kafka.internal.observe;

import java.util.concurrent.atomic.LongAdder;

/** Bytes of records and of what they stand for. Thread-safe. */
final class ByteCounters {

  /** Of records that hold their content, which are most. */
  private final LongAdder both = new LongAdder();

  /** Of values that refer to their content. Apart from it, so that no sum ever decreases. */
  private final LongAdder values = new LongAdder();

  private final LongAdder contents = new LongAdder();

  void add(long messageBytes, long dataBytes) {
    if (dataBytes == messageBytes) {
      both.add(messageBytes);
    } else {
      values.add(messageBytes);
      contents.add(dataBytes);
    }
  }

  long messages() {
    return both.sum() + values.sum();
  }

  long data() {
    return both.sum() + contents.sum();
  }
}
