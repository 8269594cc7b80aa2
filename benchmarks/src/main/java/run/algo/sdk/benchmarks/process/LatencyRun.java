package run.algo.sdk.benchmarks.process;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records at a steady rate through an arm and measures how long each is on its way, from the
 * moment at which it was to be sent to the moment at which its output has been read. Whatever holds
 * up the sender counts as well: a record that is late counts from when it was due, so that a pause
 * is seen by all the records that fell into it (coordinated omission).
 *
 * <p>The first {@value #FIRST} records are sent at once, and the others once those have come
 * through: a process that starts is not what is measured. Sender and reader are in this process,
 * the arm is in its own; all times are this process's.
 *
 * <p>How late the sender was itself is measured, too: a run in which it has fallen behind says
 * nothing of the arm, and has failed. What can be made beforehand is, so that it costs no time.
 */
final class LatencyRun {

  /** Sent before anything is measured. */
  static final int FIRST = 100;

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(2);
  private static final int DIGITS = 3;

  /**
   * By so much may the sender lag at its end, which a machine that is busy for a moment explains.
   */
  private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Half of the records wait longer only where more come than go. */
  private static final long QUEUE_MICROS = TimeUnit.MILLISECONDS.toMicros(100);

  /** So many different headers there are; a power of two. */
  private static final int HEADERS = 1 << 10;

  /** The sender looks so often what is due: far below what is measured. */
  private static final long STEP_NANOS = 100_000;

  private final Topics topics;
  private final Loader shape;
  private final String input;
  private final String output;

  /** So many of the first do not count: the arm's code is compiled meanwhile. */
  private final long warmUp;

  /** Whether the first records have come through: the arm runs. */
  private final CountDownLatch running = new CountDownLatch(1);

  /** Whether nobody reads any more. */
  private volatile boolean over;

  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /** The sender's own lateness; its thread's until it has ended. */
  private final Histogram sending = new Histogram(LONGEST_MICROS, DIGITS);

  /**
   * What was found, in microseconds.
   *
   * @param latency from when a record was due to when its output was read
   * @param sending from when a record was due to when the producer had taken it
   */
  record Found(Histogram latency, Histogram sending) {

    /** Whether no queue has grown: an arm that is not fast enough is seconds late. */
    boolean keepsUp() {
      return latency.getValueAtPercentile(50) <= QUEUE_MICROS;
    }
  }

  /**
   * A run.
   *
   * @param topics the broker
   * @param shape how many records of which size and keys
   * @param warmUp how many of them do not count
   * @param input the topic to send to
   * @param output the topic to read from
   */
  LatencyRun(Topics topics, Loader shape, long warmUp, String input, String output) {
    this.topics = topics;
    this.shape = shape;
    this.warmUp = warmUp;
    this.input = input;
    this.output = output;
  }

  /**
   * Measures while the arm runs.
   *
   * @param perSecond records a second
   * @return both histograms
   */
  Found measure(double perSecond) throws InterruptedException {
    Thread sender = new Thread(() -> send(perSecond), "latency-sender");
    sender.setDaemon(true);
    sender.start();
    Histogram latency;
    try {
      latency = read();
    } finally {
      over = true;
      running.countDown();
      sender.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException(failure.get().getMessage(), failure.get());
    }
    return new Found(latency, sending);
  }

  private void send(double perSecond) {
    SplittableRandom random = new SplittableRandom(shape.seed());
    List<byte[]> keys = IntStream.range(0, shape.keys().keys()).mapToObj(shape::key).toList();
    List<List<Header>> headers =
        IntStream.range(0, HEADERS).mapToObj(i -> shape.headers(random, i)).toList();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                topics.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                shape.compression()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long begin = System.nanoTime();
      for (long i = 0; i < shape.records() && !over; i++) {
        if (i == FIRST) {
          producer.flush();
          running.await();
          begin = System.nanoTime();
        }
        long due = i < FIRST ? begin : begin + Math.round((i - FIRST) * 1e9 / perSecond);
        sleepUntil(due);
        byte[] value = shape.values().next(random).value();
        ByteBuffer.wrap(value).putLong(due).putLong(i);
        var unused =
            producer.send(
                new ProducerRecord<>(
                    input,
                    null,
                    null,
                    keys.get(shape.keys().next(random)),
                    value,
                    headers.get((int) (i & (HEADERS - 1)))),
                (metadata, error) -> {
                  if (error != null) {
                    failure.set(error);
                  }
                });
        long late = System.nanoTime() - due;
        if (i >= warmUp) {
          sending.recordValue(micros(late));
        }
        if (i + 1 == shape.records()) {
          lag(late).map(IllegalStateException::new).ifPresent(failure::set);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the sender", e);
    }
  }

  /** What is wrong with a sender that was so late with its last record; nothing for a little. */
  static Optional<String> lag(long nanos) {
    return nanos > LAG_NANOS
        ? Optional.of(
            "the sender was "
                + TimeUnit.NANOSECONDS.toMillis(nanos)
                + " ms late with the last record: the load is more than this machine can send")
        : Optional.empty();
  }

  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, STEP_NANOS));
    }
  }

  private Histogram read() {
    Histogram histogram = new Histogram(LONGEST_MICROS, DIGITS);
    try (OutputReader reader = new OutputReader(topics, output)) {
      long found = 0;
      long last = System.nanoTime();
      while (found < shape.records()) {
        Exception failed = failure.get();
        if (failed != null || System.nanoTime() - last > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              found
                  + " of "
                  + shape.records()
                  + " records came through"
                  + (failed == null ? "" : ": " + failed.getMessage()),
              failed);
        }
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          long now = System.nanoTime();
          last = now;
          found++;
          if (found == FIRST) {
            running.countDown();
          }
          ByteBuffer value = ByteBuffer.wrap(record.value());
          long due = value.getLong();
          if (value.getLong() >= warmUp) {
            histogram.recordValue(micros(now - due));
          }
        }
      }
    }
    return histogram;
  }

  private static long micros(long nanos) {
    return Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos));
  }
}
