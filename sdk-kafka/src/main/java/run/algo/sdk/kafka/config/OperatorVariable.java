package run.algo.sdk.kafka.config;

/** The variables that the operator sets, with their defaults as the documentation has them. */
enum OperatorVariable {
  BROKERS("KAFKA_BROKERS", "–"),
  INPUT_TOPIC("KAFKA_INPUT_TOPIC_<NAME>", "–"),
  OUTPUT_TOPIC("KAFKA_OUTPUT_TOPIC_<NAME>", "–"),
  TLS("KAFKA_TLS", "false"),
  TLS_CA_LOCATION("KAFKA_TLS_CA_LOCATION", "/etc/ssl/certs/kafka-ca.crt"),
  AUTH_TYPE("KAFKA_AUTH_TYPE", "–"),
  AUTH_CERTIFICATE_LOCATION("KAFKA_AUTH_TLS_USER_LOCATION", "/etc/ssl/certs/kafka-user.crt"),
  AUTH_KEY_LOCATION("KAFKA_AUTH_TLS_KEY_LOCATION", "/etc/ssl/certs/kafka-user.key"),
  AUTH_USERNAME("KAFKA_AUTH_USERNAME", "–"),
  AUTH_PASSWORD("KAFKA_AUTH_PASSWORD", "–"),
  CLIENT_PROPERTY("KAFKA_CLIENT_<PROP>", "–"),
  CONSUMER_PROPERTY("KAFKA_CONSUMER_<PROP>", "–"),
  PRODUCER_PROPERTY("KAFKA_PRODUCER_<PROP>", "–"),
  STORAGE_HOST("MC_HOST_algorun", "–"),
  STORAGE_BUCKET("STORAGE_BUCKET_NAME", "<deploymentOwner>.<deploymentName>"),
  STORAGE_REGION("STORAGE_REGION", "us-east-1"),
  INSTANCE_NAME("INSTANCE_NAME", "random");

  private final String variable;
  private final String defaultText;

  OperatorVariable(String variable, String defaultText) {
    this.variable = variable;
    this.defaultText = defaultText;
  }

  /** Returns the name of the variable, or its pattern. */
  String variable() {
    return variable;
  }

  /** Returns the part of a pattern before its placeholder. */
  String prefix() {
    return variable.substring(0, variable.indexOf('<'));
  }

  String defaultText() {
    return defaultText;
  }
}
