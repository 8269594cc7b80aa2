package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.Delivery;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.storage.S3FileStoreProvider;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;
import run.algo.sdk.testkit.s3.S3RequestKind;

/** Outputs in storage, with brokers and S3. */
@WithEmbeddedKafka
@Timeout(180)
class FileOutputsIT {

  private static final String BUCKET = "outputs";
  private static final Pipe<String> LINES = Pipe.text("lines");
  private static final Pipe<byte[]> WORDS = Pipe.bytes("words");
  private static final int PART = FileStoreOptions.DEFAULTS.partSize();

  /** What is hard to keep in a key, in a header, in a URL or in a path. */
  private static final List<String> NAMES =
      List.of(
          "plain.bin",
          "with some  spaces .txt",
          "a/b/../c\\d",
          "..",
          "\u00fcml\u00e4ut \ud83d\ude00 \u65e5\u672c\u8a9e.png",
          "a+b%20c?d=e&f#g;h:i@j'k\"l*m<n>o|p",
          "n".repeat(1024) + ".tar.gz",
          "\ud83d\ude00".repeat(256),
          "line\nbreak\u0000zero");

  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3 = EmbeddedS3.start();
  private FileStore store;

  @TempDir Path folder;

  FileOutputsIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void open() {
    store = new S3FileStoreProvider().open(s3.settings(BUCKET, folder));
  }

  @AfterEach
  void close() {
    List<String> left = s3.openUploads(BUCKET);
    store.close();
    s3.close();
    assertThat(left).as("parts left behind").isEmpty();
  }

  private Map<String, String> environment(Deployment deployment, Delivery delivery) {
    Map<String, String> environment = deployment.environment();
    environment.put("MC_HOST_algorun", s3.connectionString());
    environment.put("STORAGE_BUCKET_NAME", BUCKET);
    environment.put("ALGO_DELIVERY", delivery.wireName());
    environment.put("ALGO_INPUT_DIR", folder.toString());
    return environment;
  }

  /** The record says how many bytes of which seed are wanted, and the name. */
  private static void produce(Deployment deployment, int size, String name) {
    deployment.probe.produce(
        KafkaProbe.record(deployment.in, 0, "k", size + " " + size % 97 + " " + name));
  }

  /** Streams what the record asks for, and returns nothing. */
  private static class Writer implements Algo<String, Void> {
    final AtomicInteger executions = new AtomicInteger();

    @Override
    public Void run(String text, AlgoContext context) throws Exception {
      executions.incrementAndGet();
      String[] command = text.split(" ", 3);
      try (OutputStream out = context.openOutput(WORDS, command[2])) {
        write(Integer.parseInt(command[0]), Long.parseLong(command[1]), out);
      }
      return null;
    }
  }

  /** Returns what the record asks for. */
  private static final class Returner implements Algo<String, byte[]> {
    @Override
    public byte[] run(String text, AlgoContext context) {
      String[] command = text.split(" ", 3);
      return bytes(Integer.parseInt(command[0]), Long.parseLong(command[1]));
    }
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void write(int size, long seed, OutputStream out) throws IOException {
    Random random = new Random(seed);
    byte[] block = new byte[8192];
    for (int left = size; left > 0; left -= block.length) {
      random.nextBytes(block);
      out.write(block, 0, Math.min(left, block.length));
    }
  }

