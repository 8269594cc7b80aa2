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
import org.junit.jupiter.api.Test;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** The rivals do the same: else a ratio says nothing. */
@WithEmbeddedKafka
class ArmsIT {

  private static final int RECORDS = 3_000;
  private static final Duration SOON = Duration.ofSeconds(60);

  private final EmbeddedKafka kafka;

  ArmsIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @Test
  void allWriteTheBytesOfTheSdk() throws Exception {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      Loader loader = new Loader(RECORDS, 50, 3, KeyDistribution.parse("zipf:40"), 5);
      Load load = loader.fill(topics, TopicNames.unique("in"));
      Map<String, String> sdk = run(topics, load, Arm.SDK_PARTITION);
      assertThat(sdk).hasSize(RECORDS);
      for (Arm arm : Arm.values()) {
        if (canRun(arm)) {
          assertThat(run(topics, load, arm)).as(arm.label()).isEqualTo(sdk);
        }
      }
      assertThat(sdk.values())
          .allSatisfy(
              text ->
                  assertThat(text)
                      .contains("traceID=", "contentType=", "fileName=", "messageDataType="));
    }
  }

  /** Java 17 has no virtual threads, and the arm that is there already need not run again. */
  private static boolean canRun(Arm arm) {
    return arm != Arm.SDK_PARTITION
        && (arm != Arm.BARE_VTHREAD || Runtime.version().feature() >= 21);
  }

  /** Runs an arm as its process would, and returns its outputs by their source. */
  private Map<String, String> run(Topics topics, Load load, Arm arm) throws Exception {
    String output = TopicNames.unique("out");
    String group = TopicNames.unique("compare-test");
    topics.create(output, load.partitions());
    Map<String, String> environment =
        new HashMap<>(Environment.of(kafka.bootstrapServers(), load.topic(), output, group));
    Measured measured = ArmMain.run(arm, load.records(), new Work.None(), environment);
    assertThat(measured.records()).isEqualTo(RECORDS / 3);
    assertThat(measured.recordsPerSecond()).isPositive();
    // Processor time goes in steps, of 10 ms on Linux, and so many records may take less.
    assertThat(measured.cpuSecondsPerMillion()).isNotNegative();
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
