package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.TransactionCounters;

/** The lanes of one start, each with its thread. Made and closed by the owner thread. */
final class TransactionLanes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TransactionLanes.class);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Engine.Clients clients;
  private final List<TransactionLane> lanes = new ArrayList<>();
  private final List<ExecutorService> threads = new ArrayList<>();

  /**
   * Lanes.
   *
   * @param clients make the admin client that looks offsets up
   * @param configs of the producers, one a lane
   * @param timers tell when to look again
   * @param counters count what becomes of transactions
   */
  TransactionLanes(
      Engine.Clients clients,
      List<Map<String, Object>> configs,
      Timers timers,
      TransactionCounters counters) {
    this.clients = clients;
    for (Map<String, Object> config : configs) {
      ExecutorService thread =
          Executors.newSingleThreadExecutor(WorkerKind.platform("algo-transaction-"));
      threads.add(thread);
      lanes.add(
          new TransactionLane(
              String.valueOf(config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG)),
              () -> clients.factory().producer(config),
              this::committed,
              thread,
              timers,
              counters));
    }
  }

  /** Makes the producers; throws when their configuration is wrong. */
  void open() {
    lanes.forEach(TransactionLane::open);
  }

  List<TransactionLane> lanes() {
    return lanes;
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Iterable<TopicPartition> partitions) {
    String group = String.valueOf(clients.consumer().get(ConsumerConfig.GROUP_ID_CONFIG));
    List<TopicPartition> wanted = new ArrayList<>();
    partitions.forEach(wanted::add);
    try (Admin admin = clients.factory().admin(clients.admin())) {
      Map<TopicPartition, OffsetAndMetadata> found =
          admin
              .listConsumerGroupOffsets(
                  Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(wanted)),
                  new ListConsumerGroupOffsetsOptions().requireStable(true))
              .partitionsToOffsetAndMetadata(group)
              .get();
      found.values().removeIf(Objects::isNull);
      return found;
    } catch (ExecutionException e) {
      throw new KafkaException("the committed offsets of " + group + " cannot be read", e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Ends what runs, and closes the producers, which aborts what is open. */
  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdownNow);
    for (int i = 0; i < lanes.size(); i++) {
      TransactionLane lane = lanes.get(i);
      try {
        if (threads.get(i).awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          lane.close(CLOSE_TIMEOUT);
        } else {
          log.warn("a transaction of {} does not end; the broker will abort it", lane);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (KafkaException e) {
        log.warn("the producer of {} does not close", lane, e);
      }
    }
  }
}