  private static String sha256(int size, long seed) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    write(size, seed, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private FileReference reference(ConsumerRecord<byte[], byte[]> record) {
    assertThat(header(record, "messageDataType")).isEqualTo("FileReference");
    assertThat(record.headers().headers("messageDataType")).hasSize(1);
    return FileReference.parse(record.value());
  }

  private byte[] content(ConsumerRecord<byte[], byte[]> record) throws IOException {
    try (InputStream in = store.read(reference(record))) {
      return in.readAllBytes();
    }
  }

  /** Reads it from storage, where reading verifies what the reference says. */
  private void assertFile(ConsumerRecord<byte[], byte[]> record, int size) throws Exception {
    FileReference reference = reference(record);
    assertThat(reference.size()).hasValue(size);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(store.read(reference), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(sha256(size, size % 97));
  }

  private static List<ConsumerRecord<byte[], byte[]>> outputs(Deployment deployment, int count) {
    return deployment.probe.readAllBytes(deployment.out, count, Deployment.SOON);
  }

  private static void awaitCommitted(Deployment deployment, long records) {
    await("committed").atMost(Deployment.SOON).until(() -> deployment.committed(0) >= records);
  }

  private AlgoRunner start(Map<String, String> environment, Algo<String, Void> algo) {
    AlgoRunner runner =
        AlgoRunner.builder().input(LINES, algo).output(WORDS).environment(environment).build();
    runner.start();
    return runner;
  }

  private AlgoRunner start(Map<String, String> environment) {
    AlgoRunner runner =
        AlgoRunner.builder().input(LINES, new Returner(), WORDS).environment(environment).build();
    runner.start();
    return runner;
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void filesOfAnySizeAndName(Delivery delivery) throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    Map<String, Integer> sizes = new TreeMap<>();
    int[] wanted = {0, 1, PART - 1, PART, PART + 1, 20 * 1024 * 1024};
    for (int size : wanted) {
      sizes.put("size " + size, size);
    }
    NAMES.forEach(name -> sizes.put(name, 1_000));
    sizes.forEach((name, size) -> produce(deployment, size, name));
    try (AlgoRunner runner = start(environment(deployment, delivery), new Writer())) {
      List<ConsumerRecord<byte[], byte[]>> outputs = outputs(deployment, sizes.size());
      assertThat(outputs).hasSize(sizes.size());
      for (ConsumerRecord<byte[], byte[]> output : outputs) {
        assertFile(output, sizes.remove(header(output, "fileName")));
      }
      awaitCommitted(deployment, wanted.length + NAMES.size());
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(sizes).isEmpty();
    assertThat(store.list("", "")).hasSize(wanted.length + NAMES.size());
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void anStorageThatOftenFailsIsTriedUntilItTakesAll(Delivery delivery) throws Exception {
    s3.addFault(
        S3Fault.error(503)
            .on(
                S3RequestKind.PUT_OBJECT,
                S3RequestKind.CREATE_UPLOAD,
                S3RequestKind.UPLOAD_PART,
                S3RequestKind.COMPLETE_UPLOAD)
            .rate(0.3));
    Deployment deployment = new Deployment(kafka, 1);
    int[] sizes = {1, 10_000, 2 * PART + 1, 20_000, 30_000, PART + 1, 40_000, 50_000};
    for (int size : sizes) {
      produce(deployment, size, "file" + size);
    }
    Writer writer = new Writer();
    try (AlgoRunner runner = start(environment(deployment, delivery), writer)) {
      List<ConsumerRecord<byte[], byte[]>> outputs = outputs(deployment, sizes.length);
      for (int i = 0; i < sizes.length; i++) {
        assertFile(outputs.get(i), sizes[i]);
      }
      awaitCommitted(deployment, sizes.length);
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(writer.executions)
        .as("the store tries again, not the record")
        .hasValue(sizes.length);
  }

  @Test
  void anStorageThatIsDownForLongerThanTheDeadlineIsTheRetryStrategys() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    produce(deployment, 1_000, "late");
    Map<String, String> environment = environment(deployment, Delivery.AT_LEAST_ONCE);
    environment.put("ALGO_TIMEOUT", "1s");
    environment.put(
        "ALGO_RETRY_STRATEGY",
        """
        {"strategy":"Simple","steps":[{"index":1,"backoffDuration":"500ms","repeat":100}]}""");
    s3.stop();
    Writer writer = new Writer();
    try (AlgoRunner runner = start(environment, writer)) {
      await("a second try").atMost(Deployment.SOON).until(() -> writer.executions.get() >= 2);
      s3.restart();
      assertFile(outputs(deployment, 1).get(0), 1_000);
      awaitCommitted(deployment, 1);
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(store.list("", "")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void whatTheClientRefusesGoesByReference(Delivery delivery) throws Exception {
    whatIsTooLargeGoesByReference(delivery, 3_000_000, Map.of());
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void whatTheBrokerRefusesGoesByReference(Delivery delivery) throws Exception {
    whatIsTooLargeGoesByReference(delivery, 200_000, Map.of("max.message.bytes", "100000"));
  }

  /** With compression nothing is measured before it is sent. */
  private void whatIsTooLargeGoesByReference(
      Delivery delivery, int large, Map<String, String> topic) throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    String out = deployment.out + "-limited";
    kafka.createTopic(out, 1, topic);
    int records = 50;
    for (int i = 0; i < records; i++) {
      produce(deployment, i % 10 == 5 ? large : 1_000, "file" + i);
    }
    Map<String, String> environment = environment(deployment, delivery);
    environment.put("KAFKA_OUTPUT_TOPIC_WORDS", out);
    environment.put("KAFKA_PRODUCER_COMPRESSION_TYPE", "gzip");
    environment.put("ALGO_OVERSIZE", "reference");
    environment.put("ALGO_ORDERING", "unordered");
    try (AlgoRunner runner = start(environment)) {
      List<ConsumerRecord<byte[], byte[]>> outputs =
          deployment.probe.readAllBytes(out, records, Deployment.SOON);
      awaitCommitted(deployment, records);
      assertThat(runner.notReady()).isEmpty();
      int references = 0;
      for (ConsumerRecord<byte[], byte[]> output : outputs) {
        if (header(output, "messageDataType").equals("FileReference")) {
          assertThat(content(output)).isEqualTo(bytes(large, large % 97));
          references++;
        } else {
          assertThat(output.value()).isEqualTo(bytes(1_000, 1_000 % 97));
        }
      }
      assertThat(references).isEqualTo(records / 10);
      assertThat(outputs).hasSize(records);
    }
    assertThat(store.list("", "")).hasSize(records / 10);
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void aDeadLetterThatIsTooLargeGoesByReference(Delivery delivery) throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    String letters = deployment.in + ".dlq";
    kafka.createTopic(letters, 1, Map.of("max.message.bytes", "20000"));
    String large = "not a number " + HexFormat.of().formatHex(bytes(50_000, 1));
    deployment.probe.produce(KafkaProbe.record(deployment.in, 0, "k", "not a number either"));
    deployment.probe.produce(KafkaProbe.record(deployment.in, 0, "k", large));
    Map<String, String> environment = environment(deployment, delivery);
    environment.put("ALGO_OVERSIZE", "reference");
    try (AlgoRunner runner = start(environment)) {
      List<ConsumerRecord<byte[], byte[]>> dead =
          deployment.probe.readAllBytes(letters, 2, Deployment.SOON);
      awaitCommitted(deployment, 2);
      assertThat(new String(dead.get(0).value(), UTF_8)).isEqualTo("not a number either");
      assertThat(new String(content(dead.get(1)), UTF_8)).isEqualTo(large);
      assertThat(header(dead.get(1), "dlqReason")).isEqualTo("algo");
      assertThat(header(dead.get(1), "dlqStackTrace")).contains("NumberFormatException");
      assertThat(runner.notReady()).isEmpty();
    }
    assertThat(store.list("", ""))
        .singleElement()
        .satisfies(file -> assertThat(file.key()).contains("/dead-letter-0-"));
  }
}
