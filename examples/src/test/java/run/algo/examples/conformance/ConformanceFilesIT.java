package run.algo.examples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;
import run.algo.sdk.testkit.s3.S3RequestKind;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rows {@code file} and {@code read}: what one process writes by reference another reads. */
class ConformanceFilesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Too much for one part of an upload. */
  private static final long PARTS = 20 << 20;

  private static EmbeddedKafka kafka;
  private static EmbeddedS3 s3;

  @TempDir Path folder;

  /** A file that is commanded; its trace tells it. */
  private record Wanted(String trace, long bytes, long seed, String name) {

    String command() {
      ObjectNode json = JSON.createObjectNode();
      json.put("id", trace).put("op", "file").put("bytes", bytes).put("seed", seed);
      return (name == null ? json : json.put("name", name)).toString();
    }

    String sha256() {
      return StoredFiles.expectedSha256(seed, bytes);
    }
  }

  private static final List<Wanted> WANTED =
      List.of(
          new Wanted("empty", 0, 1, "empty.bin"),
          new Wanted("one", 1, 2, "with spaces in it.bin"),
          new Wanted("block-less-one", 8191, 3, "a/b/c.bin"),
          new Wanted("block", 8192, -4, "größe €\uD83D\uDE00.bin"),
          new Wanted("block-and-one", 8193, 5, "../../up"),
          new Wanted("same name", 100, 6, "empty.bin"),
          new Wanted("parts", PARTS, 7, null));

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    s3 = EmbeddedS3.start();
  }

  @AfterEach
  void clear() {
    s3.clearFaults();
  }

  @AfterAll
  static void stop() {
    s3.close();
    kafka.close();
  }

  @ParameterizedTest
  @CsvSource({"CONFORMANCE_ASYNC, false", "CONFORMANCE_ASYNC, true", "CONFORMANCE_BATCH, 4"})
  void whatOneWritesAnotherReads(String variable, String value) {
    Deployment deployment =
        Deployment.createWithFiles(
            kafka, ("files-" + variable.replace('_', '-') + value).toLowerCase(Locale.ROOT), 1);
    write(deployment, Map.of(variable, value));
    read(deployment, Map.of(variable, value));
  }

  private void write(Deployment deployment, Map<String, String> form) {
    Map<String, String> environment = deployment.environment("writer", s3);
    environment.putAll(form);
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady();
        StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
      kafka.probe().produceAll(commands(deployment, WANTED));
      awaitCommitted(deployment.group(), deployment.commands(), WANTED.size());
      terminate(algo);

      assertNone(deployment.deadLetters());
      Map<String, JsonNode> results = byTrace(deployment.results(), WANTED.size());
      Map<String, ConsumerRecord<byte[], byte[]>> files =
          kafka.probe().readAllBytes(deployment.files(), WANTED.size(), PATIENCE).stream()
              .collect(Collectors.toMap(file -> header(file, "traceID"), Function.identity()));
      for (Wanted wanted : WANTED) {
        JsonNode result = results.get(wanted.trace());
        assertThat(result.get("op").asString()).isEqualTo("file");
        assertThat(result.get("id").asString()).isEqualTo(wanted.trace());
        assertThat(result.get("bytes").asLong()).isEqualTo(wanted.bytes());
        assertThat(result.get("sha256").asString()).as(wanted.trace()).isEqualTo(wanted.sha256());
        ConsumerRecord<byte[], byte[]> file = files.get(wanted.trace());
        assertThat(stored.sha256(file.value())).isEqualTo(wanted.sha256());
        assertThat(header(file, "messageDataType")).isEqualTo("FileReference");
        assertThat(header(file, "fileName"))
            .isEqualTo(wanted.name() == null ? "file.bin" : wanted.name());
      }
      assertThat(files).hasSameSizeAs(WANTED);
      assertThat(stored.keys()).hasSameSizeAs(WANTED);
      assertThat(stored.openUploads()).isEmpty();
    }
  }

  private void read(Deployment deployment, Map<String, String> form) {
    Map<String, String> environment = deployment.readerEnvironment("reader", s3);
    environment.putAll(form);
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady()) {
      awaitCommitted(deployment.readerGroup(), deployment.files(), WANTED.size());
      terminate(algo);
    }
    assertNone(deployment.readerDeadLetters());
    Map<String, JsonNode> results = byTrace(deployment.readResults(), WANTED.size());
    assertThat(results).hasSameSizeAs(WANTED);
    for (Wanted wanted : WANTED) {
      JsonNode result = results.get(wanted.trace());
      assertThat(result.propertyNames())
          .containsExactly(
              "id",
              "op",
              "n",
              "attempt",
              "traceId",
              "key",
              "partition",
              "offset",
              "timestampMs",
              "startedMs",
              "contentType",
              "parameters",
              "instance",
              "bytes",
              "sha256",
              "fileName");
      assertThat(result.get("id").asString()).isEqualTo(wanted.trace());
      assertThat(result.get("op").asString()).isEqualTo("read");
      assertThat(result.get("instance").asString()).isEqualTo("reader");
      assertThat(result.get("bytes").asLong()).isEqualTo(wanted.bytes());
      assertThat(result.get("sha256").asString()).as(wanted.trace()).isEqualTo(wanted.sha256());
      assertThat(result.get("fileName").asString())
          .isEqualTo(wanted.name() == null ? "file.bin" : wanted.name());
      assertThat(result.get("contentType").asString()).isEqualTo("application/octet-stream");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileThatFailsHalfWayIsOneObjectOrNone(boolean async) {
    Deployment deployment = Deployment.createWithFiles(kafka, "half-" + async, 1);
    Map<String, String> environment = deployment.environment("one", s3);
    environment.put("CONFORMANCE_ASYNC", Boolean.toString(async));
    environment.put(
        "ALGO_RETRY_STRATEGY",
        "{\"strategy\":\"Simple\",\"steps\":["
            + "{\"index\":1,\"backoffDuration\":\"10ms\",\"repeat\":2}]}");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady();
        StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
      kafka
          .probe()
          .produceAll(
              deployment.commands(),
              List.of(
                  file("again", 2, ",\"times\":2,\"name\":\"x\""),
                  file("never", 3, ",\"times\":3,\"name\":\"x\"")));
      awaitCommitted(deployment.group(), deployment.commands(), 2);
      terminate(algo);

      List<ConsumerRecord<byte[], byte[]>> files =
          kafka.probe().readAllBytes(deployment.files(), 1, PATIENCE);
      assertThat(files).hasSize(1);
      assertThat(stored.sha256(files.get(0).value()))
          .isEqualTo(StoredFiles.expectedSha256(2, PARTS));
      assertThat(stored.keys()).hasSize(1);
      assertThat(stored.openUploads()).isEmpty();
      assertThat(kafka.probe().readAll(deployment.results(), 1, PATIENCE))
          .singleElement()
          .satisfies(
              result ->
                  assertThat(JSON.readTree(result.value()).get("attempt").asInt()).isEqualTo(3));
      assertThat(kafka.probe().readAll(deployment.deadLetters(), 1, PATIENCE))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(header(letter, "dlqReason")).isEqualTo("algo");
                assertThat(header(letter, "dlqAttempts")).isEqualTo("3");
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"CONFORMANCE_ASYNC, false", "CONFORMANCE_ASYNC, true", "CONFORMANCE_BATCH, 4"})
  void hostileReferencesAreDeadLetters(String variable, String value) throws Exception {
    Deployment deployment =
        Deployment.createWithFiles(
            kafka, ("hostile-" + variable.replace('_', '-') + value).toLowerCase(Locale.ROOT), 1);
    s3.createBucket("acme.other");
    String host = s3.endpoint().getAuthority();
    List<String> hostile =
        List.of(
            reference("evil.example:80", deployment.bucket(), "good"),
            reference(host + "@evil.example", deployment.bucket(), "good"),
            reference(host, "acme.other", "good"),
            reference(host, deployment.bucket(), "../acme.other/good"),
            reference(host, deployment.bucket(), "/etc/passwd"),
            reference(host, deployment.bucket(), "a\\u0000b"),
            reference(host, deployment.bucket(), "missing"),
            "{\"host\":\"" + host + "\"}",
            "{\"host\":",
            "[]",
            "null",
            "x".repeat(500_000));
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
      stored.store().write("good", new ByteArrayInputStream("fine".getBytes(UTF_8)));
    }
    String good = reference(host, deployment.bucket(), "good");
    for (String bad : hostile) {
      records.add(referring(deployment, bad));
      records.add(referring(deployment, good));
    }
    Map<String, String> environment = deployment.readerEnvironment("reader", s3);
    environment.put(variable, value);
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady()) {
      kafka.probe().produceAll(records);
      awaitCommitted(deployment.readerGroup(), deployment.files(), records.size());
      terminate(algo);
    }
    assertThat(kafka.probe().readAll(deployment.readResults(), hostile.size(), PATIENCE))
        .hasSameSizeAs(hostile)
        .allSatisfy(
            result -> assertThat(JSON.readTree(result.value()).get("bytes").asInt()).isEqualTo(4));
    assertThat(kafka.probe().readAll(deployment.readerDeadLetters(), hostile.size(), PATIENCE))
        .hasSameSizeAs(hostile)
        .allSatisfy(letter -> assertThat(header(letter, "dlqReason")).isEqualTo("storage"))
        .extracting(ConsumerRecord::value)
        .containsExactlyElementsOf(hostile);
  }

  @Test
  void aLongUploadIsFinishedOnSigterm() {
    Deployment deployment = Deployment.createWithFiles(kafka, "sigterm-drains", 1);
    try (AlgoProcess algo =
            AlgoProcess.start(folder, deployment.environment("one", s3)).awaitReady();
        StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
      s3.addFault(S3Fault.delay(Duration.ofMillis(300)).on(S3RequestKind.UPLOAD_PART));
      terminateAt(S3RequestKind.UPLOAD_PART, algo, deployment);

      List<ConsumerRecord<byte[], byte[]>> files =
          kafka.probe().readAllBytes(deployment.files(), 1, PATIENCE);
      assertThat(files).hasSize(1);
      assertThat(stored.sha256(files.get(0).value()))
          .isEqualTo(StoredFiles.expectedSha256(5, PARTS));
      assertThat(committed(deployment)).isEqualTo(1);
      assertThat(stored.keys()).hasSize(1);
      assertThat(stored.openUploads()).isEmpty();
    }
  }

  @Test
  void anUploadThatCannotBeFinishedLeavesNothingBehind() {
    Deployment deployment = Deployment.createWithFiles(kafka, "sigterm-aborts", 1);
    Map<String, String> environment = deployment.environment("one", s3);
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "500ms");
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady();
        StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
      // All parts are there, and the last request is refused for as long as it is tried.
      s3.addFault(S3Fault.error(503).on(S3RequestKind.COMPLETE_UPLOAD));
      terminateAt(S3RequestKind.COMPLETE_UPLOAD, algo, deployment);

      assertNone(deployment.files());
      assertNone(deployment.results());
      assertNone(deployment.deadLetters());
      assertThat(committed(deployment)).isZero();
      assertThat(stored.openUploads()).as("standard error is %s", algo.err()).isEmpty();
      assertThat(stored.keys()).isEmpty();
    }
  }

  /** Commands a file, sends SIGTERM when such a request arrives, and waits for the end. */
  private static void terminateAt(S3RequestKind kind, AlgoProcess algo, Deployment deployment) {
    long before = s3.requests(kind);
    kafka.probe().produceAll(deployment.commands(), List.of(file("long", 5, "")));
    await().atMost(PATIENCE).until(() -> s3.requests(kind) > before);
    terminate(algo);
  }

  private static String file(String id, long seed, String more) {
    return "{\"id\":\"%s\",\"op\":\"file\",\"bytes\":%d,\"seed\":%d%s}"
        .formatted(id, PARTS, seed, more);
  }

  private static List<ProducerRecord<byte[], byte[]>> commands(
      Deployment deployment, List<Wanted> wanted) {
    return wanted.stream()
        .map(
            one ->
                KafkaProbe.record(
                    deployment.commands(),
                    0,
                    null,
                    one.command(),
                    KafkaProbe.header("traceID", one.trace())))
        .toList();
  }

  private static String reference(String host, String bucket, String file) {
    return "{\"host\":\"" + host + "\",\"bucket\":\"" + bucket + "\",\"file\":\"" + file + "\"}";
  }

  private static ProducerRecord<byte[], byte[]> referring(Deployment deployment, String value) {
    return KafkaProbe.record(
        deployment.files(), 0, null, value, KafkaProbe.header("messageDataType", "FileReference"));
  }

  private static void awaitCommitted(String group, String topic, long offset) {
    kafka.probe().awaitCommittedOffset(group, new TopicPartition(topic, 0), offset, PATIENCE);
  }

  private static long committed(Deployment deployment) {
    return kafka
        .probe()
        .committedOffset(deployment.group(), new TopicPartition(deployment.commands(), 0))
        .orElse(0);
  }

  private static void terminate(AlgoProcess algo) {
    algo.terminate();
    assertThat(algo.awaitExit()).as("exit code; standard error is %s", algo.err()).isZero();
  }

  private static void assertNone(String topic) {
    assertThat(kafka.probe().readAll(topic, 0, PATIENCE)).as(topic).isEmpty();
  }

  private static Map<String, JsonNode> byTrace(String topic, int count) {
    return kafka.probe().readAll(topic, count, PATIENCE).stream()
        .map(result -> JSON.readTree(result.value()))
        .collect(Collectors.toMap(r -> r.get("traceId").asString(), Function.identity()));
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }
}
