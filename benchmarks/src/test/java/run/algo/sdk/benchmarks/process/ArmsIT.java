package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** The rivals do the same: else a ratio says nothing. */
@WithEmbeddedKafka
class ArmsIT {

  private static final int RECORDS = 3_000;
  private static final int JSON_BYTES = 18_000;
  private static final Duration SOON = Duration.ofSeconds(60);

  private final EmbeddedKafka kafka;

  /** What all runs of a test took. */
  private long cpuNanos;

  ArmsIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @ParameterizedTest
  @CsvSource({
    "bytes:50, application/octet-stream",
    "json:200, application/json",
  })
  void allWriteTheBytesOfTheSdk(String values, String contentType) throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      Loader loader = loader(Values.parse(values), 3, "none");
      Load load = loader.fill(topics, TopicNames.unique("in"));
      Map<String, String> sdk = run(topics, loader, load, Arm.SDK_PARTITION);
      assertThat(sdk).hasSize(RECORDS);
      for (Arm arm : Arm.values()) {
        if (canRun(arm)) {
          assertThat(run(topics, loader, load, arm)).as(arm.label()).isEqualTo(sdk);
        }
      }
      assertThat(cpuNanos).isPositive();
      assertThat(sdk.values())
          .allSatisfy(
              text ->
                  assertThat(text)
                      .contains("traceID=", "fileName=", "messageDataType=")
                      .contains("contentType=" + contentType + "\n"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BARE", "SDK_PARTITION", "SDK_KEY", "STREAMS", "SPRING"})
  void inputAndOutputsAreCompressedAsRealJsonIs(Arm arm) throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      Loader loader = loader(new Values.JsonBytes(JSON_BYTES), 1, "lz4");
      Load load = loader.fill(topics, TopicNames.unique("in"));
      String output = TopicNames.unique("out");
      assertThat(run(topics, loader, load, arm, output)).hasSize(RECORDS);
      double bytes = (double) RECORDS * JSON_BYTES;
      assertThat(bytes / topics.bytes(load.topic())).isBetween(4.0, 6.0);
      assertThat(bytes / topics.bytes(output)).isBetween(4.0, 6.0);
    }
  }

  private static Loader loader(Values<?, ?> values, int partitions, String compression) {
    KeyDistribution keys = KeyDistribution.parse("zipf:40");
    return new Loader(RECORDS, values, partitions, keys, 5, compression);
  }

  /** Java 17 has no virtual threads, and the arm that is there already need not run again. */
  private static boolean canRun(Arm arm) {
    return arm != Arm.SDK_PARTITION
        && (arm != Arm.BARE_VTHREAD || Runtime.version().feature() >= 21);
  }

  /** Runs an arm as its process would, and returns its outputs by their source. */
  private Map<String, String> run(Topics topics, Loader loader, Load load, Arm arm)
      throws Exception {
    return run(topics, loader, load, arm, TopicNames.unique("out"));
  }

  private Map<String, String> run(Topics topics, Loader loader, Load load, Arm arm, String output)
      throws Exception {
    String group = TopicNames.unique("compare-test");
    topics.create(output, load.partitions());
    Map<String, String> environment =
        new HashMap<>(Environment.of(kafka.bootstrapServers(), load.topic(), output, group));
    environment.put("KAFKA_PRODUCER_COMPRESSION_TYPE", loader.compression());
    // One of the arms tells that the meter begins where it is told to.
    int warmUp = arm == Arm.SDK_KEY ? 1 : ArmMain.WARM_UP_PERCENT;
    environment.put(Environment.WARM_UP_PERCENT, Integer.toString(warmUp));
    Job job = new Job(loader.values(), new Work.None());
    Measured measured = ArmMain.run(arm, load.records(), job, environment);
    assertThat(measured.records()).isEqualTo(RECORDS - ArmMain.warmUp(RECORDS, warmUp));
    assertThat(measured.recordsPerSecond()).isPositive();
    // The operating system counts processor time in steps, of which a short run may see none.
    cpuNanos += measured.usage().cpuNanos();
    assertThat(measured.bytesPerRecord()).isPositive();
    Verifier verifier = new Verifier(load, arm);
    assertThat(verifier.judge(topics, output)).isEmpty();
    assertThat(verifier.duplicates()).isZero();
    assertThat(verifier.transactions() > 0).isEqualTo(arm.exactlyOnce());
    assertThat(topics.committed(group, load.topic())).isEqualTo(RECORDS);
    Map<String, String> outputs = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record :
        kafka.probe().readAllBytes(output, RECORDS, SOON)) {
      outputs.put(text(record.headers().lastHeader("fileName").value()), describe(record));
    }
    return outputs;
  }

  /** Partition, key, value and headers; not the timestamp, which is the client's clock. */
  private static String describe(ConsumerRecord<byte[], byte[]> record) {
    List<String> parts = new ArrayList<>();
    parts.add(record.partition() + " " + text(record.key()) + " " + text(record.value()));
    for (Header header : record.headers()) {
      parts.add(header.key() + "=" + text(header.value()));
    }
    return String.join("\n", parts);
  }

  /** One character a byte. */
  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }
}
