package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import run.algo.sdk.kafka.internal.parking.KafkaParkingStore;
import run.algo.sdk.kafka.internal.parking.ParkedFormat;
import run.algo.sdk.spi.ParkingStore;
import run.algo.sdk.testkit.contract.ParkingStoreContract;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;

/** A parking topic keeps what every parking store owes, with transactions and without. */
class KafkaParkingStoreIT {

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka =
        EmbeddedKafka.builder()
            .brokerProperty("message.max.bytes", Integer.toString(2 << 20))
            .start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  /** A write that sends what it is told, at once. */
  static final class Write implements Consumer<ProducerRecord<byte[], byte[]>> {
    private final Producer<byte[], byte[]> producer;
    private final CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();

    Write(Producer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    @Override
    public void accept(ProducerRecord<byte[], byte[]> record) {
      var unused =
          producer.send(
              record,
              (metadata, error) -> {
                if (error == null) {
                  sent.complete(metadata);
                } else {
                  sent.completeExceptionally(error);
                }
              });
    }

    long place() throws Exception {
      return sent.get(60, TimeUnit.SECONDS).offset();
    }
  }

  /** The contract over a topic of its own; how writes become durable is the subclass's. */
  abstract static class OverTopic
      extends ParkingStoreContract<Consumer<ProducerRecord<byte[], byte[]>>> {

    private final String topic = TopicNames.unique("orders.g.parked");
    private final ConsumerRefetcher refetcher =
        new ConsumerRefetcher(KafkaClients.REAL, member(), EngineFixtures.quiet());
    private final ConsumerParkingReader reader =
        new ConsumerParkingReader(
            new Engine.Clients(
                KafkaClients.REAL,
                member(),
                List.of(),
                Map.of("bootstrap.servers", kafka.bootstrapServers())),
            refetcher,
            Duration.ofSeconds(60));

    private static Map<String, Object> member() {
      Map<String, Object> config = new HashMap<>();
      config.put("bootstrap.servers", kafka.bootstrapServers());
      config.put("client.id", "c");
      config.put("group.id", "g");
      config.put("isolation.level", "read_committed");
      config.put("key.deserializer", ByteArrayDeserializer.class);
      config.put("value.deserializer", ByteArrayDeserializer.class);
      return config;
    }

    static Producer<byte[], byte[]> producer(Map<String, Object> more) {
      Map<String, Object> config = new HashMap<>(more);
      config.put("bootstrap.servers", kafka.bootstrapServers());
      config.put("max.request.size", 2 << 20);
      // A leader that has just been made may refuse the first batch and take the second: then the
      // first is out of order for ever.
      config.put("max.in.flight.requests.per.connection", 1);
      return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    protected ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> open() {
      kafka.createTopic(topic, 3, Map.of("cleanup.policy", "compact"));
      return new KafkaParkingStore(
          new ParkedFormat("orders", "g"), topic, reader, InstantSource.system());
    }

    @AfterEach
    void close() {
      reader.close();
      refetcher.close();
    }
  }

  @Nested
  class EachByItself extends OverTopic {
    private final Producer<byte[], byte[]> producer = producer(Map.of());

    @Override
    protected Consumer<ProducerRecord<byte[], byte[]>> write() {
      return new Write(producer);
    }

    @Override
    protected long awaitDurable(Consumer<ProducerRecord<byte[], byte[]>> write) throws Exception {
      return ((Write) write).place();
    }

    @AfterEach
    void closeProducer() {
      producer.close();
    }
  }

  /** Each write in a transaction, which is committed when it is waited for. */
  @Nested
  class InTransactions extends OverTopic {
    private final Producer<byte[], byte[]> producer =
        producer(Map.of("transactional.id", TopicNames.unique("t")));
    private boolean open;

    InTransactions() {
      producer.initTransactions();
    }

    @Override
    protected synchronized Consumer<ProducerRecord<byte[], byte[]>> write() {
      if (!open) {
        producer.beginTransaction();
        open = true;
      }
      return new Write(producer);
    }

    @Override
    protected synchronized long awaitDurable(Consumer<ProducerRecord<byte[], byte[]>> write)
        throws Exception {
      if (open) {
        producer.commitTransaction();
        open = false;
      }
      return ((Write) write).place();
    }

    @AfterEach
    void closeProducer() {
      producer.close();
    }
  }
}
