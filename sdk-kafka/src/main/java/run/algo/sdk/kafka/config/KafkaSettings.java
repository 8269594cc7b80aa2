package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to reach Kafka, and the client properties of the user.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} shows the names of client
 * properties, not their values.
 *
 * @param bootstrapServers {@code host:port}, at least one
 * @param security how the clients connect and authenticate
 * @param clientProperties from {@code KAFKA_CLIENT_*}: for every client that knows them
 * @param consumerProperties from {@code KAFKA_CONSUMER_*}: for the consumers, beating {@code
 *     clientProperties}
 * @param producerProperties from {@code KAFKA_PRODUCER_*}: for the producers, beating {@code
 *     clientProperties}
 * @since 0.1.0
 */
public record KafkaSettings(
    List<String> bootstrapServers,
    SecuritySettings security,
    Map<String, String> clientProperties,
    Map<String, String> consumerProperties,
    Map<String, String> producerProperties) {

  /** Copies the collections. */
  public KafkaSettings {
    bootstrapServers = List.copyOf(bootstrapServers);
    clientProperties = Map.copyOf(clientProperties);
    consumerProperties = Map.copyOf(consumerProperties);
    producerProperties = Map.copyOf(producerProperties);
  }

  /**
   * Masks the values of the properties: interceptors and other plug-ins may have secrets in theirs.
   */
  @Override
  public String toString() {
    return "KafkaSettings[bootstrapServers="
        + bootstrapServers
        + ", security="
        + security
        + ", clientProperties="
        + new TreeMap<>(clientProperties).keySet()
        + ", consumerProperties="
        + new TreeMap<>(consumerProperties).keySet()
        + ", producerProperties="
        + new TreeMap<>(producerProperties).keySet()
        + "]";
  }
}
