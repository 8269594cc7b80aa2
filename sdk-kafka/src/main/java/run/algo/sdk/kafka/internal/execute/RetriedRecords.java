package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.spi.RetryPlan;

/**
 * What the records of the retry topics of one input topic tell of themselves, and whose they are.
 * Thread-safe.
 */
public final class RetriedRecords {

  private static final Logger log = LoggerFactory.getLogger(RetriedRecords.class);

  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private final RetryHeaders headers;
  private final RetryPlan plan;
  private final Function<String, Optional<Route>> inputs;
  private final RateLimit warnings = new RateLimit(LOG_INTERVAL, System::nanoTime);

  /**
   * A reader.
   *
   * @param headers knows the own group
   * @param plan the steps by which the input's records are retried
   * @param inputs the route of an input topic, empty for any other topic; asked while records flow
   */
  public RetriedRecords(
      RetryHeaders headers, RetryPlan plan, Function<String, Optional<Route>> inputs) {
    this.headers = headers;
    this.plan = plan;
    this.inputs = inputs;
  }

  /** Whether a record is another group's retry, and so none of our business. */
  boolean isForeign(ConsumerRecord<byte[], byte[]> record) {
    return headers.isForeign(record.headers());
  }

  /** What a record tells. Whatever is wrong with it is told of, once in a while. */
  RetryHeaders.Read read(ConsumerRecord<byte[], byte[]> record, String inputTopic) {
    RetryHeaders.Read read = RetryHeaders.read(record, inputTopic, plan);
    if (!read.faults().isEmpty()) {
      warnings.run(
          record.topic(),
          suppressed ->
              log.warn(
                  "retry {}-{}@{} has headers that cannot be used: {}. What they should tell is"
                      + " taken for absent: a record without step and try counts as failed for the"
                      + " first time (and {} more records like it)",
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  String.join(", ", read.faults()),
                  suppressed));
    }
    return read;
  }

  /** The route of an input topic. */
  Optional<Route> input(String topic) {
    return inputs.apply(topic);
  }
}
