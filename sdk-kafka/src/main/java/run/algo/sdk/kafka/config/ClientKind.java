package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** A kind of Kafka client, with the properties that it knows. */
final class ClientKind {

  static final ClientKind CONSUMER = new ClientKind(ConsumerConfig.configDef());
  static final ClientKind PRODUCER = new ClientKind(ProducerConfig.configDef());
  static final ClientKind ADMIN = new ClientKind(AdminClientConfig.configDef());
  static final List<ClientKind> ALL = List.of(CONSUMER, PRODUCER, ADMIN);

  private final ConfigDef definition;

  private ClientKind(ConfigDef definition) {
    this.definition = definition;
  }

  boolean knows(String property) {
    return definition.configKeys().containsKey(property);
  }

  Optional<ConfigDef.ConfigKey> key(String property) {
    return Optional.ofNullable(definition.configKeys().get(property));
  }

  static boolean anyKnows(String property) {
    return ALL.stream().anyMatch(kind -> kind.knows(property));
  }
}
