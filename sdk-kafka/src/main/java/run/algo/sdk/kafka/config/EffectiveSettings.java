package run.algo.sdk.kafka.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.spi.GoDuration;

/** Writes every effective setting for the start-up line, secrets masked. */
final class EffectiveSettings {

  private static final int LONGEST = 300;

  private final Variables variables;
  private final Problems problems;
  private final Map<String, String> result = new LinkedHashMap<>();

  EffectiveSettings(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  Map<String, String> of(
      AlgoSettings.Names names,
      KafkaSettings kafka,
      AlgoSettings.Topology topology,
      AlgoSettings.Services services) {
    put(Setting.GROUP_ID.variable(), names.groupId());
    put(OperatorVariable.INSTANCE_NAME.variable(), names.instanceName());
    kafka(kafka);
    topology
        .inputs()
        .forEach(
            input ->
                put(
                    OperatorVariable.INPUT_TOPIC.prefix() + Texts.upper(input.name()),
                    String.join(",", input.topics())));
    topology
        .outputs()
        .forEach(
            output ->
                put(
                    OperatorVariable.OUTPUT_TOPIC.prefix() + Texts.upper(output.name()),
                    output.topic() + ", " + output.dataType().wireName()));
    for (Setting setting : Setting.values()) {
      if (!result.containsKey(setting.variable())) {
        put(setting.variable(), setting(setting, services));
      }
    }
    storage(services.storage());
    return Collections.unmodifiableMap(result);
  }

  private void kafka(KafkaSettings kafka) {
    SecuritySettings security = kafka.security();
    put(OperatorVariable.BROKERS.variable(), String.join(",", kafka.bootstrapServers()));
    put(OperatorVariable.TLS.variable(), String.valueOf(security.caLocation().isPresent()));
    put(OperatorVariable.TLS_CA_LOCATION, security.caLocation());
    put(OperatorVariable.AUTH_TYPE, variables.text(OperatorVariable.AUTH_TYPE));
    put(OperatorVariable.AUTH_CERTIFICATE_LOCATION, security.certificateLocation());
    put(OperatorVariable.AUTH_KEY_LOCATION, security.keyLocation());
    put(OperatorVariable.AUTH_USERNAME, security.username());
    put(OperatorVariable.AUTH_PASSWORD, security.password().map(Secret::toString));
    properties(OperatorVariable.CLIENT_PROPERTY, kafka.clientProperties());
    properties(OperatorVariable.CONSUMER_PROPERTY, kafka.consumerProperties());
    properties(OperatorVariable.PRODUCER_PROPERTY, kafka.producerProperties());
  }

  private void properties(OperatorVariable prefix, Map<String, String> properties) {
    new TreeMap<>(properties)
        .forEach(
            (property, value) -> {
              // Of a property that no client knows it is not known whether it is a secret.
              boolean open = ClientKind.anyKnows(property) && !Texts.looksSecret(property);
              put(
                  prefix.prefix() + Texts.upper(property).replace('.', '_'),
                  open ? value : ConfigurationProblem.MASK);
            });
  }

  private void storage(StorageSettings storage) {
    put(
        OperatorVariable.STORAGE_HOST,
        storage
            .endpoint()
            .map(
                endpoint ->
                    endpoint.getScheme()
                        + "://"
                        + (storage.credentials().isPresent() ? ConfigurationProblem.MASK + "@" : "")
                        + endpoint.getAuthority()));
    put(OperatorVariable.STORAGE_BUCKET, storage.bucket());
    put(OperatorVariable.STORAGE_REGION.variable(), storage.region());
  }

  private String setting(Setting setting, AlgoSettings.Services services) {
    return switch (setting) {
      case METRICS_PORT ->
          services.http().port().isPresent()
              ? String.valueOf(services.http().port().getAsInt())
              : "off";
      case METRICS_ADDRESS -> services.http().address().orElse("all");
      case RUNNER_CONFIG ->
          variables
              .text(setting)
              .map(RunnerConfigReader::shownInline)
              .orElse(ConfigurationProblem.NOT_SET);
      case RUNNER_CONFIG_FILE ->
          variables.text(Setting.RUNNER_CONFIG).isPresent()
              ? "(not read)"
              : variables.text(setting).orElse(setting.defaultText());
      case RETRY_STRATEGY ->
          variables
              .text(setting)
              .map(RunnerConfigReader::shownInline)
              .orElse(setting.defaultText());
      default -> engine(setting, Optional.ofNullable(services.engine().values().get(setting)));
    };
  }

  private static String engine(Setting setting, Optional<Object> value) {
    if (value.isEmpty()) {
      return setting == Setting.TIMEOUT ? "none" : setting.defaultText();
    }
    Object typed = value.get();
    if (typed instanceof WireName name) {
      return name.wireName();
    }
    if (typed instanceof Duration duration) {
      return GoDuration.format(duration);
    }
    if (setting == Setting.OUTAGE_FUSE || setting == Setting.LOG_CONTEXT) {
      return typed.equals(true) ? "on" : "off";
    }
    return typed.toString();
  }

  private void put(OperatorVariable variable, Optional<String> value) {
    value.ifPresent(text -> put(variable.variable(), text));
  }

  private void put(String variable, String value) {
    result.put(problems.shown(variable, LONGEST), problems.shown(value, LONGEST));
  }
}
