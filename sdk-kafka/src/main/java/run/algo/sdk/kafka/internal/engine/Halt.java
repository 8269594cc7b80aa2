package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.execute.Blockage;

/**
 * The halt of one partition: which records have no durable outcome, and the repeated attempt to
 * give them one. The sends that failed are tried again in the order in which they failed, so the
 * outputs keep their order; the Algo is not executed again. When the last one is written the
 * partition goes on by itself. Thread-safe.
 */
final class Halt {

  private static final Logger log = LoggerFactory.getLogger(Halt.class);

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(30);

  private final TopicPartition partition;
  private final Dispatcher dispatcher;
  private final Timers timers;

  private final Queue<Runnable> retries = new ConcurrentLinkedQueue<>();
  private int blocked;
  private boolean retryScheduled;
  private Duration backoff = FIRST_BACKOFF;
  private @Nullable HaltReport first;
  private boolean closed;

  Halt(TopicPartition partition, Dispatcher dispatcher, Timers timers) {
    this.partition = partition;
    this.dispatcher = dispatcher;
    this.timers = timers;
  }

  void blocked(ConsumerRecord<byte[], byte[]> record, Blockage blockage) {
    dispatcher.halt();
    synchronized (this) {
      if (!blockage.again()) {
        blocked++;
      }
      blockage.retry().ifPresent(retries::add);
      if (first == null) {
        RecordPosition position =
            new RecordPosition(
                record.topic(), record.partition(), record.offset(), record.timestamp());
        first = new HaltReport(position, blockage.what(), String.valueOf(blockage.cause()));
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
      if (blockage.retry().isPresent()) {
        scheduleRetry();
      }
    }
  }

  void unblocked() {
    synchronized (this) {
      blocked--;
      if (blocked > 0) {
        return;
      }
      first = null;
      backoff = FIRST_BACKOFF;
      if (closed) {
        return;
      }
    }
    log.info("partition {} goes on: what halted it has been written", partition);
    dispatcher.resume();
  }

  synchronized Optional<HaltReport> report() {
    return Optional.ofNullable(first);
  }

  synchronized int blockedRecords() {
    return blocked;
  }

  /** Tries nothing more. */
  synchronized void close() {
    closed = true;
    retries.clear();
  }

  private synchronized void scheduleRetry() {
    if (closed || retryScheduled) {
      return;
    }
    retryScheduled = true;
    timers.after(backoff, this::retry);
    Duration doubled = backoff.multipliedBy(2);
    backoff = doubled.compareTo(LAST_BACKOFF) < 0 ? doubled : LAST_BACKOFF;
  }

  private void retry() {
    int due;
    synchronized (this) {
      retryScheduled = false;
      due = retries.size();
    }
    for (int i = 0; i < due; i++) {
      Runnable retry = retries.poll();
      if (retry == null) {
        return;
      }
      retry.run();
    }
  }
}
