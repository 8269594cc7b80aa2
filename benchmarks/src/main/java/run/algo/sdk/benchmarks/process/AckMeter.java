package run.algo.sdk.benchmarks.process;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Counts the records that the broker has acknowledged and takes the time at two of them: the last
 * of the warm-up and the very last. It sits in the producer, so that it is the same code at the
 * same place in every arm and needs nothing of the SDK's insides.
 */
final class AckMeter {

  /** The producer's property that names the meter. */
  static final String PROPERTY = "benchmark.meter";

  /** The element that counts; 256 bytes from either end, more than a line and its neighbour. */
  private static final int COUNT = 32;

  private static final Map<String, AckMeter> METERS = new ConcurrentHashMap<>();

  private final long warmUp;
  private final long total;
  private final CountDownLatch done = new CountDownLatch(1);

  /**
   * Counted by the network thread of each producer: there may be several. In the middle of unused
   * elements, so that no cache line of it has what the senders read: the collector puts a
   * producer's interceptors next to what they hold, in some arms and not in others, and each
   * acknowledgement would then cost the sender of the next record a cache miss.
   */
  private final AtomicLongArray counts = new AtomicLongArray(2 * COUNT + 1);

  private volatile long firstNanos;
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile @Nullable Usage begin;
  private volatile @Nullable Usage end;

  private AckMeter(long warmUp, long total) {
    this.warmUp = warmUp;
    this.total = total;
  }

  /** A meter that a producer of this process finds by its name. */
  static AckMeter register(String name, long warmUp, long total) {
    if (warmUp < 1 || total <= warmUp) {
      throw new IllegalArgumentException(
          "warm-up is " + warmUp + " of " + total + " records: some must be warm-up, some not");
    }
    AckMeter meter = new AckMeter(warmUp, total);
    METERS.put(name, meter);
    return meter;
  }

  /** A meter of a run that only ends from outside. */
  static AckMeter endless(String name) {
    return register(name, Long.MAX_VALUE - 1, Long.MAX_VALUE);
  }

  private void acknowledged() {
    long now = counts.incrementAndGet(COUNT);
    if (now == 1) {
      firstNanos = System.nanoTime();
      begun.countDown();
    }
    if (now == warmUp) {
      begin = Usage.now();
    } else if (now == total) {
      end = Usage.now();
      done.countDown();
    }
  }

  /** Waits for the first acknowledgement, and returns its {@code System.nanoTime}. */
  long awaitFirst() throws InterruptedException {
    begun.await();
    return firstNanos;
  }

  /** {@return how many are acknowledged} */
  long acknowledgedCount() {
    return counts.get(COUNT);
  }

  boolean isDone() {
    return done.getCount() == 0;
  }

  boolean awaitDone(long millis) throws InterruptedException {
    return done.await(millis, TimeUnit.MILLISECONDS);
  }

  /** What the records after the warm-up took. */
  Measured result() {
    Usage first = begin;
    Usage last = end;
    if (first == null || last == null) {
      throw new IllegalStateException("not all records have been acknowledged");
    }
    return new Measured(total - warmUp, last.minus(first));
  }

  /** The meter's place in the producer. */
  public static final class Interceptor implements ProducerInterceptor<byte[], byte[]> {

    private @Nullable AckMeter meter;

    /** Called by Kafka. */
    public Interceptor() {}

    @Override
    public void configure(Map<String, ?> configs) {
      meter = METERS.get(String.valueOf(configs.get(PROPERTY)));
      if (meter == null) {
        throw new IllegalStateException("no meter " + configs.get(PROPERTY) + " is registered");
      }
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      return record;
    }

    @Override
    public void onAcknowledgement(
        @Nullable RecordMetadata metadata, @Nullable Exception exception) {
      if (exception == null && meter != null) {
        meter.acknowledged();
      }
    }

    @Override
    public void close() {}
  }
}
