package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.parking.ParkingReader;

/**
 * Reads parking topics: a partition at once with a consumer that is made for it, in no group and on
 * the caller's thread; single records with the {@link Refetcher}.
 *
 * <p>A scan ends where the partition ended when it began, whatever that end is made of: records,
 * marks of transactions, or holes of compaction. The end is that of uncommitted records, too, and
 * the consumer reads committed ones: it comes to it when the transactions have ended that were open
 * then. However long they take, that is no failure; brokers that do not answer are one.
 */
final class ConsumerParkingReader implements ParkingReader, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ConsumerParkingReader.class);

  /** The longest answer: beyond that the caller is to decide whether it goes on. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int FETCH_WAIT_MILLIS = 100;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Engine.Clients clients;
  private final Refetcher refetcher;
  private final Duration patience;

  private final Object lock = new Object();

  /** By their numbers, from 1: client IDs are unique, and few. */
  private final Map<Integer, Consumer<byte[], byte[]>> scanning = new HashMap<>();

  private @Nullable Admin admin;
  private boolean closed;

  /**
   * A reader.
   *
   * @param clients makes the clients
   * @param refetcher reads single records
   */
  ConsumerParkingReader(Engine.Clients clients, Refetcher refetcher) {
    this(clients, refetcher, PATIENCE);
  }

  ConsumerParkingReader(Engine.Clients clients, Refetcher refetcher, Duration patience) {
    this.clients = clients;
    this.refetcher = refetcher;
    this.patience = patience;
  }

  /**
   * {@inheritDoc}
   *
   * @throws InterruptedException when interrupted, or when this is closed
   */
  @Override
  public void scan(TopicPartition partition, Visitor visitor) throws InterruptedException {
    try {
      checkExists(partition);
      long end = end(partition, IsolationLevel.READ_UNCOMMITTED);
      Consumer<byte[], byte[]> consumer = open();
      try {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        read(consumer, partition, end, visitor);
      } finally {
        drop(consumer);
      }
    } catch (InterruptException e) {
      boolean marked = Thread.interrupted(); // what is thrown says it
      log.debug("a scan of {} was interrupted, with a mark {}", partition, marked, e);
      throw ended("interrupted while " + partition + " was read", e);
    } catch (KafkaException e) {
      if (isClosed()) {
        throw ended("closed while " + partition + " was read", e);
      }
      throw e;
    }
  }

  private static InterruptedException ended(String why, KafkaException cause) {
    InterruptedException ended = new InterruptedException(why);
    ended.initCause(cause);
    return ended;
  }

  private void read(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long end, Visitor visitor)
      throws InterruptedException {
    long position = consumer.position(partition, patience);
    long moved = System.nanoTime();
    boolean suspected = false;
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
        if (record.offset() < end) {
          visitor.visit(record);
        }
      }
      long before = position;
      position = consumer.position(partition, patience);
      if (position > before) {
        moved = System.nanoTime();
        suspected = false;
      } else if (System.nanoTime() - moved > patience.toNanos()) {
        // Something may have come since the last poll, so once is no proof.
        boolean waits = awaitsTransaction(partition, position, end);
        if (!waits && suspected) {
          throw new TimeoutException(
              "parking topic: " + partition + " could not be read on from offset " + position);
        }
        suspected = !waits;
        moved = System.nanoTime();
      }
    }
  }

  /** Whether it is an open transaction that keeps a scan from going on. */
  private boolean awaitsTransaction(TopicPartition partition, long position, long end)
      throws InterruptedException {
    if (end(partition, IsolationLevel.READ_UNCOMMITTED) < end) {
      throw new KafkaException(
          "parking topic: " + partition + " ended at " + end + ", and ends before that now");
    }
    if (end(partition, IsolationLevel.READ_COMMITTED) > position) {
      return false;
    }
    log.warn(
        "what is parked in {} is read, and at offset {} of {} it waits for a transaction to end",
        partition,
        position,
        end);
    return true;
  }

  private void checkExists(TopicPartition partition) throws InterruptedException {
    String topic = partition.topic();
    Map<String, TopicDescription> found =
        answer("parking topic " + topic, admin().describeTopics(List.of(topic)).allTopicNames());
    int count = Objects.requireNonNull(found.get(topic)).partitions().size();
    int needed = partition.partition() + 1;
    if (count < needed) {
      throw new UnknownTopicOrPartitionException(
          "parking topic "
              + topic
              + " has "
              + count
              + " partitions, and needs as many as its input topic, which has "
              + needed
              + " at least. Add partitions: kafka-topics.sh --alter --topic "
              + topic
              + " --partitions "
              + needed);
    }
  }

  private long end(TopicPartition partition, IsolationLevel level) throws InterruptedException {
    return answer(
            "the end of " + partition,
            admin()
                .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                .partitionResult(partition))
        .offset();
  }

  private <T> T answer(String about, KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException(
          about + ": the brokers have not answered for " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new UnknownTopicOrPartitionException(
            about + " does not exist; it is made when the runner starts", e.getCause());
      }
      throw new KafkaException(about + " is not known: " + e.getMessage(), e.getCause());
    }
  }

  private Admin admin() {
    synchronized (lock) {
      checkOpen();
      Admin known = admin;
      if (known == null) {
        known = clients.factory().admin(clients.admin());
        admin = known;
      }
      return known;
    }
  }

  private Consumer<byte[], byte[]> open() {
    synchronized (lock) {
      checkOpen();
      int number = 1;
      while (scanning.containsKey(number)) {
        number++;
      }
      Map<String, Object> config =
          GrouplessConsumer.config(clients.consumer(), "-scan-" + number, FETCH_WAIT_MILLIS);
      // What is not committed may never have been.
      config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
      Consumer<byte[], byte[]> consumer = clients.factory().briefConsumer(config);
      scanning.put(number, consumer);
      return consumer;
    }
  }

  private void drop(Consumer<byte[], byte[]> consumer) {
    try {
      consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      log.debug("a consumer that is not needed any more did not close well", e);
    } finally {
      synchronized (lock) {
        scanning.values().remove(consumer);
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new KafkaException("the runner closes");
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  @Override
  public void read(TopicPartition partition, long offset, Read read) {
    refetcher.fetch(List.of(new Single(partition, offset, read)));
  }

  /** One record that is to be read. That it is gone is for its store to judge. */
  private record Single(TopicPartition partition, long offset, Read read)
      implements Refetcher.Wanted {

    @Override
    public boolean isWanted() {
      return read.isWanted();
    }

    @Override
    public void found(ConsumerRecord<byte[], byte[]> record) {
      read.found(record);
    }

    @Override
    public void lost() {
      read.lost();
    }

    @Override
    public Optional<String> loss() {
      return Optional.empty();
    }
  }

  /** Ends scans at once. Does not wait for them, and leaves the refetcher alone. */
  @Override
  public void close() {
    Admin known;
    synchronized (lock) {
      closed = true;
      scanning.values().forEach(Consumer::wakeup);
      known = admin;
    }
    if (known != null) {
      known.close(Duration.ZERO);
    }
  }
}
