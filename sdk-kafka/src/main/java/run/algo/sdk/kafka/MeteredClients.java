package run.algo.sdk.kafka;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;

/**
 * Binds the metrics of the clients that it makes; some live too shortly for that, as admin clients.
 */
final class MeteredClients implements KafkaClients {

  private final KafkaClients clients;
  private final RunnerMetrics metrics;

  MeteredClients(KafkaClients clients, RunnerMetrics metrics) {
    this.clients = clients;
    this.metrics = metrics;
  }

  @Override
  public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    Consumer<byte[], byte[]> consumer = clients.consumer(config);
    metrics.bind(consumer);
    return consumer;
  }

  /** Its metrics would stay behind, and keep it in memory. */
  @Override
  public Consumer<byte[], byte[]> briefConsumer(Map<String, Object> config) {
    return clients.briefConsumer(config);
  }

  @Override
  public Producer<byte[], byte[]> producer(Map<String, Object> config) {
    Producer<byte[], byte[]> producer = clients.producer(config);
    metrics.bind(producer, String.valueOf(config.get(ProducerConfig.CLIENT_ID_CONFIG)));
    return producer;
  }

  @Override
  public Admin admin(Map<String, Object> config) {
    return clients.admin(config);
  }
}
