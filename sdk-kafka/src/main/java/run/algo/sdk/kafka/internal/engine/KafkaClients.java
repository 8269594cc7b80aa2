package run.algo.sdk.kafka.internal.engine;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/** Makes the clients; a test puts its own in their place. */
public interface KafkaClients {

  /** Kafka's own clients. */
  KafkaClients REAL =
      new KafkaClients() {
        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
          return new KafkaConsumer<>(config);
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> config) {
          return new KafkaProducer<>(config);
        }

        @Override
        public Admin admin(Map<String, Object> config) {
          return Admin.create(config);
        }
      };

  /**
   * A consumer.
   *
   * @param config its configuration
   * @return the consumer
   */
  Consumer<byte[], byte[]> consumer(Map<String, Object> config);

  /**
   * A consumer that lives for a short while only, and about which nothing is measured.
   *
   * @param config its configuration
   * @return the consumer
   */
  default Consumer<byte[], byte[]> briefConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  /**
   * A producer.
   *
   * @param config its configuration
   * @return the producer
   */
  Producer<byte[], byte[]> producer(Map<String, Object> config);

  /**
   * An admin client.
   *
   * @param config its configuration
   * @return the client
   */
  Admin admin(Map<String, Object> config);
}
