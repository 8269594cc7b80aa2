package run.algo.sdk.testkit.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import run.algo.sdk.testkit.tls.TestCertificates;

/**
 * The settings of each broker: small pools and few partitions of the internal topics, because a
 * test wants a broker that starts in a second or two and takes little memory.
 */
final class BrokerProperties {
  /** Brokers among each other, and the administrator of a test. */
  static final String INTERNAL = "INTERNAL";

  /** The quorum of the controllers. */
  static final String CONTROLLER = "CONTROLLER";

  private static final List<String> SCRAM_MECHANISMS = List.of("SCRAM-SHA-256", "SCRAM-SHA-512");
  private static final int MAX_REPLICATION = 3;

  private BrokerProperties() {}

  /** Whether a listener is one of those that no client of a test is told about. */
  static boolean isInternal(String listenerName) {
    return listenerName.equals(INTERNAL) || listenerName.equals(CONTROLLER);
  }

  /** Replication factor of a topic whose creator did not say. */
  static int replication(int brokers) {
    return Math.min(MAX_REPLICATION, brokers);
  }

  /** The ports of one broker. */
  record NodePorts(Map<Listener, Integer> listeners, int internal, int controller) {
    NodePorts {
      listeners = new EnumMap<>(listeners);
    }

    /** All of them. */
    List<Integer> all() {
      List<Integer> all = new ArrayList<>(listeners.values());
      all.add(internal);
      all.add(controller);
      return all;
    }
  }

  /** The arguments that create the SCRAM users when the storage is formatted. */
  static List<String> scramArguments(ClusterSpec spec) {
    List<String> arguments = new ArrayList<>();
    spec.security()
        .scramUsers()
        .forEach(
            (user, password) -> {
              for (String mechanism : SCRAM_MECHANISMS) {
                arguments.add(mechanism + "=[name=" + user + ",password=" + password + "]");
              }
            });
    return arguments;
  }

  /** The settings of one broker of the cluster. */
  static Properties of(ClusterSpec spec, int node, List<NodePorts> ports, Path directory) {
    Properties properties = new Properties();
    addRole(properties, spec, node, ports, directory);
    addSizes(properties, BrokerProperties.replication(spec.brokers()));
    addTimes(properties);
    addSecurity(properties, spec.security());
    properties.putAll(spec.overrides());
    return properties;
  }

  private static void addRole(
      Properties properties, ClusterSpec spec, int node, List<NodePorts> ports, Path directory) {
    StringJoiner listeners = new StringJoiner(",");
    StringJoiner protocols = new StringJoiner(",");
    NodePorts own = ports.get(node);
    own.listeners()
        .forEach(
            (listener, port) -> {
              listeners.add(address(listener.name(), port));
              protocols.add(listener + ":" + listener);
            });
    listeners.add(address(INTERNAL, own.internal()));
    protocols.add(INTERNAL + ":PLAINTEXT").add(CONTROLLER + ":PLAINTEXT");
    StringJoiner voters = new StringJoiner(",");
    for (int i = 0; i < spec.brokers(); i++) {
      voters.add(i + "@localhost:" + ports.get(i).controller());
    }
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", String.valueOf(node));
    properties.put("log.dirs", directory.toString());
    properties.put("controller.quorum.voters", voters.toString());
    properties.put("controller.listener.names", CONTROLLER);
    properties.put("inter.broker.listener.name", INTERNAL);
    properties.put("advertised.listeners", listeners.toString());
    properties.put("listeners", listeners.add(address(CONTROLLER, own.controller())).toString());
    properties.put("listener.security.protocol.map", protocols.toString());
  }

  private static String address(String name, int port) {
    return name + "://localhost:" + port;
  }

