package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes environments by chance: valid, wrong and hostile, with secrets in them. */
final class HostileEnvironments {

  /**
   * A source and what of it must not be printed.
   *
   * @param pasted whether a secret stands in a variable that is none, also as a good value of it
   */
  record Generated(SettingsSource source, List<String> secrets, boolean pasted) {}

  private static final String[] FIELDS = {
    "deploymentOwner",
    "deploymentName",
    "owner",
    "name",
    "version",
    "index",
    "parameters",
    "inputs",
    "outputs",
    "pipes",
    "topics",
    "retryEnabled",
    "retryStrategy",
    "timeoutSeconds",
    "strategy",
    "deadLetterSuffix",
    "steps",
    "backoffDuration",
    "repeat",
    "isRequired",
    "contentTypes",
    "dataType",
    "options",
    "sourceName",
    "sourceOutputName",
    "destName",
    "destInputName",
    "outputName",
    "topicName",
    "overrideRetryStrategy",
    "value",
    "required",
    "sortOrder",
    "unknown"
  };

  private static final String[] WORDS = {
    "",
    " ",
    "in",
    "IN",
    "out",
    "my-input",
    "kafka:9092",
    "true",
    "false",
    "off",
    "on",
    "0",
    "-1",
    "1",
    "5",
    "1e9",
    "99999999999999999999",
    "30s",
    "-30s",
    "1µs",
    "500ms",
    "0s",
    "64MiB",
    "1.5GiB",
    "partition",
    "key",
    "unordered",
    "exactly-once",
    "dead-letter",
    "reference",
    "halt",
    "warn",
    "reject",
    "virtual",
    "tls",
    "plain",
    "scram-sha-512",
    "a,b",
    "a:1,b:2",
    "/",
    "/etc/passwd",
    "/proc/self/mem",
    "/dev/zero",
    "{}",
    "[]",
    "null",
    "{",
    "\"",
    "\\",
    "a/b:1[0]",
    "Simple",
    "RetryTopics",
    "Embedded",
    "FileReference",
    "http://h",
    "http://h:99999",
    "[::1]:9092",
    "{deploymentowner}",
    "\n",
    "a\r\nb",
    "\u0000",
    "\u001b[31m",
    "\u2028",
    "\u202e",
    "\ud800",
    "\udc00x",
    "\ufeff",
    "ä",
    "😀",
    "$1",
    "${x}",
    "%s",
    "%n%x",
    "#",
    "classic",
    "consumer",
    "a|b"
  };

  private static final String[] NAMES = {
    "KAFKA_BROKERS",
    "KAFKA_TLS",
    "KAFKA_TLS_CA_LOCATION",
    "KAFKA_AUTH_TYPE",
    "KAFKA_AUTH_USERNAME",
    "KAFKA_AUTH_TLS_USER_LOCATION",
    "KAFKA_AUTH_TLS_KEY_LOCATION",
    "KAFKA_INPUT_TOPIC_IN",
    "KAFKA_INPUT_TOPIC_MY-INPUT",
    "KAFKA_INPUT_TOPIC_MY_INPUT",
    "KAFKA_INPUT_TOPIC_",
    "KAFKA_OUTPUT_TOPIC_OUT",
    "KAFKA_OUTPUT_TOPIC_\n",
    "KAFKA_CONSUMER_MAX_POLL_RECORDS",
    "KAFKA_CONSUMER_GROUP_PROTOCOL",
    "KAFKA_CONSUMER_SESSION_TIMEOUT_MS",
    "KAFKA_CONSUMER_PORT",
    "KAFKA_CONSUMER_",
    "KAFKA_PRODUCER_LINGER_MS",
    "KAFKA_PRODUCER_COMPRESSION_TYPE",
    "KAFKA_PRODUCER_PARTITIONER_CLASS",
    "KAFKA_PRODUCER_ACKS",
    "KAFKA_CLIENT_RETRIES",
    "KAFKA_CLIENT_METRIC_REPORTERS",
    "KAFKA_CLIENT_REQUEST_TIMEOUT_MS",
    "STORAGE_BUCKET_NAME",
    "STORAGE_REGION",
    "INSTANCE_NAME",
    "ALGO_",
    "ALGO_ORDERNG",
    "ALGO_\u001b[31m",
    "PATH",
    ""
  };

