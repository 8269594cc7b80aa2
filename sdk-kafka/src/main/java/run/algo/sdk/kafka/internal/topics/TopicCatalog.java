package run.algo.sdk.kafka.internal.topics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * What the brokers say of topics. A topic that is missing, or that this user may not see, is part
 * of the answer and not an error.
 */
final class TopicCatalog {

  /** Kafka's default of {@code max.message.bytes}: 1 MiB and a batch's overhead of 12 bytes. */
  static final int DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024 + 12;

  private final Map<String, Topic> topics = new HashMap<>();
  private final Set<String> denied = new HashSet<>();

  /**
   * A topic that exists.
   *
   * @param name its name
   * @param partitions how many partitions it has
   * @param replication replicas of a partition
   * @param writable whether this user may write to it, as far as the broker tells
   * @param maxMessageBytes largest batch, in bytes; empty when this user may not know
   * @param retentionMs retention, in milliseconds, -1 for ever; empty when this user may not know
   * @param readable whether this user may read it, as far as the broker tells
   * @param cleanupPolicy what becomes of old records; empty when this user may not know
   */
  record Topic(
      String name,
      int partitions,
      short replication,
      boolean writable,
      OptionalInt maxMessageBytes,
      OptionalLong retentionMs,
      boolean readable,
      Optional<String> cleanupPolicy) {

    /** As the canonical one, of a topic that may be read. */
    Topic(
        String name,
        int partitions,
        short replication,
        boolean writable,
        OptionalInt maxMessageBytes,
        OptionalLong retentionMs) {
      this(
          name,
          partitions,
          replication,
          writable,
          maxMessageBytes,
          retentionMs,
          true,
          Optional.empty());
    }

    /** Whether records vanish when a later one of the same key is there, as far as is known. */
    boolean compacted() {
      return cleans(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    /** Whether records vanish by age or size, as far as is known. */
    boolean deletes() {
      return cleans(TopicConfig.CLEANUP_POLICY_DELETE);
    }

    private boolean cleans(String how) {
      return cleanupPolicy.filter(policy -> policy.contains(how)).isPresent();
    }
  }

  private TopicCatalog() {}

  /**
   * Asks for topics.
   *
   * @param admin the client
   * @param names the topics
   * @return what is known of them
   * @throws KafkaException when the brokers do not answer
   * @throws InterruptedException when interrupted
   */
  static TopicCatalog read(Admin admin, Collection<String> names) throws InterruptedException {
    TopicCatalog catalog = new TopicCatalog();
    Map<String, TopicDescription> descriptions = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin
            .describeTopics(
                new HashSet<>(names), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
      try {
        descriptions.put(answer.getKey(), answer.getValue().get());
      } catch (ExecutionException e) {
        catalog.refused(answer.getKey(), e.getCause());
      }
    }
    Map<String, Config> configs = configs(admin, descriptions.keySet());
    descriptions.forEach(
        (name, description) -> catalog.topics.put(name, topic(description, configs.get(name))));
    return catalog;
  }

  Optional<Topic> find(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  /** Whether this user may not even see the topic. */
  boolean denied(String name) {
    return denied.contains(name);
  }

  private void refused(String name, @Nullable Throwable cause) {
    if (cause instanceof AuthorizationException) {
      denied.add(name);
    } else if (!(cause instanceof UnknownTopicOrPartitionException
        || cause instanceof InvalidTopicException)) {
      throw cause instanceof KafkaException kafka
          ? kafka
          : new KafkaException("topic " + name + " cannot be described", cause);
    }
  }

  private static Topic topic(TopicDescription description, @Nullable Config config) {
    // Brokers without an authorizer, and old ones, do not tell: then nothing is denied.
    Set<AclOperation> allowed = description.authorizedOperations();
    return new Topic(
        description.name(),
        description.partitions().size(),
        (short) description.partitions().get(0).replicas().size(),
        allows(allowed, AclOperation.WRITE),
        text(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
            .map(Integer::valueOf)
            .map(OptionalInt::of)
            .orElseGet(OptionalInt::empty),
        text(config, TopicConfig.RETENTION_MS_CONFIG)
            .map(Long::valueOf)
            .map(OptionalLong::of)
            .orElseGet(OptionalLong::empty),
        allows(allowed, AclOperation.READ),
        text(config, TopicConfig.CLEANUP_POLICY_CONFIG));
  }

  private static boolean allows(@Nullable Set<AclOperation> allowed, AclOperation operation) {
    return allowed == null
        || allowed.isEmpty()
        || allowed.contains(operation)
        || allowed.contains(AclOperation.ALL);
  }

  private static Optional<String> text(@Nullable Config config, String name) {
    ConfigEntry entry = config == null ? null : config.get(name);
    return entry == null ? Optional.empty() : Optional.ofNullable(entry.value());
  }

  /** The topics' settings; those this user may not read are left out. */
  private static Map<String, Config> configs(Admin admin, Set<String> names)
      throws InterruptedException {
    List<ConfigResource> resources = new ArrayList<>();
    for (String name : names) {
      resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name));
    }
    Map<String, Config> configs = new HashMap<>();
    if (resources.isEmpty()) {
      return configs;
    }
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> answer :
        admin.describeConfigs(resources).values().entrySet()) {
      try {
        configs.put(answer.getKey().name(), answer.getValue().get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof AuthorizationException
            || e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new KafkaException("the settings of " + answer.getKey() + " cannot be read", e);
        }
      }
    }
    return configs;
  }
}
