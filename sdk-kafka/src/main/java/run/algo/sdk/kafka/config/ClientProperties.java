package run.algo.sdk.kafka.config;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import run.algo.sdk.kafka.internal.tls.PemSslEngineFactory;

/**
 * The full configurations of the Kafka clients: what the protocol demands, defaults that fit the
 * SDK, and on top the user's {@code KAFKA_CLIENT_*}, {@code KAFKA_CONSUMER_*} and {@code
 * KAFKA_PRODUCER_*}.
 *
 * <p>All methods are safe for use by several threads. Passwords are {@link Password} values, whose
 * text is masked.
 *
 * @since 0.1.0
 */
public final class ClientProperties {

  private static final int DEFAULT_MAX_POLL_RECORDS = ConsumerConfig.DEFAULT_MAX_POLL_RECORDS;

  // A partition that stands still holds up to its share of what may be in flight, and one poll may
  // fill that with a single partition: of so many partitions each has a share of its own.
  private static final int POLLS_IN_FLIGHT = 20;

  private static final int DEFAULT_FETCH_MAX_BYTES = ConsumerConfig.DEFAULT_FETCH_MAX_BYTES;
  private static final int DEFAULT_MAX_PARTITION_FETCH_BYTES =
      ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES;

  /** A partition that stands still holds this part of the budget beyond its share, at most. */
  private static final int PARTITION_FETCHES_IN_BUDGET = 16;

  private static final long DEFAULT_BUFFER_MEMORY = 32L * 1024 * 1024;

  // Larger than the client's 16 KiB: outputs come in bursts, one a poll.
  private static final int BATCH_SIZE = 64 * 1024;
  private static final int MAX_BLOCK_MS = 60_000;

  /** So long a vanished member's open transaction holds up readers of its outputs, at most. */
  private static final int TRANSACTION_TIMEOUT_MS = 10_000;

  /** Half of it, so that a request without an answer can be made once more. */
  private static final int TRANSACTION_REQUEST_TIMEOUT_MS = 5_000;

  private static final int DEFAULT_LINGER_MS = 5;

  private ClientProperties() {}

  /**
   * Returns the configuration of a consumer of the Algo's group: byte arrays, {@code
   * read_committed}, no auto-commit, from the earliest offset, cooperative assignment unless {@code
   * group.protocol=consumer}.
   *
   * @param settings the settings
   * @return a new mutable map
   */
  public static Map<String, Object> consumer(AlgoSettings settings) {
    return consumer(
        settings.kafka(), settings.engine(), settings.groupId(), settings.instanceName());
  }

  /**
   * Returns the configuration of an idempotent producer: byte arrays, {@code acks=all}, no end of
   * retrying.
   *
   * @param settings the settings
   * @return a new mutable map
   */
  public static Map<String, Object> producer(AlgoSettings settings) {
    return producer(settings.kafka(), settings.engine(), settings.instanceName());
  }

