package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Reads the user's client properties: refuses those that the SDK owns and checks the values of the
 * others.
 */
final class ClientOverrides {

  private static final String CLIENT = OperatorVariable.CLIENT_PROPERTY.prefix();
  private static final String CONSUMER = OperatorVariable.CONSUMER_PROPERTY.prefix();
  private static final String PRODUCER = OperatorVariable.PRODUCER_PROPERTY.prefix();

  private static final String ENDPOINT_IDENTIFICATION = "ssl.endpoint.identification.algorithm";

  /** Properties that the SDK owns, with where to turn instead. */
  private static final Map<String, String> OWNED =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "set KAFKA_BROKERS"),
          Map.entry("group.id", "set ALGO_GROUP_ID"),
          Map.entry("client.id", "set INSTANCE_NAME"),
          Map.entry("enable.auto.commit", "remove it: the SDK commits what is settled"),
          Map.entry("key.serializer", "remove it: a pipe's codec writes values"),
          Map.entry("value.serializer", "remove it: a pipe's codec writes values"),
          Map.entry("key.deserializer", "remove it: a pipe's codec reads values"),
          Map.entry("value.deserializer", "remove it: a pipe's codec reads values"),
          Map.entry("acks", "remove it: a lost output is a lost record"),
          Map.entry("enable.idempotence", "remove it: it keeps order and avoids duplicates"),
          Map.entry("transactional.id", "set ALGO_DELIVERY"),
          Map.entry("isolation.level", "remove it: aborted records are never read"),
          Map.entry("delivery.timeout.ms", "remove it: an expired batch would break order"),
          Map.entry("security.protocol", "set KAFKA_TLS and KAFKA_AUTH_TYPE"));

  private static final Set<String> REFUSED_BY_CONSUMER_PROTOCOL =
      Set.of("session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy");

  private final Variables variables;
  private final Problems problems;

  ClientOverrides(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  static boolean isClientVariable(String name) {
    return name.startsWith(CLIENT) || name.startsWith(CONSUMER) || name.startsWith(PRODUCER);
  }

  KafkaSettings read(List<String> brokers, SecuritySettings security) {
    KafkaSettings kafka =
        new KafkaSettings(
            brokers,
            security,
            read(CLIENT, ClientKind.ALL),
            read(CONSUMER, List.of(ClientKind.CONSUMER)),
            read(PRODUCER, List.of(ClientKind.PRODUCER)));
    if (ClientProperties.usesConsumerProtocol(kafka)) {
      refuseOldProtocol(CLIENT, kafka.clientProperties());
      refuseOldProtocol(CONSUMER, kafka.consumerProperties());
    }
    new ClientCheck(kafka, problems).properties();
    return kafka;
  }

  private Map<String, String> read(String prefix, List<ClientKind> kinds) {
    Map<String, String> result = new TreeMap<>();
    variables
        .suffixes(prefix)
        .forEach(
            (suffix, value) -> {
              String property = Texts.lower(suffix).replace('_', '.');
              Optional<String> owner = owner(property);
              if (owner.isPresent()) {
                problems.masked(
                    variables.label(prefix + suffix),
                    "the client property " + problems.shown(property) + " belongs to the SDK",
                    owner.get());
              } else {
                check(prefix + suffix, property, value, kinds);
                result.put(property, value);
              }
            });
    return result;
  }

  /**
   * Returns the variable that sets a property: the one of the client, else the one of all clients.
   */
  static String variable(Map<String, String> own, String client, String property) {
    return "KAFKA_"
        + (own.containsKey(property) ? client : "CLIENT")
        + "_"
        + Texts.upper(property).replace('.', '_');
  }

  private static Optional<String> owner(String property) {
    if (property.startsWith("sasl.")) {
      return Optional.of("set KAFKA_AUTH_TYPE, KAFKA_AUTH_USERNAME and KAFKA_AUTH_PASSWORD");
    }
    if (property.startsWith("ssl.") && !property.equals(ENDPOINT_IDENTIFICATION)) {
      return Optional.of("set KAFKA_TLS, KAFKA_TLS_CA_LOCATION and KAFKA_AUTH_TLS_*_LOCATION");
    }
    return Optional.ofNullable(OWNED.get(property));
  }

  private void check(String variable, String property, String value, List<ClientKind> kinds) {
    List<ConfigDef.ConfigKey> keys =
        kinds.stream().map(kind -> kind.key(property)).flatMap(Optional::stream).toList();
    if (keys.isEmpty()) {
      // Not dropped: interceptors and other plug-ins have properties that the client does not list.
      problems.warn(
          problems.shown(variables.label(variable))
              + ": no client property "
              + problems.shown(property)
              + " is known; it is handed on, but has an effect only on plug-ins that read it");
      return;
    }
    for (ConfigDef.ConfigKey key : keys) {
      Optional<String> problem = problem(key, value);
      if (problem.isPresent()) {
        String label = variables.label(variable);
        String remedy = "correct it, or remove it for the client's default";
        if (Texts.looksSecret(variable) || key.type() == ConfigDef.Type.PASSWORD) {
          problems.masked(label, problem.get(), remedy);
        } else {
          problems.add(label, value, problem.get(), remedy);
        }
        return;
      }
    }
  }

  private static Optional<String> problem(ConfigDef.ConfigKey key, String value) {
    Object parsed;
    try {
      parsed = ConfigDef.parseType(key.name, value, key.type());
    } catch (ConfigException | LinkageError e) {
      return Optional.of("is not a value of type " + key.type() + " for " + key.name);
    }
    if (key.validator == null) {
      return Optional.empty();
    }
    try {
      key.validator.ensureValid(key.name, parsed);
      return Optional.empty();
    } catch (ConfigException e) {
      // The message repeats the value; what the validator wants stands in its own words.
      return Optional.of(
          "is not allowed for " + key.name + ", which must be " + key.validator.toString());
    }
  }

  private void refuseOldProtocol(String prefix, Map<String, String> properties) {
    for (String property : REFUSED_BY_CONSUMER_PROTOCOL.stream().sorted().toList()) {
      String value = properties.get(property);
      if (value != null) {
        problems.add(
            variables.label(prefix + Texts.upper(property).replace('.', '_')),
            value,
            "the client refuses " + property + " under group.protocol=consumer",
            "remove it: the broker sets it for the group");
      }
    }
  }
}
