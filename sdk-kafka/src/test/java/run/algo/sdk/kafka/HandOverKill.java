package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Ends its process, as {@code kill -9} would, at a point of a record's way to a topic: a retry
 * topic or any other.
 */
public final class HandOverKill implements ProducerInterceptor<byte[], byte[]> {

  /**
   * Environment variable: the point, at which hand-over, a delay in microseconds, how the topic's
   * name ends, and what of it.
   */
  static final String VARIABLE = "TEST_HAND_OVER_KILL";

  static final int EXIT_CODE = 9;

  private static final AtomicInteger SEEN = new AtomicInteger();

  private @Nullable Point point;
  private Target target = RETRY_TOPICS;
  private int before;
  private long delayMicros;

  /** A point of the way. */
  enum Point {
    BEFORE_SEND,
    AFTER_SEND,
    AFTER_ACK,
    BEFORE_COMMIT
  }

  /** Which sends a record has there. */
  enum Kind {
    ANY,
    RECORDS,
    TOMBSTONES
  }

  /**
   * The sends at which it is killed.
   *
   * @param suffix how their topics' names end
   * @param kind which of those
   */
  record Target(String suffix, Kind kind) {

    boolean matches(String topic, boolean tombstone) {
      return topic.endsWith(suffix) && (kind == Kind.ANY || (kind == Kind.TOMBSTONES) == tombstone);
    }
  }

  /** Retry topics are named after their backoff. */
  private static final Target RETRY_TOPICS = new Target("ms", Kind.ANY);

  /** The variable's value, for retry topics. */
  static String value(Point point, int before, long delayMicros) {
    return value(RETRY_TOPICS, point, before, delayMicros);
  }

  /** The variable's value. */
  static String value(Target target, Point point, int before, long delayMicros) {
    return String.join(
        ":",
        point.name(),
        Integer.toString(before),
        Long.toString(delayMicros),
        target.suffix(),
        target.kind().name());
  }

  /**
   * Waits until a child that has the variable is dead, and by its own hand.
   *
   * @param child the child
   * @param where for the message
   * @param meanwhile is done again and again
   */
  static void awaitKilled(ChildJvm child, String where, Runnable meanwhile) {
    await("killed " + where)
        .atMost(Deployment.SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              meanwhile.run();
              return !child.alive();
            });
    assertThat(child.exitCode()).as(child.output()).isEqualTo(EXIT_CODE);
  }

  @Override
  public void configure(Map<String, ?> configs) {
    String value = System.getenv(VARIABLE);
    if (value != null) {
      String[] parts = value.split(":", -1);
      point = Point.valueOf(parts[0]);
      before = Integer.parseInt(parts[1]);
      delayMicros = Long.parseLong(parts[2]);
      target = new Target(parts[3], Kind.valueOf(parts[4]));
    }
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    if (target.matches(record.topic(), record.value() == null)) {
      reached(Point.BEFORE_SEND, 0);
      reached(Point.AFTER_SEND, delayMicros);
    }
    return record;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception error) {
    if (error == null
        && metadata != null
        && target.matches(metadata.topic(), metadata.serializedValueSize() < 0)) {
      reached(Point.AFTER_ACK, 0); // the interceptor is told before the runner is
      reached(Point.BEFORE_COMMIT, delayMicros);
    }
  }

  private void reached(Point here, long micros) {
    if (here != point || SEEN.incrementAndGet() != before) {
      return;
    }
    if (micros == 0) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    Thread thread =
        new Thread(
            () -> {
              LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
              Runtime.getRuntime().halt(EXIT_CODE);
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
