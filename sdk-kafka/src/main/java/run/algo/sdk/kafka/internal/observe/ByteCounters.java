package run.algo.sdk.kafka.internal.observe;

import java.util.concurrent.atomic.LongAdder;

/** Bytes of records and of what they stand for. Thread-safe. */
final class ByteCounters {

  private final LongAdder messages = new LongAdder();

  /** What payloads have beyond the values that refer to them; most have nothing. */
  private final LongAdder beyond = new LongAdder();

  void add(long messageBytes, long dataBytes) {
    messages.add(messageBytes);
    if (dataBytes != messageBytes) {
      beyond.add(dataBytes - messageBytes);
    }
  }

  long messages() {
    return messages.sum();
  }

  long data() {
    return messages.sum() + beyond.sum();
  }
}
