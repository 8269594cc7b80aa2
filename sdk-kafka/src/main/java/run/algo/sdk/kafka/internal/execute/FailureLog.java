package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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

  /**
   * What a log can print in an exception's place. An author's exception is code that may throw, in
   * whatever a log backend asks of it, and must not take the record's outcome with it.
   *
   * @param cause the exception
   * @return the same, or a stand-in that names its class
   */
  static Throwable printable(Throwable cause) {
    try {
      Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      Deque<Throwable> open = new ArrayDeque<>(List.of(cause));
      while (!open.isEmpty()) {
        Throwable next = open.pop();
        if (seen.add(next)) {
          String unused = next.getMessage() + next.getLocalizedMessage() + next;
          open.addAll(List.of(next.getSuppressed()));
          Throwable inner = next.getCause();
          if (inner != null) {
            open.add(inner);
          }
        }
      }
      return cause;
    } catch (Throwable t) {
      return new IllegalStateException(
          "an exception that cannot be printed: " + cause.getClass().getName());
    }
  }

  void failed(Execution execution, Failure failure) {
    String kind = failure.reason() + " " + failure.cause().getClass().getName();
    limit.run(
        kind, suppressed -> execution.logged(() -> warn(execution.record, failure, suppressed)));
  }

  private static void warn(
      ConsumerRecord<byte[], byte[]> record, Failure failure, long suppressed) {
    log.warn(
        "record {}-{}@{} failed, reason {}, after {} executions (and {} more like it)",
        record.topic(),
        record.partition(),
        record.offset(),
        failure.reason().wireName(),
        failure.attempts(),
        suppressed,
        printable(failure.cause()));
  }
}
