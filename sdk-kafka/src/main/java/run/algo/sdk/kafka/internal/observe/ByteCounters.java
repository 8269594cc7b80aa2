package run.algo.sdk.kafka.internal.observe;

import java.util.concurrent.atomic.LongAdder;

/** Bytes of records and of what they stand for. Thread-safe. */
final class ByteCounters {

  private final LongAdder messages = new LongAdder();
  private final LongAdder data = new LongAdder();

  void add(long messageBytes, long dataBytes) {
    messages.add(messageBytes);
    data.add(dataBytes);
  }

  long messages() {
    return messages.sum();
  }

  long data() {
    return data.sum();
  }
}
