package run.algo.sdk.kafka.internal.observe.view;

import java.util.List;

/**
 * A record that has been in flight for some time. Immutable.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its offset
 * @param traceId its trace ID, made fit for a page; empty when it has none
 * @param begun whether it is executed, or waits to be
 * @param seconds of the slowest, how long it has been executed, to within a second; of the oldest
 *     of a partition, the time since it was read
 * @param thread name of the thread that executes it; empty when none does, as between the stages of
 *     an asynchronous Algo
 * @param stack where that thread is, the innermost frame first; empty unless the record is stuck or
 *     has been executed for long
 */
public record Slow(
    String topic,
    int partition,
    long offset,
    String traceId,
    boolean begun,
    double seconds,
    String thread,
    List<String> stack) {

  /**
   * A record.
   *
   * @param topic see above
   */
  public Slow {
    stack = List.copyOf(stack);
  }
}
