package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.Failure;

/** Logs failed records; the same kind of failure once in a while, with a count. */
final class FailureLog {

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  private final RateLimit limit;

  FailureLog(RateLimit limit) {
    this.limit = limit;
  }

  void failed(ConsumerRecord<byte[], byte[]> record, Failure failure) {
    String kind = failure.reason() + " " + failure.cause().getClass().getName();
    limit.run(
        kind,
        suppressed ->
            log.warn(
                "record {}-{}@{} failed, reason {}, after {} executions (and {} more like it)",
                record.topic(),
                record.partition(),
                record.offset(),
                failure.reason().wireName(),
                failure.attempts(),
                suppressed,
                failure.cause()));
  }
}
