package run.algo.sdk.kafka.internal.execute;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What is executed together with a record: those of its trace that were held.
 *
 * @param held the records, in the order in which they were read
 * @param triggerOnly whether the record that they are executed with has no value of its own
 * @param state whether they may be executed
 */
public record Gathered(List<Held> held, boolean triggerOnly, State state) {

  /** Copies the list. */
  public Gathered {
    held = List.copyOf(held);
  }

  /** Whether a trace may be executed. */
  public enum State {
    /** All are there. */
    WHOLE,
    /** They have waited for too long, for their trigger or with it for another input's records. */
    EXPIRED,
    /** Some of them have gone to another member, with their partition. */
    TORN
  }

  /**
   * A record that was held.
   *
   * @param route what it goes through
   * @param record the record
   */
  public record Held(Route route, ConsumerRecord<byte[], byte[]> record) {}
}
