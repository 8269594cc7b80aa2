package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.Listener;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.s3.EmbeddedS3;

/**
 * A real runner that has something of every trouble, in numbers that are known:
 *
 * <ul>
 *   <li>of {@code orders}, five are written and three wait ten minutes in a retry topic
 *   <li>of {@code events}, two are written; one of key a and one of key b have failed and are
 *       parked for an hour, with two more of key a behind
 *   <li>of {@code bills}, two want to be written to a topic that refuses: the partition is halted
 *   <li>of {@code jobs}, one is written, one hangs, and one waits behind it
 *   <li>of {@code files}, one is written to storage, and one asks for a file that is not there
 *   <li>of {@code later}, nothing comes; its failures wait for {@link #SOON}
 * </ul>
 */
final class TroubledRun implements AutoCloseable {

  /** How long a failed record of {@code later} waits. */
  static final String SOON = "10s";

  private static final String USER = "algo";
  private static final String PASSWORD = "algo-secret";
  private static final String BUCKET = "troubles";
  private static final List<String> INPUTS =
      List.of("orders", "events", "bills", "jobs", "files", "later");

  private final EmbeddedKafka kafka =
      EmbeddedKafka.builder().authorizer().saslPlain(USER, PASSWORD).start();
  private final EmbeddedS3 s3 = EmbeddedS3.start();
  private final CountDownLatch end = new CountDownLatch(1);
  final String group = TopicNames.unique("algorun-test");
  final Map<String, String> topics = new HashMap<>();
  final KafkaProbe probe = kafka.probe();
  final AlgoRunner runner;

  TroubledRun(Path folder) {
    INPUTS.forEach(this::topic);
    topic("good");
    topic("refused");
    deny(topics.get("refused"));
    s3.createBucket(BUCKET);
    runner = build(folder);
    runner.start();
    produce();
  }

  private void topic(String name) {
    topics.put(name, TopicNames.unique(name));
    kafka.createTopic(topics.get(name), 1);
  }

  private void deny(String topic) {
    try (Admin admin = Admin.create(kafka.adminProperties())) {
      admin
          .createAcls(
              List.of(
                  rule(topic, "User:*", AclOperation.ALL, AclPermissionType.ALLOW),
                  rule(topic, "User:" + USER, AclOperation.WRITE, AclPermissionType.DENY)))
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static AclBinding rule(
      String topic, String principal, AclOperation operation, AclPermissionType type) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry(principal, "*", operation, type));
  }

