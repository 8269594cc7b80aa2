package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.observe.Scrape;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreProvider;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;
import run.algo.sdk.testkit.s3.S3RequestKind;

/** Records that refer to files, with a broker and a storage. */
@WithEmbeddedKafka
@Timeout(240)
class FileInputsIT {

  private static final Pipe<Payload> LINES = Pipe.payload("lines");
  private static final Pipe<String> WORDS = Pipe.text("words");
  private static final String BUCKET = "own.bucket";
  private static final String STRATEGY =
      "{\"strategy\":\"Simple\",\"steps\":[{\"index\":1,\"backoffDuration\":\"300ms\",\"repeat\":200}]}";

  @TempDir Path folder;

  private final EmbeddedS3 s3 = EmbeddedS3.start();
  private final FileStore store = store(BUCKET);
  private final List<Integer> attempts = new CopyOnWriteArrayList<>();
  private Deployment deployment;

  @BeforeEach
  void deploy(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, 1);
  }

  @AfterEach
  void stop() {
    store.close();
    s3.close();
  }

  private FileStore store(String bucket) {
    return ServiceLoader.load(FileStoreProvider.class)
        .findFirst()
        .orElseThrow()
        .open(s3.settings(bucket, Path.of("/input")));
  }

  /** A value. */
  public record Point(int x, int y) {}

  /** What an Algo does with a payload; the way is the name of the payload. */
  private String use(Payload payload, AlgoContext context) throws Exception {
    attempts.add(context.attempt());
    return switch (payload.name()) {
      case "stream" -> {
        try (InputStream in = payload.open()) {
          yield sha256(in.readAllBytes());
        }
      }
      case "path" -> {
        try (InputStream in = Files.newInputStream(payload.path())) {
          yield sha256(in.readAllBytes());
        }
      }
      case "json" -> payload.as(Codec.json(Point.class)).toString();
      default -> sha256(payload.bytes());
    };
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private AlgoRunner runner(FormKind form, String... more) {
    Map<String, String> environment = new HashMap<>(deployment.environment());
    environment.put("MC_HOST_algorun", s3.connectionString());
    environment.put("STORAGE_BUCKET_NAME", BUCKET);
    environment.put("ALGO_INPUT_DIR", folder.resolve("input").toString());
    environment.put("ALGO_METRICS_PORT", "0");
    environment.put("ALGO_METRICS_ADDRESS", "127.0.0.1");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return builder(form).environment(environment).build();
  }

  private AlgoRunnerBuilder builder(FormKind form) {
    return switch (form) {
      case SYNC -> {
        Algo<Payload, String> algo = this::use;
        yield AlgoRunner.builder().input(LINES, algo, WORDS);
      }
      case ASYNC -> {
        AsyncAlgo<Payload, String> algo =
            (payload, context) ->
                CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        return use(payload, context);
                      } catch (Exception e) {
                        throw new CompletionException(e);
                      }
                    });
        yield AlgoRunner.builder().asyncInput(LINES, algo, WORDS);
      }
      case BATCH -> {
        BatchAlgo<Payload, String> algo =
            records -> {
              for (BatchRecord<Payload, String> record : records) {
                try {
                  record.complete(use(record.value(), record.context()));
                } catch (Exception e) {
                  record.fail(e);
                }
              }
            };
        yield AlgoRunner.builder().batchInput(LINES, algo, WORDS);
      }
    };
  }

  private FileReference stored(String key, byte[] content) throws IOException {
    return store.write(FileTarget.of(key), content);
  }

  private static FileReference withoutDetails(FileReference reference) {
    return new FileReference(
        reference.host(),
        reference.bucket(),
        reference.file(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private void send(String way, byte[] value, boolean reference) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(deployment.in, 0, "k".getBytes(UTF_8), value);
    record.headers().add("fileName", way.getBytes(UTF_8));
    if (reference) {
      record.headers().add("messageDataType", "FileReference".getBytes(UTF_8));
    }
    deployment.probe.produceAll(List.of(record));
  }

  private List<String> outputs(int count) {
    return deployment.probe.readAll(deployment.out, count, Deployment.SOON).stream()
        .map(ConsumerRecord::value)
        .toList();
  }

  private ConsumerRecord<String, String> letter() {
    return deployment.probe.readAll(deployment.in + ".dlq", 1, Deployment.SOON).get(0);
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "-" : new String(header.value(), UTF_8);
  }

  private void assertNoFiles() {
    await()
        .atMost(Deployment.SOON)
        .untilAsserted(
            () -> {
              Path input = folder.resolve("input");
              if (Files.exists(input)) {
                assertThat(input).isEmptyDirectory();
              }
            });
  }

  @ParameterizedTest
  @EnumSource(FormKind.class)
  void payloadsAreReadInEachWayWhereverTheyLie(FormKind form) throws Exception {
    byte[] large = content(3 << 20);
    byte[] small = content(1000);
    byte[] json = "{\"x\":1,\"y\":2}".getBytes(UTF_8);
    FileReference largeFile = stored("large", large);
    List<String> expected = new ArrayList<>();
    for (String way : List.of("stream", "bytes", "path")) {
      send(way, largeFile.toJson(), true);
      send(way, withoutDetails(largeFile).toJson(), true);
      send(way, small, false);
      expected.addAll(List.of(sha256(large), sha256(large), sha256(small)));
    }
    send("json", stored("json", json).toJson(), true);
    send("json", json, false);
    expected.addAll(List.of("Point[x=1, y=2]", "Point[x=1, y=2]"));
    double values = 0;
    try (AlgoRunner runner = runner(form)) {
      runner.start();
      assertThat(outputs(expected.size())).containsExactlyElementsOf(expected);
      for (ConsumerRecord<String, String> record :
          deployment.probe.readAll(deployment.in, expected.size(), Deployment.SOON)) {
        values += record.serializedValueSize();
      }
      double files = 6.0 * large.length + json.length;
      double all = values + files;
      await()
          .atMost(Deployment.SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          scrape(runner)
                              .value(
                                  "algorunner_data_bytes_input_total",
                                  "input",
                                  "lines",
                                  "status",
                                  "ok"))
                      .isEqualTo(all));
    }
    assertNoFiles();
  }

  private static Scrape scrape(AlgoRunner runner) {
    try {
      return new Scrape(
          new String(
              URI.create("http://127.0.0.1:" + runner.metricsPort().orElseThrow() + "/metrics")
                  .toURL()
                  .openStream()
                  .readAllBytes(),
              UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "bytes", "path"})
  void aConnectionThatIsCutIsTakenUpAgain(String way) throws Exception {
    byte[] large = content(2 << 20);
    FileReference reference = stored("large", large);
    s3.addFault(S3Fault.cutResponse(700_000).on(S3RequestKind.GET_OBJECT).times(2));
    try (AlgoRunner runner = runner(FormKind.SYNC)) {
      runner.start();
      send(way, reference.toJson(), true);
      assertThat(outputs(1)).containsExactly(sha256(large));
    }
    assertThat(attempts).containsExactly(1);
    assertThat(s3.requests(S3RequestKind.GET_OBJECT)).isEqualTo(3);
    assertNoFiles();
  }

  @Test
  void aMissingFileAndAnotherDigestAreDeadLettersAtOnce() throws Exception {
    FileReference gone = stored("gone", content(10));
    store.delete(gone);
    FileReference other = stored("other", content(10));
    FileReference wrong =
        new FileReference(
            other.host(),
            other.bucket(),
            other.file(),
            OptionalLong.empty(),
            Optional.of("0".repeat(64)),
            Optional.empty());
    try (AlgoRunner runner = runner(FormKind.SYNC, "ALGO_RETRY_STRATEGY", STRATEGY)) {
      runner.start();
      send("bytes", gone.toJson(), true);
      send("path", wrong.toJson(), true);
      send("bytes", other.toJson(), true);
      assertThat(outputs(1)).containsExactly(sha256(content(10)));
      List<ConsumerRecord<String, String>> letters =
          deployment.probe.readAll(deployment.in + ".dlq", 2, Deployment.SOON);
      assertThat(letters)
          .hasSize(2)
          .allSatisfy(
              letter -> {
                assertThat(header(letter, "dlqReason")).isEqualTo("storage");
                assertThat(header(letter, "dlqAttempts")).isEqualTo("1");
                assertThat(header(letter, "messageDataType")).isEqualTo("FileReference");
              });
      assertThat(header(letters.get(0), "dlqExceptionMessage")).contains("gone");
      assertThat(header(letters.get(1), "dlqExceptionMessage")).contains("SHA-256");
    }
    assertThat(attempts).containsExactly(1, 1, 1);
    assertNoFiles();
  }

  @Test
  void storageThatIsDownIsWaitedForByTheRetryStrategy() throws Exception {
    byte[] content = content(1000);
    FileReference reference = stored("a", content);
    s3.stop();
    try (AlgoRunner runner =
        runner(FormKind.SYNC, "ALGO_RETRY_STRATEGY", STRATEGY, "ALGO_TIMEOUT", "1s")) {
      runner.start();
      send("bytes", reference.toJson(), true);
      await().atMost(Deployment.SOON).until(() -> attempts.size() >= 3);
      s3.restart();
      assertThat(outputs(1)).containsExactly(sha256(content));
    }
    assertThat(attempts).startsWith(1, 2, 3);
    assertNoFiles();
  }

  @Test
  void aBucketThatIsListedIsReadAndAnotherIsNot() throws Exception {
    try (FileStore listed = store("listed.bucket");
        FileStore other = store("other.bucket");
        AlgoRunner runner = runner(FormKind.SYNC, "ALGO_STORAGE_READ_BUCKETS", "listed.bucket")) {
      byte[] content = content(100);
      FileReference readable = listed.write(FileTarget.of("a"), content);
      FileReference forbidden = other.write(FileTarget.of("a"), content);
      runner.start();
      send("bytes", forbidden.toJson(), true);
      send("bytes", readable.toJson(), true);
      assertThat(outputs(1)).containsExactly(sha256(content));
      ConsumerRecord<String, String> letter = letter();
      assertThat(header(letter, "dlqReason")).isEqualTo("storage");
      assertThat(header(letter, "dlqExceptionMessage")).contains("ALGO_STORAGE_READ_BUCKETS");
    }
  }

  @Test
  void aClosingRunnerLeavesNoFiles() throws Exception {
    FileReference reference = stored("large", content(2 << 20));
    s3.addFault(S3Fault.delay(Duration.ofSeconds(60)).on(S3RequestKind.GET_OBJECT));
    try (AlgoRunner runner = runner(FormKind.SYNC, "ALGO_SHUTDOWN_TIMEOUT", "1s")) {
      runner.start();
      send("path", reference.toJson(), true);
      await().atMost(Deployment.SOON).until(() -> !attempts.isEmpty());
    }
    assertNoFiles();
    assertThat(deployment.committed(0)).isZero();
  }
}
