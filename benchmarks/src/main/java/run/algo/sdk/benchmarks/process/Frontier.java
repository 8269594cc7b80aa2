package run.algo.sdk.benchmarks.process;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far each partition may be committed: a counter for what one poll brought of it. The thread
 * that polls owns it; only the counters are shared with the producer's thread.
 */
final class Frontier {

  private final Map<TopicPartition, Queue<Batch>> open = new HashMap<>();
  private volatile @Nullable Exception failure;

  /** Begins what a poll brought of a partition; the batch is the callback of all its sends. */
  Batch begin(TopicPartition partition, int records, long nextOffset) {
    Batch batch = new Batch(records, nextOffset);
    open.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(batch);
    return batch;
  }

  /** What may be committed since the last call. */
  Map<TopicPartition, OffsetAndMetadata> advance() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    open.forEach(
        (partition, batches) -> {
          long reached = -1;
          for (Batch head = batches.peek();
              head != null && head.unacknowledged.get() == 0;
              head = batches.peek()) {
            reached = head.nextOffset;
            batches.remove();
          }
          if (reached >= 0) {
            offsets.put(partition, new OffsetAndMetadata(reached));
          }
        });
    return offsets;
  }

  /** A send has failed, so the loop must end: what follows may not be committed. */
  void check() {
    Exception cause = failure;
    if (cause != null) {
      throw new IllegalStateException("a record could not be written", cause);
    }
  }

  /** The records of one poll and one partition. */
  final class Batch implements Callback {

    private final AtomicInteger unacknowledged;
    private final long nextOffset;

    private Batch(int records, long nextOffset) {
      this.unacknowledged = new AtomicInteger(records);
      this.nextOffset = nextOffset;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (error == null) {
        unacknowledged.decrementAndGet();
      } else {
        failure = error;
      }
    }

    void failed(Exception error) {
      failure = error;
    }
  }
}