  private static final String[] GOOD = {
    "ALGO_ORDERING=key",
    "ALGO_TIMEOUT=1d",
    "ALGO_MEMORY_BUDGET=1MiB",
    "ALGO_METRICS_PORT=off",
    "ALGO_CONCURRENCY=3",
    "ALGO_X=\n",
    "KAFKA_CONSUMER_MAX_POLL_RECORDS=3",
    "INSTANCE_NAME=pod",
    "KAFKA_CONSUMER_GROUP_PROTOCOL=consumer",
    "KAFKA_TLS=0",
    "ALGO_ON_FAILURE=halt",
    "KAFKA_CLIENT_REQUEST_TIMEOUT_MS=1000",
    "KAFKA_PRODUCER_X=\u001b",
    "STORAGE_BUCKET_NAME=files"
  };

  private static final String[] SETTINGS =
      Arrays.stream(Setting.values()).map(Setting::variable).toArray(String[]::new);

  private final Random random;
  private int count;

  HostileEnvironments(long seed) {
    this.random = new Random(seed);
  }

  Generated next() {
    return random.nextInt(3) == 0 ? tame() : hostile();
  }

  /**
   * Returns what should be accepted, with secrets where they belong or are a good value by
   * accident.
   */
  private Generated tame() {
    List<String> secrets = new ArrayList<>();
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "kafka:9092");
    environment.put("KAFKA_INPUT_TOPIC_IN", "in-topic");
    environment.put("ALGO_GROUP_ID", "group");
    String password = secret(secrets);
    environment.put("KAFKA_AUTH_TYPE", pick("plain", "scram-sha-512"));
    environment.put("KAFKA_AUTH_USERNAME", pick("user", "\u0000", "ü"));
    environment.put("KAFKA_AUTH_PASSWORD", password);
    if (random.nextBoolean()) {
      environment.put(
          "MC_HOST_algorun",
          "http://%s:%s@minio:9000".formatted(secret(secrets).replace(":", ""), secret(secrets)));
    }
    if (random.nextBoolean()) {
      environment.put(
          "ALGO_RUNNER_CONFIG",
          """
          {"name":"n","parameters":[{"name":"apiKey","value":"%s","required":true}]}
          """
              .formatted(quoted(secret(secrets))));
    }
    if (random.nextBoolean()) {
      environment.put("KAFKA_PRODUCER_INTERCEPTOR_TOKEN", secret(secrets));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String[] setting = pick(GOOD).split("=", -1);
      environment.put(setting[0], setting[1]);
    }
    boolean pasted = random.nextInt(4) == 0;
    if (pasted) {
      environment.put(pick("ALGO_INPUT_DIR", "ALGO_PASSWORD", "KAFKA_CLIENT_X"), "/" + password);
    }
    return new Generated(SettingsSource.of(environment), secrets, pasted);
  }

  private Generated hostile() {
    List<String> secrets = new ArrayList<>();
    Map<String, String> environment = new HashMap<>();
    if (random.nextInt(4) > 0) {
      environment.put("KAFKA_BROKERS", "kafka:9092");
      environment.put("ALGO_GROUP_ID", "group");
      environment.put("KAFKA_INPUT_TOPIC_IN", "in-topic");
    }
    String password = secret(secrets);
    if (random.nextBoolean()) {
      environment.put("KAFKA_AUTH_TYPE", random.nextBoolean() ? "plain" : "scram-sha-512");
      environment.put("KAFKA_AUTH_USERNAME", "user");
      environment.put("KAFKA_AUTH_PASSWORD", password);
    }
    if (random.nextInt(3) == 0) {
      String template =
          pick(
              "http://%s:%s@minio:9000",
              "https://%s:%s@minio",
              "http://%s:%s@minio/path",
              "%s:%s",
              "http://%s:%s",
              "ftp://%s:%s@h",
              "http://%s%s@h",
              "http://a@%s:b@%s@@h",
              "\n%s:%s@");
      environment.put("MC_HOST_algorun", template.formatted(secret(secrets), secret(secrets)));
    }
    if (random.nextInt(5) == 0) {
      environment.put(
          pick(
              "KAFKA_CLIENT_SSL_KEYSTORE_PASSWORD", "KAFKA_CONSUMER_SASL_JAAS_CONFIG",
              "KAFKA_PRODUCER_INTERCEPTOR_TOKEN", "KAFKA_CLIENT_SSL_KEY_PASSWORD"),
          secret(secrets));
    }
    int mistakes = random.nextInt(6) * random.nextInt(3);
    for (int i = 0; i < mistakes; i++) {
      environment.put(name(), value());
    }
    if (random.nextInt(3) == 0) {
      environment.put("ALGO_RUNNER_CONFIG", json(secret(secrets)));
    }
    if (random.nextInt(6) == 0) {
      environment.put("ALGO_RETRY_STRATEGY", json(secret(secrets)));
    }
    boolean pasted = random.nextInt(8) == 0 && environment.containsKey("KAFKA_AUTH_PASSWORD");
    if (pasted) {
      environment.put(name(), pick("", "x", "-", "http://u:") + password + pick("", "@h", "\n"));
    }
    Map<String, String> properties = new HashMap<>();
    Map<String, String> overrides = new HashMap<>();
    if (random.nextInt(4) == 0) {
      properties.put(Texts.lower(name()).replace('_', '.'), value());
    }
    if (random.nextInt(4) == 0) {
      overrides.put(name(), value());
    }
    return new Generated(
        new SettingsSource(
            environment, properties, overrides, names(), names(), names(), random.nextBoolean()),
        secrets,
        pasted);
  }

  /** Returns a text that occurs nowhere else; long enough to be known among others. */
  private String secret(List<String> secrets) {
    String secret =
        "Sec"
            + Long.toHexString(random.nextLong())
            + "Ret"
            + count++
            + pick("", "#/+%", "\n", "\"");
    if (random.nextInt(60) == 0) {
      secret = secret + "z".repeat(1_000_000);
    }
    // The printed text must not even hold the part that cannot be told from any other.
    secrets.add(secret.substring(0, 18));
    return secret;
  }

  private String name() {
    return random.nextInt(3) == 0
        ? pick(SETTINGS)
        : pick(NAMES) + (random.nextInt(40) == 0 ? pick(WORDS) : "");
  }

  private String value() {
    return switch (random.nextInt(40)) {
      case 0 -> "x".repeat(1_000_000);
      case 1 -> "\u0000".repeat(1_000);
      case 2 -> json("none");
      case 3 -> pick(WORDS) + pick(WORDS) + pick(WORDS);
      default -> pick(WORDS);
    };
  }

  private List<String> names() {
    List<String> result = new ArrayList<>();
    while (random.nextInt(3) == 0) {
      result.add(pick("in", "out", "IN", "my-input", "", "a\nb", "x".repeat(300)));
    }
    return result;
  }

  private String json(String secret) {
    String text =
        random.nextInt(3) == 0
            ? """
              {"deploymentOwner":"o","deploymentName":"d","owner":"a","name":"n","version":"1",
               "inputs":[{"name":"in"}],"outputs":[{"name":"out"}],
               "pipes":[{"sourceName":"s","sourceOutputName":"x","destName":"a/n:1[0]",
                         "destInputName":"in"}],
               "topics":{"s|x":{"outputName":"x","topicName":"{deploymentowner}.t"}},
               "parameters":[{"name":"apiKey","value":"%s","dataType":"int"}],
               "retryEnabled":true,"strategy":"Simple",
               "retryStrategy":{"strategy":"Simple","steps":[{"backoffDuration":"1s"}]}}
              """
                .formatted(quoted(secret))
            : object(secret, 0);
    StringBuilder result = new StringBuilder(text);
    for (int damage = random.nextInt(8) - 4; damage > 0 && !result.isEmpty(); damage--) {
      int at = random.nextInt(result.length());
      // Never within the secret: half of it would be another one.
      if (text.contains(secret) || result.indexOf("Sec") >= 0) {
        at = 0;
      }
      switch (random.nextInt(3)) {
        case 0 -> result.deleteCharAt(at);
        case 1 -> result.insert(at, pick("{", "\"", ",", "[", "\\", "\u0000", "1"));
        default -> result.append(pick("}", "{", "\"", "x"));
      }
    }
    return result.toString();
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private String object(String secret, int depth) {
    StringBuilder result = new StringBuilder("{");
    int fields = random.nextInt(8);
    for (int i = 0; i < fields; i++) {
      result
          .append(i == 0 ? "" : ",")
          .append('"')
          .append(FIELDS[random.nextInt(FIELDS.length)])
          .append("\":")
          .append(node(secret, depth + 1));
    }
    return result.append('}').toString();
  }

  private String node(String secret, int depth) {
    return switch (random.nextInt(depth > 6 ? 6 : 9)) {
      case 0 -> "null";
      case 1 -> String.valueOf(random.nextInt());
      case 2 -> pick("1.5", "1e400", "-0", "123456789012345678901234567890", "true", "false");
      case 3, 4, 5 -> '"' + quoted(pick(WORDS)).replaceAll("[\u0000-\u001f]", "?") + '"';
      case 6 -> "[" + node(secret, depth + 1) + "," + object(secret, depth + 1) + "]";
      case 7 -> "{\"name\":\"p\",\"value\":\"" + quoted(secret) + "\"}";
      default -> object(secret, depth + 1);
    };
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }
}
