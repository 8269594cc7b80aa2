package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.execute.Blockage;

/**
 * The halt of one partition: which records have no durable outcome, and the repeated attempt to
 * give them one. The Algo is not executed again. When the last one is written the partition goes on
 * by itself. Thread-safe.
 *
 * <p>Sends are tried again in the order of their records, and first the first alone: were all tried
 * at once, and the topic became writable while they are, later ones would overtake those that had
 * just failed once more. Only when the first is written do the others follow.
 */
final class Halt {

  private static final Logger log = LoggerFactory.getLogger(Halt.class);

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(30);

  private final TopicPartition partition;
  private final Dispatcher dispatcher;
  private final Timers timers;

  private final TreeMap<Long, Blocked> blocked = new TreeMap<>();
  private final PriorityQueue<Retry> retries =
      new PriorityQueue<>(Comparator.comparingLong(Retry::offset).thenComparingLong(Retry::number));
  private long numbers;
  private Duration backoff = FIRST_BACKOFF;
  private boolean retryScheduled;
  private boolean releasing;

  /** The one that is tried alone. */
  private @Nullable Retry probe;

  private boolean closed;

  /**
   * A record in the way.
   *
   * @param sends how many of its sends are
   * @param report what is told of it
   */
  private record Blocked(int sends, HaltReport report) {}

  /**
   * A send to be tried again.
   *
   * @param offset of its record
   * @param number its order within the record
   * @param send tries it; may block
   */
  private record Retry(long offset, long number, Runnable send) {}

  Halt(TopicPartition partition, Dispatcher dispatcher, Timers timers) {
    this.partition = partition;
    this.dispatcher = dispatcher;
    this.timers = timers;
  }

  void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    synchronized (this) {
      dispatcher.halt(
          true); // under the lock, so that no resume of an earlier record comes after it
      if (!blockage.again()) {
        if (blocked.isEmpty()) {
          logHalt(record, blockage);
        }
        HaltReport report = report(record, blockage);
        blocked.merge(
            record.offset(),
            new Blocked(1, report),
            (known, one) -> new Blocked(known.sends() + 1, known.report()));
      }
      blockage.retry().ifPresent(send -> tryLater(record.offset(), blockage.again(), send));
    }
  }

  void unblocked(long offset) {
    synchronized (this) {
      blocked.computeIfPresent(
          offset, (o, b) -> b.sends() == 1 ? null : new Blocked(b.sends() - 1, b.report()));
      if (!blocked.containsKey(offset)) {
        retries.removeIf(retry -> retry.offset() == offset); // it has gone with its record
      }
      boolean probed = probe != null && probe.offset() == offset;
      if (probed) {
        probe = null;
        backoff = FIRST_BACKOFF;
      }
      if (!blocked.isEmpty()) {
        if (probed && !closed && !retries.isEmpty()) {
          releasing = true;
          timers.after(Duration.ZERO, this::release); // not here: a send may block
        }
        return;
      }
      backoff = FIRST_BACKOFF;
      if (closed) {
        return;
      }
      dispatcher.halt(false);
    }
    log.info("partition {} goes on: what halted it has been written", partition);
  }

  /** The first record in the way, at which the offset stays. */
  synchronized Optional<HaltReport> report() {
    Map.Entry<Long, Blocked> first = blocked.firstEntry();
    return first == null ? Optional.empty() : Optional.of(first.getValue().report());
  }

  synchronized int blockedRecords() {
    return blocked.size();
  }

  /** Tries nothing more. */
  synchronized void close() {
    closed = true;
    retries.clear();
  }

  private static HaltReport report(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    RecordPosition position =
        new RecordPosition(record.topic(), record.partition(), record.offset(), record.timestamp());
    return new HaltReport(position, blockage.what(), blockage.cause().getClass().getName());
  }

  private void logHalt(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    log.error(
        "partition {} halts at offset {}: {}; {}",
        partition,
        record.offset(),
        blockage.what(),
        blockage.retry().isPresent()
            ? "the write is tried again until it succeeds"
            : "it stays halted until a restart",
        blockage.cause());
  }

  private synchronized void tryLater(long offset, boolean again, Runnable send) {
    long number = numbers++;
    if (again && probe != null && probe.offset() == offset) {
      number = probe.number(); // before the others of its record, as it was
      probe = null;
    }
    if (!closed) {
      retries.add(new Retry(offset, number, send));
      schedule();
    }
  }

  private synchronized void schedule() {
    if (closed || retryScheduled || releasing || probe != null || retries.isEmpty()) {
      return;
    }
    retryScheduled = true;
    timers.after(backoff, this::probe);
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(LAST_BACKOFF) < 0 ? doubled : LAST_BACKOFF;
  }

  /** Tries the first alone. */
  private void probe() {
    Retry first;
    synchronized (this) {
      retryScheduled = false;
      first = retries.poll();
      if (first == null) {
        return;
      }
      probe = first;
    }
    first.send().run();
  }

  /** The first has been written: tries the others, until one of them fails. */
  private void release() {
    List<Retry> due = new ArrayList<>();
    synchronized (this) {
      for (Retry next = retries.poll(); next != null; next = retries.poll()) {
        due.add(next);
      }
    }
    for (int i = 0; i < due.size() && !failedAgain(due.subList(i, due.size())); i++) {
      due.get(i).send().run();
    }
    synchronized (this) {
      releasing = false;
      schedule();
    }
  }

  private synchronized boolean failedAgain(List<Retry> rest) {
    if (!retries.isEmpty() && !closed) {
      retries.addAll(rest);
      return true;
    }
    return closed;
  }
}
