package run.algo.sdk.kafka.internal.topics;

import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The commands that an administrator would run, each on one line, since errors are one line each.
 *
 * @param brokers the bootstrap servers
 * @param user the principal's name
 */
record TopicCommands(String brokers, String user) {

  /** Makes a topic and allows the runner to do something with it: two commands. */
  String createAndAllow(NewTopic topic, String... operations) {
    StringBuilder text = new StringBuilder(topics());
    text.append(" --create --if-not-exists --topic ")
        .append(topic.name())
        .append(" --partitions ")
        .append(topic.numPartitions())
        .append(" --replication-factor ")
        .append(topic.replicationFactor());
    new TreeMap<>(topic.configs())
        .forEach((name, value) -> text.append(" --config ").append(name).append('=').append(value));
    text.append(" && kafka-acls.sh --bootstrap-server ")
        .append(brokers)
        .append(" --add --allow-principal User:")
        .append(user);
    for (String operation : operations) {
      text.append(" --operation ").append(operation);
    }
    return text.append(" --topic ").append(topic.name()).toString();
  }

  /** Sets one setting of a topic. */
  String configure(String topic, String name, String value) {
    return "kafka-configs.sh --bootstrap-server "
        + brokers
        + " --alter --entity-type topics --entity-name "
        + topic
        + " --add-config "
        + name
        + "="
        + value;
  }

  /** Gives a topic more partitions. */
  String grow(String topic, int partitions) {
    return topics() + " --alter --topic " + topic + " --partitions " + partitions;
  }

  String delete(String topic) {
    return topics() + " --delete --topic " + topic;
  }

  private String topics() {
    return "kafka-topics.sh --bootstrap-server " + brokers;
  }
}