  private AlgoRunner build(Path folder) {
    Pipe<String> good = Pipe.text("good");
    Pipe<String> refused = Pipe.text("refused");
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers(Listener.SASL_PLAINTEXT));
    environment.put("KAFKA_AUTH_TYPE", "plain");
    environment.put("KAFKA_AUTH_USERNAME", USER);
    environment.put("KAFKA_AUTH_PASSWORD", PASSWORD);
    environment.put("KAFKA_OUTPUT_TOPIC_GOOD", topics.get("good"));
    environment.put("KAFKA_OUTPUT_TOPIC_REFUSED", topics.get("refused"));
    environment.put("MC_HOST_algorun", s3.connectionString());
    environment.put("STORAGE_BUCKET_NAME", BUCKET);
    environment.put("ALGO_INPUT_DIR", folder.toString());
    environment.put("ALGO_RUNNER_CONFIG", config());
    environment.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    environment.put("ALGO_COMMIT_INTERVAL", "50ms");
    environment.put("ALGO_STUCK_AFTER", "1s");
    environment.put("ALGO_HEALTH_GRACE", "1h");
    environment.put("ALGO_CONCURRENCY", "4");
    return AlgoRunner.builder()
        .input(Pipe.text("orders"), new Moody(), good)
        .input(Pipe.text("events"), new Moody(), good)
        .input(Pipe.text("bills"), new Moody(), refused)
        .input(Pipe.text("jobs"), new Hanging(), good)
        .input(Pipe.payload("files"), new Filing(), good)
        .input(Pipe.text("later"), new Moody(), good)
        .environment(environment)
        .groupId(group)
        .metricsPort(0)
        .build();
  }

  /** Each input comes from a component of its own, and has its own retries where it has any. */
  private String config() {
    List<String> pipes = new ArrayList<>();
    List<String> entries = new ArrayList<>();
    for (String input : INPUTS) {
      pipes.add(
          """
          {"sourceName":"shop","sourceOutputName":"%s","destName":"acme/mixed:1[0]",\
          "destInputName":"%s"}"""
              .formatted(input, input));
      entries.add(
          """
          "shop|%s":{"outputName":"%s","topicName":"%s"%s}"""
              .formatted(input, input, topics.get(input), retries(input)));
    }
    return """
        {"deploymentOwner":"acme","deploymentName":"test","pipelineOwner":"acme",
         "pipelineName":"line","owner":"acme","name":"mixed","version":"1","index":0,
         "retryEnabled":true,
         "pipes":[%s],"topics":{%s}}
        """
        .formatted(String.join(",", pipes), String.join(",", entries));
  }

  private static String retries(String input) {
    return switch (input) {
      case "orders" -> strategy("RetryTopics", 1, "10m", 2);
      case "events" -> strategy("StatefulOrdered", 2, "1h", 3);
      case "later" -> strategy("RetryTopics", 3, SOON, 1);
      default -> "";
    };
  }

  private static String strategy(String kind, int index, String backoff, int repeat) {
    return """
        ,"overrideRetryStrategy":true,"retryStrategy":{"strategy":"%s",\
        "steps":[{"index":%d,"backoffDuration":"%s","repeat":%d}]}"""
        .formatted(kind, index, backoff, repeat);
  }

  private void produce() {
    for (String text : List.of("a", "fail 1", "b", "fail 2", "c", "fail 3", "d", "e")) {
      probe.produce(topics.get("orders"), text, text);
    }
    probe.produce(topics.get("events"), "a", "fail");
    probe.produce(topics.get("events"), "c", "one");
    probe.produce(topics.get("events"), "a", "two");
    probe.produce(topics.get("events"), "a", "three");
    probe.produce(topics.get("events"), "b", "fail");
    probe.produce(topics.get("events"), "c", "four");
    probe.produce(topics.get("bills"), "k", "one");
    probe.produce(topics.get("bills"), "k", "two");
    for (String text : List.of("one", "hang", "behind")) {
      probe.produce(topics.get("jobs"), "k", text);
    }
    probe.produce(topics.get("files"), "k", "content");
    String missing =
        "{\"host\":\"%s\",\"bucket\":\"%s\",\"file\":\"nowhere\"}"
            .formatted(s3.endpoint().getAuthority(), BUCKET);
    probe.produce(
        KafkaProbe.record(
            topics.get("files"),
            0,
            "k",
            missing,
            KafkaProbe.header("messageDataType", "FileReference")));
  }

  /** Has one record of {@code later} fail. */
  void failLater() {
    probe.produce(topics.get("later"), "k", "fail");
  }

  /** Lets the record that hangs go on. */
  void release() {
    end.countDown();
  }

  String url() {
    return "http://127.0.0.1:" + runner.metricsPort().orElseThrow() + "/";
  }

  /** The name of a topic of retries or of parked records. */
  String companion(String input, String suffix) {
    return (topics.get(input) + "." + suffix).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    end.countDown();
    runner.close();
    probe.close();
    s3.close();
    kafka.close();
  }

  /** Fails on what begins with "fail". */
  private static final class Moody implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      if (text.startsWith("fail")) {
        throw new IllegalStateException("as it was told");
      }
      return text;
    }
  }

  /** Hangs on "hang". */
  private final class Hanging implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      if (text.equals("hang")) {
        end.await();
      }
      return text;
    }
  }

  /** Reads the whole, and writes it to storage. */
  private static final class Filing implements Algo<Payload, String> {
    @Override
    public String run(Payload payload, AlgoContext context) throws Exception {
      byte[] content = payload.bytes();
      try (OutputStream out = context.openOutput(Pipe.text("good"), "copy.txt")) {
        out.write(content);
      }
      return new String(content, UTF_8);
    }
  }
}
