package run.algo.sdk.kafka;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Ends its process, as {@code kill -9} would, at a point of a record's way to a retry topic. */
public final class HandOverKill implements ProducerInterceptor<byte[], byte[]> {

  /** Environment variable: the point, how many hand-overs before, and a delay in microseconds. */
  static final String VARIABLE = "TEST_HAND_OVER_KILL";

  static final int EXIT_CODE = 9;

  private static final AtomicInteger SEEN = new AtomicInteger();

  private @Nullable Point point;
  private int before;
  private long delayMicros;

  /** A point of the way. */
  enum Point {
    BEFORE_SEND,
    AFTER_SEND,
    AFTER_ACK,
    BEFORE_COMMIT
  }

  /** The variable's value. */
  static String value(Point point, int before, long delayMicros) {
    return point + ":" + before + ":" + delayMicros;
  }

  @Override
  public void configure(Map<String, ?> configs) {
    String value = System.getenv(VARIABLE);
    if (value != null) {
      String[] parts = value.split(":", -1);
      point = Point.valueOf(parts[0]);
      before = Integer.parseInt(parts[1]);
      delayMicros = Long.parseLong(parts[2]);
    }
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    if (record.topic().endsWith("ms")) {
      reached(Point.BEFORE_SEND, 0);
      reached(Point.AFTER_SEND, delayMicros);
    }
    return record;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception error) {
    if (error == null && metadata != null && metadata.topic().endsWith("ms")) {
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