  private static void addSizes(Properties properties, int replication) {
    String replicas = String.valueOf(replication);
    properties.put("auto.create.topics.enable", "false");
    properties.put("num.partitions", "1");
    properties.put("default.replication.factor", replicas);
    properties.put("min.insync.replicas", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("offsets.topic.replication.factor", replicas);
    properties.put("transaction.state.log.num.partitions", "2");
    properties.put("transaction.state.log.replication.factor", replicas);
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", replicas);
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("num.replica.fetchers", "1");
    properties.put("num.replica.alter.log.dirs.threads", "1");
    properties.put("num.recovery.threads.per.data.dir", "1");
    properties.put("background.threads", "2");
    properties.put("group.coordinator.threads", "1");
    properties.put("share.coordinator.threads", "1");
    // The cleaner allocates its buffers at the start, 128 MiB by default.
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    properties.put("log.cleaner.io.buffer.size", "65536");
    // Every segment maps two index files of this size.
    properties.put("log.index.size.max.bytes", "1048576");
  }

  private static void addTimes(Properties properties) {
    properties.put("group.initial.rebalance.delay.ms", "0");
    // Tests watch members die and partitions move: let them choose short session timeouts.
    properties.put("group.min.session.timeout.ms", "100");
    properties.put("group.consumer.min.heartbeat.interval.ms", "100");
    properties.put("group.consumer.heartbeat.interval.ms", "500");
    properties.put("group.consumer.min.session.timeout.ms", "1000");
    properties.put("group.consumer.session.timeout.ms", "10000");
    properties.put("broker.heartbeat.interval.ms", "250");
    // A broker that returns is let in when the session of its former life has expired.
    properties.put("broker.session.timeout.ms", "4000");
    // A broker that cannot start says so instead of waiting for ever.
    properties.put("server.max.startup.time.ms", "60000");
  }

  private static void addSecurity(Properties properties, ClusterSpec.Security security) {
    properties.put("principal.builder.class", InternalPrincipalBuilder.class.getName());
    properties.put("super.users", InternalPrincipalBuilder.INTERNAL.toString());
    if (security.authorizer()) {
      properties.put(
          "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
      properties.put("allow.everyone.if.no.acl.found", "true");
    }
    TestCertificates certificates = security.certificates();
    if (certificates != null) {
      for (Listener listener : List.of(Listener.SSL, Listener.SASL_SSL)) {
        String prefix = prefix(listener);
        certificates.brokerProperties().forEach((k, v) -> properties.put(prefix + k, v));
        boolean required = listener == Listener.SSL && security.clientCertificateRequired();
        properties.put(prefix + "ssl.client.auth", required ? "required" : "none");
      }
    }
    addUsers(properties, security);
  }

  private static void addUsers(Properties properties, ClusterSpec.Security security) {
    List<String> mechanisms = new ArrayList<>();
    Map<String, String> jaas = new java.util.LinkedHashMap<>();
    if (!security.scramUsers().isEmpty()) {
      for (String mechanism : SCRAM_MECHANISMS) {
        mechanisms.add(mechanism);
        jaas.put(mechanism, "org.apache.kafka.common.security.scram.ScramLoginModule required;");
      }
    }
    if (!security.plainUsers().isEmpty()) {
      StringBuilder module =
          new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
      security
          .plainUsers()
          .forEach(
              (user, password) ->
                  module.append(" user_").append(user).append('=').append(quoted(password)));
      mechanisms.add("PLAIN");
      jaas.put("PLAIN", module.append(';').toString());
    }
    if (mechanisms.isEmpty()) {
      return;
    }
    for (Listener listener : List.of(Listener.SASL_PLAINTEXT, Listener.SASL_SSL)) {
      String prefix = prefix(listener);
      properties.put(prefix + "sasl.enabled.mechanisms", String.join(",", mechanisms));
      jaas.forEach(
          (mechanism, module) ->
              properties.put(
                  prefix + mechanism.toLowerCase(Locale.ROOT) + ".sasl.jaas.config", module));
    }
  }

  private static String prefix(Listener listener) {
    return "listener.name." + listener.name().toLowerCase(Locale.ROOT) + ".";
  }

  private static String quoted(String password) {
    return '"' + password.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