  /**
   * Returns the configuration of a transactional producer: as {@link #producer}, but what cannot be
   * delivered within the transaction's timeout fails, since the coordinator has aborted the
   * transaction by then, and all of it is written again in its order.
   *
   * @param settings the settings
   * @param number which of the runner's producers, from 0
   * @return a new mutable map
   */
  public static Map<String, Object> transactionalProducer(AlgoSettings settings, int number) {
    KafkaSettings kafka = settings.kafka();
    Map<String, Object> result = producer(settings);
    if (!isSet(kafka, ProducerConfig.BUFFER_MEMORY_CONFIG)) {
      // There are two, which share what one would have.
      result.computeIfPresent(
          ProducerConfig.BUFFER_MEMORY_CONFIG, (name, bytes) -> (long) bytes / 2);
    }
    result.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        settings.groupId() + "-" + settings.instanceName() + "-" + number);
    result.put(
        CommonClientConfigs.CLIENT_ID_CONFIG, settings.instanceName() + "-producer-" + number);
    result.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
    result.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TRANSACTION_REQUEST_TIMEOUT_MS);
    int timeout = number(result.get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG));
    int linger = number(result.getOrDefault(ProducerConfig.LINGER_MS_CONFIG, DEFAULT_LINGER_MS));
    int least = number(result.get(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)) + linger;
    result.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.max(timeout, least));
    if (!isSet(kafka, ProducerConfig.MAX_BLOCK_MS_CONFIG)) {
      result.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
    }
    return result;
  }

  private static boolean isSet(KafkaSettings kafka, String name) {
    return kafka.producerProperties().containsKey(name)
        || kafka.clientProperties().containsKey(name);
  }

  /** What is no number is the client's to refuse, who names the property. */
  private static int number(Object value) {
    try {
      return Integer.parseInt(value.toString().strip());
    } catch (NumberFormatException e) {
      return TRANSACTION_TIMEOUT_MS;
    }
  }

  /**
   * Returns the configuration of an admin client.
   *
   * @param settings the settings
   * @return a new mutable map
   */
  public static Map<String, Object> admin(AlgoSettings settings) {
    return admin(settings.kafka(), settings.instanceName());
  }

  static Map<String, Object> consumer(
      KafkaSettings kafka, EngineSettings engine, String groupId, String instanceName) {
    Map<String, Object> result = common(kafka, instanceName + "-consumer");
    result.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    result.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    result.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    result.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    result.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    result.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    result.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    result.put(
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        Math.max(1, Math.min(DEFAULT_MAX_POLL_RECORDS, engine.maxInFlight() / POLLS_IN_FLIGHT)));
    int fetch = (int) Math.min(DEFAULT_FETCH_MAX_BYTES, engine.memoryBudgetBytes() / 2);
    result.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetch);
    result.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
        (int)
            Math.min(
                DEFAULT_MAX_PARTITION_FETCH_BYTES,
                engine.memoryBudgetBytes() / PARTITION_FETCHES_IN_BUDGET));
    if (!usesConsumerProtocol(kafka)) {
      // The new protocol assigns on the broker; its client refuses an assignor, even the default
      // one.
      result.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    putKnown(result, kafka.clientProperties(), ClientKind.CONSUMER);
    result.putAll(kafka.consumerProperties());
    return result;
  }

  static Map<String, Object> producer(
      KafkaSettings kafka, EngineSettings engine, String instanceName) {
    Map<String, Object> result = common(kafka, instanceName + "-producer");
    result.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    result.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    result.put(ProducerConfig.ACKS_CONFIG, "all");
    result.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A batch that expires would let later ones of its partition overtake it.
    result.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    result.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    long buffer = Math.min(DEFAULT_BUFFER_MEMORY, engine.memoryBudgetBytes() / 2);
    result.put(ProducerConfig.BUFFER_MEMORY_CONFIG, buffer);
    result.put(ProducerConfig.BATCH_SIZE_CONFIG, (int) Math.min(BATCH_SIZE, buffer));
    putKnown(result, kafka.clientProperties(), ClientKind.PRODUCER);
    result.putAll(kafka.producerProperties());
    return result;
  }

  private static Map<String, Object> admin(KafkaSettings kafka, String instanceName) {
    Map<String, Object> result = common(kafka, instanceName + "-admin");
    putKnown(result, kafka.clientProperties(), ClientKind.ADMIN);
    return result;
  }

  private static Map<String, Object> common(KafkaSettings kafka, String clientId) {
    Map<String, Object> result = new HashMap<>();
    result.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", kafka.bootstrapServers()));
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    SecuritySettings security = kafka.security();
    result.put(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, security.protocol().name);
    security
        .caLocation()
        .ifPresent(
            ca -> {
              result.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, PemSslEngineFactory.class);
              result.put(PemSslEngineFactory.CA_LOCATION, ca);
            });
    security
        .certificateLocation()
        .ifPresent(path -> result.put(PemSslEngineFactory.CERTIFICATE_LOCATION, path));
    security.keyLocation().ifPresent(path -> result.put(PemSslEngineFactory.KEY_LOCATION, path));
    security
        .sasl()
        .ifPresent(
            sasl -> {
              result.put(SaslConfigs.SASL_MECHANISM, sasl.mechanism());
              result.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(JaasConfig.of(sasl)));
            });
    return result;
  }

  /** Adds what the client knows: a property of another client would only be reported as unused. */
  private static void putKnown(
      Map<String, Object> result, Map<String, String> properties, ClientKind kind) {
    properties.forEach(
        (name, value) -> {
          if (kind.knows(name) || !ClientKind.anyKnows(name)) {
            result.put(name, value);
          }
        });
  }

  /** Whether the user chose the group protocol of KIP-848. */
  static boolean usesConsumerProtocol(KafkaSettings kafka) {
    String name = ConsumerConfig.GROUP_PROTOCOL_CONFIG;
    String chosen =
        kafka
            .consumerProperties()
            .getOrDefault(name, kafka.clientProperties().getOrDefault(name, ""));
    return chosen.strip().equalsIgnoreCase(GroupProtocol.CONSUMER.name());
  }
}
