package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * What transactions have committed, and transactional producers that do as Kafka's do when
 * something goes wrong, which is what a test says: after an error nothing but an abort is taken,
 * after a fatal one nothing at all, and when the broker refuses a record, all that follow it are
 * told the very same error.
 */
final class ScriptedCluster {

  /** What a producer does. */
  enum Step {
    INIT,
    BEGIN,
    SEND,
    FLUSH,
    OFFSETS,
    COMMIT,
    ABORT
  }

  /**
   * Something that goes wrong, once.
   *
   * @param error what is thrown
   * @param fatal whether the producer is of no use any more
   * @param carriedOut whether it is done all the same
   */
  record Fault(RuntimeException error, boolean fatal, boolean carriedOut) {}

  final List<ProducerRecord<byte[], byte[]>> committed = new ArrayList<>();
  final Map<TopicPartition, Long> offsets = new HashMap<>();
  final List<String> sent = new ArrayList<>();
  final List<String> steps = new ArrayList<>();

  /** Errors of records that the client refuses. */
  Function<ProducerRecord<byte[], byte[]>, RuntimeException> client = record -> null;

  /** Errors of records that the broker refuses. */
  Function<ProducerRecord<byte[], byte[]>, RuntimeException> broker = record -> null;

  /** Is told of each. */
  java.util.function.Consumer<String> onStep = step -> {};

  private final Map<Step, ArrayDeque<Fault>> faults = new EnumMap<>(Step.class);

  /** At the next such step. */
  void fail(Step step, Fault fault) {
    faults.computeIfAbsent(step, s -> new ArrayDeque<>()).add(fault);
  }

  private Fault next(Step step) {
    ArrayDeque<Fault> those = faults.get(step);
    return those == null ? null : those.poll();
  }

  /** Values committed to a topic, in their order. */
  List<String> values(String topic) {
    return committed.stream()
        .filter(record -> record.topic().equals(topic))
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }

  Map<TopicPartition, OffsetAndMetadata> lookup(Iterable<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    for (TopicPartition partition : partitions) {
      if (offsets.containsKey(partition)) {
        found.put(partition, new OffsetAndMetadata(offsets.get(partition)));
      }
    }
    return found;
  }

  Producer<byte[], byte[]> producer(String id) {
    return new Scripted(id);
  }

  /** A producer. */
  private final class Scripted extends MockProducer<byte[], byte[]> {
    private final String id;
    private final List<ProducerRecord<byte[], byte[]>> open = new ArrayList<>();
    private final List<Callback> callbacks = new ArrayList<>();
    private final Map<TopicPartition, Long> pending = new HashMap<>();
    private int flushed;
    private boolean begun;
    private RuntimeException abortable;
    private RuntimeException fatal;

    Scripted(String id) {
      this.id = id;
    }

    private Fault step(Step step) {
      steps.add(id + " " + step);
      onStep.accept(id + " " + step);
      if (fatal != null) {
        throw new ProducerFencedException("not any more: " + fatal);
      }
      if (step != Step.ABORT && abortable != null) {
        throw new KafkaException("in an error state", abortable);
      }
      if (step != Step.INIT && step != Step.BEGIN && !begun) {
        throw new IllegalStateException("no transaction");
      }
      Fault fault = next(step);
      if (fault != null && fault.fatal()) {
        fatal = fault.error();
        dropped(fault.error());
      } else if (fault != null && step != Step.ABORT && step != Step.COMMIT) {
        abortable = fault.error();
      }
      if (fault != null && !fault.carriedOut()) {
        throw fault.error();
      }
      return fault;
    }

    private static void answered(Fault fault) {
      if (fault != null) {
        throw fault.error();
      }
    }

    @Override
    public synchronized void initTransactions() {
      answered(step(Step.INIT));
    }

    @Override
    public synchronized void beginTransaction() {
      Fault fault = step(Step.BEGIN);
      begun = true;
      answered(fault);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (abortable != null) {
        // It is in the buffer before the client looks at its state, so it is told like the others.
        elsewhere(() -> callback.onCompletion(null, abortable));
      }
      answered(step(Step.SEND));
      sent.add(new String(record.value(), UTF_8));
      RuntimeException refused = client.apply(record);
      if (refused != null) {
        callback.onCompletion(null, refused);
        abortable = refused;
        return CompletableFuture.failedFuture(refused);
      }
      open.add(record);
      callbacks.add(callback);
      return new CompletableFuture<>();
    }

    @Override
    public synchronized void flush() {
      Fault fault = step(Step.FLUSH);
      for (; flushed < open.size(); flushed++) {
        RuntimeException refused = broker.apply(open.get(flushed));
        if (refused != null) {
          abortable = refused;
          elsewhere(() -> dropped(refused));
          break;
        }
        callbacks.get(flushed).onCompletion(null, null);
      }
      answered(fault);
    }

    /** On the client's own thread. */
    private static void elsewhere(Runnable what) {
      Thread other = new Thread(what, "network");
      other.start();
      try {
        other.join();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }

    /** All that has not been sent is told the same. */
    private void dropped(RuntimeException error) {
      for (; flushed < open.size(); flushed++) {
        callbacks.get(flushed).onCompletion(null, error);
      }
    }

    @Override
    public synchronized void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> moved, ConsumerGroupMetadata group) {
      Fault fault = step(Step.OFFSETS);
      moved.forEach((partition, offset) -> pending.put(partition, offset.offset()));
      answered(fault);
    }

    @Override
    public synchronized void commitTransaction() {
      Fault fault = step(Step.COMMIT);
      committed.addAll(open);
      offsets.putAll(pending);
      end();
      answered(fault);
    }

    @Override
    public synchronized void abortTransaction() {
      Fault fault = step(Step.ABORT);
      dropped(new KafkaException("aborted"));
      end();
      abortable = null;
      answered(fault);
    }

    private void end() {
      open.clear();
      callbacks.clear();
      pending.clear();
      flushed = 0;
      begun = false;
    }

    @Override
    public void close(Duration timeout) { // from a callback as well
      steps.add(id + " closed");
    }
  }
}
