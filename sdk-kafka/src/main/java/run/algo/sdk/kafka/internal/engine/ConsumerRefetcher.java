package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * Reads records again with a consumer of its own, which is in no group, on a thread of its own; the
 * two are made when they are needed first.
 *
 * <p>What lies close together is read in one go. A record is late, and never lost, when the brokers
 * do not answer: it is tried again until its partition has gone. One that the log has no more,
 * since its retention is over or it was compacted or deleted, is told so.
 */
final class ConsumerRefetcher implements Refetcher, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ConsumerRefetcher.class);

  /** Rather than to read so many records that nobody wants a new fetch is made. */
  private static final long LONGEST_GAP = 500;

  /** What is asked for is there: an answer never has a reason to wait at the broker. */
  private static final int FETCH_WAIT_MILLIS = 10;

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final KafkaClients clients;
  private final Map<String, Object> config;
  private final RateLimit warnings;
  private final Duration backoff;

  private final Object lock = new Object();
  private final Queue<Wanted> asked = new ArrayDeque<>();
  private @Nullable Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> current;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean closed;

  /** By offset; several where a partition has gone and come back. The thread's own, as below. */
  private final Map<TopicPartition, TreeMap<Long, List<Wanted>>> pending = new HashMap<>();

  /** Where the consumer goes on reading, of the partitions that it is assigned. */
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  /**
   * A refetcher.
   *
   * @param clients makes the consumer
   * @param consumer the configuration of the consumer that has read the records before
   * @param warnings keeps the log readable
   */
  ConsumerRefetcher(KafkaClients clients, Map<String, Object> consumer, RateLimit warnings) {
    this(clients, consumer, warnings, BACKOFF);
  }

  ConsumerRefetcher(
      KafkaClients clients, Map<String, Object> consumer, RateLimit warnings, Duration backoff) {
    this.clients = clients;
    this.config = GrouplessConsumer.config(consumer, "-refetch", FETCH_WAIT_MILLIS);
    this.warnings = warnings;
    this.backoff = backoff;
  }

  @Override
  public void prepare() {
    fetch(List.of());
  }

  @Override
  public void fetch(List<Wanted> wanted) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      asked.addAll(wanted);
      lock.notifyAll();
      if (thread == null) {
        Thread fresh = WorkerKind.platform("algo-refetch-").newThread(this::run);
        thread = fresh;
        fresh.start();
      }
    }
  }

  private void run() {
    try {
      boolean goesOn = true;
      while (goesOn && !closed) {
        try {
          Consumer<byte[], byte[]> consumer = consumer(); // at once: it takes some time
          goesOn = take();
          if (goesOn) {
            turn(consumer);
          }
        } catch (WakeupException e) {
          log.debug("the refetcher closes", e);
        } catch (RuntimeException | Error e) { // of whatever kind: the thread must not end
          failed(e);
        }
      }
    } catch (InterruptedException e) {
      log.debug("the refetcher was interrupted, as nobody but the runner's end does", e);
    } finally {
      dropConsumer();
    }
  }

  /** Waits for something to do; false when there is nothing more. */
  private boolean take() throws InterruptedException {
    pending.values().forEach(ConsumerRefetcher::dropUnwanted);
    pending.values().removeIf(Map::isEmpty);
    synchronized (lock) {
      while (!closed && asked.isEmpty() && pending.isEmpty()) {
        lock.wait();
      }
      for (Wanted next = asked.poll(); next != null; next = asked.poll()) {
        pending
            .computeIfAbsent(next.partition(), any -> new TreeMap<>())
            .computeIfAbsent(next.offset(), any -> new ArrayList<>(1))
            .add(next);
      }
      return !closed;
    }
  }

  private static void dropUnwanted(Map<Long, List<Wanted>> offsets) {
    offsets.values().forEach(each -> each.removeIf(wanted -> !wanted.isWanted()));
    offsets.values().removeIf(List::isEmpty);
  }

  private void turn(Consumer<byte[], byte[]> consumer) {
    if (!positions.keySet().equals(pending.keySet())) {
      consumer.assign(pending.keySet());
      positions.keySet().retainAll(pending.keySet());
    }
    pending.forEach((partition, offsets) -> seek(consumer, partition, offsets.firstKey()));
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      outOfRange(consumer, e.offsetOutOfRangePartitions().keySet());
      return;
    }
    for (TopicPartition partition : Set.copyOf(pending.keySet())) {
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        takeOut(partition, record.offset()).forEach(wanted -> wanted.found(record));
      }
      passed(partition, consumer);
    }
  }

  /** What lies before the position, and was not brought, the log has no more. */
  private void passed(TopicPartition partition, Consumer<byte[], byte[]> consumer) {
    long position;
    try {
      position = consumer.position(partition, Duration.ZERO);
    } catch (TimeoutException e) {
      return; // its leader has changed, and it has to be seen whether the position is still one
    }
    positions.put(partition, position);
    TreeMap<Long, List<Wanted>> offsets = pending.get(partition);
    if (offsets != null) {
      lost(partition, List.copyOf(offsets.headMap(position).keySet()));
    }
  }

  private void seek(Consumer<byte[], byte[]> consumer, TopicPartition partition, long next) {
    Long position = positions.get(partition);
    if (position == null || next < position || next - position > LONGEST_GAP) {
      consumer.seek(partition, next);
      positions.put(partition, next);
    }
  }

  private List<Wanted> takeOut(TopicPartition partition, long offset) {
    TreeMap<Long, List<Wanted>> offsets = pending.get(partition);
    List<Wanted> all = offsets == null ? null : offsets.remove(offset);
    return all == null ? List.of() : all;
  }

  private void outOfRange(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, LOOK_TIMEOUT);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, LOOK_TIMEOUT);
    for (TopicPartition partition : partitions) {
      TreeMap<Long, List<Wanted>> offsets = pending.get(partition);
      positions.remove(partition);
      if (offsets != null) {
        Set<Long> gone =
            new HashSet<>(offsets.headMap(begins.getOrDefault(partition, 0L)).keySet());
        gone.addAll(offsets.tailMap(ends.getOrDefault(partition, Long.MAX_VALUE)).keySet());
        lost(partition, gone.stream().sorted().toList());
      }
    }
  }

  private void lost(TopicPartition partition, Collection<Long> offsets) {
    for (long offset : offsets) {
      List<Wanted> all = takeOut(partition, offset);
      all.stream()
          .filter(Wanted::isWanted)
          .flatMap(wanted -> wanted.loss().stream())
          .findFirst()
          .ifPresent(
              loss ->
                  warnings.run(
                      "lost " + partition,
                      suppressed ->
                          log.warn(
                              "{}@{} {} (and {} more of this partition)",
                              partition,
                              offset,
                              loss,
                              suppressed)));
      all.forEach(Wanted::lost);
    }
  }

  private void failed(Throwable e) throws InterruptedException {
    warnings.run(
        "refetch " + e.getClass().getName(),
        suppressed ->
            log.error(
                "records that wait for their retry cannot be read again and are late; trying"
                    + " again (and {} more like it)",
                suppressed,
                e));
    dropConsumer();
    boolean closes = closing.await(Math.max(1, backoff.toMillis()), TimeUnit.MILLISECONDS);
    log.debug("after an error of the refetcher: closing {}", closes);
  }

  private Consumer<byte[], byte[]> consumer() {
    Consumer<byte[], byte[]> known = current;
    if (known == null) {
      known = clients.consumer(config);
      current = known;
    }
    return known;
  }

  private void dropConsumer() {
    Consumer<byte[], byte[]> known = current;
    current = null;
    positions.clear();
    if (known != null) {
      try {
        known.close(CloseOptions.timeout(CLOSE_TIMEOUT));
      } catch (KafkaException e) {
        log.debug("a consumer that is not needed any more did not close well", e);
      }
    }
  }

  /** Ends the thread, and waits for it a moment. What was asked for is never told. */
  @Override
  public void close() {
    Thread running;
    synchronized (lock) {
      closed = true;
      closing.countDown();
      asked.clear();
      lock.notifyAll();
      running = thread;
    }
    Consumer<byte[], byte[]> known = current;
    if (known != null) {
      known.wakeup();
    }
    if (running != null) {
      try {
        running.join(2 * CLOSE_TIMEOUT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
