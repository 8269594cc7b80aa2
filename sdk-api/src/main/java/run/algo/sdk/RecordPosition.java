package run.algo.sdk;

import java.time.Instant;

/**
 * Where a record lies.
 *
 * @param topic the topic
 * @param partition the partition, from 0
 * @param offset the offset within the partition, from 0
 * @param timestamp the record's timestamp, in milliseconds since the epoch
 * @since 0.1.0
 */
public record RecordPosition(String topic, int partition, long offset, long timestamp) {

  /**
   * The timestamp as an instant.
   *
   * @return the record's time
   */
  public Instant time() {
    return Instant.ofEpochMilli(timestamp);
  }

  /** {@return {@code topic-partition@offset}, as Kafka's own log lines write it} */
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
