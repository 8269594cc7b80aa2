package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.parking.ParkingReader;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;

/** Parking topics are read by Kafka's own clients. */
class ConsumerParkingReaderIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static EmbeddedKafka kafka;
  private static Admin admin;

  private final String topic = TopicNames.unique("orders.g.parked");
  private final TopicPartition partition = new TopicPartition(topic, 1);
  private final Map<String, Object> member = member(kafka.bootstrapServers());
  private final ConsumerRefetcher refetcher =
      new ConsumerRefetcher(KafkaClients.REAL, member, EngineFixtures.quiet());
  private final ConsumerParkingReader reader = reader(kafka.bootstrapServers(), SOON);

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.builder().brokerProperty("log.cleaner.backoff.ms", "100").start();
    admin = Admin.create(kafka.adminProperties());
  }

  @AfterAll
  static void stop() {
    admin.close();
    kafka.close();
  }

  @AfterEach
  void close() {
    reader.close();
    refetcher.close();
  }

  /** As of a runner's consumer. */
  private static Map<String, Object> member(String servers) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", servers);
    config.put("client.id", "c");
    config.put("group.id", "g");
    config.put("isolation.level", "read_committed");
    config.put("max.poll.records", 7);
    config.put("key.deserializer", ByteArrayDeserializer.class);
    config.put("value.deserializer", ByteArrayDeserializer.class);
    return config;
  }

  private ConsumerParkingReader reader(String servers, Duration patience) {
    return new ConsumerParkingReader(
        new Engine.Clients(
            KafkaClients.REAL, member(servers), List.of(), Map.of("bootstrap.servers", servers)),
        refetcher,
        patience);
  }

  private static Producer<byte[], byte[]> producer(String... properties) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", kafka.bootstrapServers());
    config.put("max.in.flight.requests.per.connection", 1); // the topic has just been made
    for (int i = 0; i < properties.length; i += 2) {
      config.put(properties[i], properties[i + 1]);
    }
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Producer<byte[], byte[]> transactional() {
    Producer<byte[], byte[]> producer =
        producer("transactional.id", TopicNames.unique("transactions"));
    producer.initTransactions();
    return producer;
  }

  private long send(Producer<byte[], byte[]> producer, String key, String value)
      throws InterruptedException, ExecutionException {
    byte[] bytes = value == null ? null : value.getBytes(UTF_8);
    return producer
        .send(new ProducerRecord<>(topic, partition.partition(), key.getBytes(UTF_8), bytes))
        .get()
        .offset();
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), UTF_8)
        + "="
        + (record.value() == null ? "-" : new String(record.value(), UTF_8));
  }

  private List<String> scan() throws InterruptedException {
    List<String> told = new ArrayList<>();
    reader.scan(partition, record -> told.add(text(record)));
    return told;
  }

  private static List<String> numbered(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> prefix + i + "=" + i).toList();
  }

  @Test
  void anEmptyPartitionHasNothing() throws Exception {
    kafka.createTopic(topic, 2);
    assertThat(scan()).isEmpty();
  }

  @Test
  void tellsAllInItsOrderManyPollsLong() throws Exception {
    kafka.createTopic(topic, 2);
    try (Producer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < 100; i++) {
        send(producer, "k" + i, Integer.toString(i));
      }
      send(producer, "k3", null);
    }
    List<String> all = new ArrayList<>(numbered("k", 0, 100));
    all.add("k3=-");
    assertThat(scan()).isEqualTo(all);
    assertThat(scan()).as("again").isEqualTo(all);
  }

  /** What came after the beginning of a scan is for those who have written it. */
  @Test
  void endsWhereThePartitionEndedWhenItBegan() throws Exception {
    kafka.createTopic(topic, 2);
    try (Producer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < 20; i++) {
        send(producer, "k" + i, Integer.toString(i));
      }
      List<String> told = new ArrayList<>();
      reader.scan(
          partition,
          record -> {
            told.add(text(record));
            for (int i = 0; i < 3; i++) {
              sendNow(producer);
            }
          });
      assertThat(told).isEqualTo(numbered("k", 0, 20));
    }
  }

  private void sendNow(Producer<byte[], byte[]> producer) {
    try {
      send(producer, "later", "x");
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void goesThroughTheHolesOfCompaction() throws Exception {
    kafka.createTopic(
        topic,
        2,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "50",
            "min.cleanable.dirty.ratio", "0.01",
            "delete.retention.ms", "0"));
    try (Producer<byte[], byte[]> producer = producer()) {
      send(producer, "first", "1");
      for (int i = 0; i < 30; i++) {
        send(producer, "k", Integer.toString(i));
      }
      send(producer, "k", null);
      // Each rolls the segment before it, so that the cleaner may have that.
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                send(producer, "last", "9");
                List<String> told = scan();
                return told.stream().noneMatch(text -> text.startsWith("k="))
                    && told.get(0).equals("first=1")
                    && told.get(told.size() - 1).equals("last=9");
              });
    }
  }

  @Test
  void leavesOutWhatWasAbortedAlsoAtTheEnd() throws Exception {
    kafka.createTopic(topic, 2);
    try (Producer<byte[], byte[]> producer = transactional()) {
      producer.beginTransaction();
      send(producer, "a", "1");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "a", "2");
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, "b", "3");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "c", "4");
      producer.abortTransaction();
    }
    assertThat(scan()).containsExactly("a=1", "b=3");
  }

  @Test
  void waitsForTheTransactionsThatAreOpen() throws Exception {
    kafka.createTopic(topic, 2);
    try (Producer<byte[], byte[]> commits = transactional();
        Producer<byte[], byte[]> aborts = transactional()) {
      aborts.beginTransaction();
      send(aborts, "a", "1");
      commits.beginTransaction();
      send(commits, "b", "2");
      ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
      // With so little patience it asks many times whether it is a transaction that it waits for.
      try (ConsumerParkingReader impatient =
          reader(kafka.bootstrapServers(), Duration.ofSeconds(2))) {
        CountDownLatch looked = new CountDownLatch(2);
        FutureTask<Void> scan =
            scanning(impatient, record -> told.add(text(record)), looked::countDown);
        assertThat(looked.await(60, TimeUnit.SECONDS)).as("it waits").isTrue();
        assertThat(told).isEmpty();
        assertThat(scan.isDone()).isFalse();
        aborts.abortTransaction();
        commits.commitTransaction();
        scan.get(60, TimeUnit.SECONDS);
      }
      assertThat(told).containsExactly("b=2");
    }
  }

  /** A scan on a thread of its own; told of each time that the log says what it waits for. */
  private FutureTask<Void> scanning(
      ConsumerParkingReader by, ParkingReader.Visitor visitor, Runnable waits) {
    ch.qos.logback.classic.Logger log =
        (ch.qos.logback.classic.Logger)
            org.slf4j.LoggerFactory.getLogger(ConsumerParkingReader.class);
    ch.qos.logback.core.AppenderBase<ch.qos.logback.classic.spi.ILoggingEvent> appender =
        new ch.qos.logback.core.AppenderBase<>() {
          @Override
          protected void append(ch.qos.logback.classic.spi.ILoggingEvent event) {
            if (event.getFormattedMessage().contains(topic)) {
              waits.run();
            }
          }
        };
    appender.start();
    log.addAppender(appender);
    FutureTask<Void> scan =
        new FutureTask<>(
            () -> {
              try {
                by.scan(partition, visitor);
              } finally {
                log.detachAppender(appender);
              }
              return null;
            });
    new Thread(scan, "test-scan").start();
    return scan;
  }

  @Test
  void aMissingTopicIsNamed() {
    assertThatThrownBy(this::scan)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("parking topic " + topic + " does not exist");
  }

  @Test
  void aMissingPartitionComesWithItsRemedy() {
    kafka.createTopic(topic, 1);
    assertThatThrownBy(this::scan)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("has 1 partitions")
        .hasMessageContaining("--alter --topic " + topic + " --partitions 2");
  }

  @Test
  void brokersThatDoNotAnswerAreAnError() {
    try (ConsumerParkingReader lonely = reader("127.0.0.1:1", Duration.ofMillis(200))) {
      assertThatThrownBy(() -> lonely.scan(partition, record -> {}))
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining(topic)
          .hasMessageContaining("have not answered");
    }
  }

  @Test
  void anInterruptEndsAScan() throws Exception {
    endsAScan(Thread::interrupt);
  }

  @Test
  void theRunnersEndEndsAScan() throws Exception {
    endsAScan(thread -> reader.close());
    assertThatThrownBy(this::scan).isInstanceOf(InterruptedException.class);
  }

  private void endsAScan(java.util.function.Consumer<Thread> end) throws Exception {
    kafka.createTopic(topic, 2);
    try (Producer<byte[], byte[]> producer = transactional()) {
      producer.beginTransaction();
      send(producer, "a", "1");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "a", "2");
      CompletableFuture<Thread> begun = new CompletableFuture<>();
      FutureTask<Boolean> scan =
          new FutureTask<>(
              () -> {
                try {
                  reader.scan(partition, record -> begun.complete(Thread.currentThread()));
                  return false;
                } catch (InterruptedException e) {
                  return !Thread.currentThread().isInterrupted();
                }
              });
      new Thread(scan, "test-scan").start();
      end.accept(begun.get(60, TimeUnit.SECONDS));
      assertThat(scan.get(20, TimeUnit.SECONDS)).as("told by an exception alone").isTrue();
      producer.abortTransaction();
    }
  }

  @Test
  void bringsSingleRecordsAndTellsOfThoseThatAreGone() throws Exception {
    kafka.createTopic(topic, 2);
    List<Long> offsets = new ArrayList<>();
    try (Producer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < 5; i++) {
        offsets.add(send(producer, "k" + i, Integer.toString(i)));
      }
      send(producer, "k4", null);
    }
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2))).all().get();
    Map<Long, CompletableFuture<String>> told = new HashMap<>();
    for (long offset : offsets) {
      CompletableFuture<String> future = new CompletableFuture<>();
      told.put(offset, future);
      reader.read(partition, offset, telling(future));
    }
    assertThat(told.get(0L).get(60, TimeUnit.SECONDS)).isEqualTo("lost");
    assertThat(told.get(1L).get(60, TimeUnit.SECONDS)).isEqualTo("lost");
    assertThat(told.get(2L).get(60, TimeUnit.SECONDS)).isEqualTo("k2=2");
    assertThat(told.get(4L).get(60, TimeUnit.SECONDS)).isEqualTo("k4=4");
    CompletableFuture<String> tombstone = new CompletableFuture<>();
    reader.read(partition, 5, telling(tombstone));
    assertThat(tombstone.get(60, TimeUnit.SECONDS)).isEqualTo("k4=-");
  }

  private static ParkingReader.Read telling(CompletableFuture<String> future) {
    return new ParkingReader.Read() {
      @Override
      public boolean isWanted() {
        return !future.isDone();
      }

      @Override
      public void found(ConsumerRecord<byte[], byte[]> record) {
        future.complete(text(record));
      }

      @Override
      public void lost() {
        future.complete("lost");
      }
    };
  }
}
