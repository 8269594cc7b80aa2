package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** The parts beside the cells measure what they say, in processes as in the report. */
@WithEmbeddedKafka
class ArmsPartIT {

  private static final Part.Terms TERMS =
      new Part.Terms(
          Path.of(System.getProperty("java.home")),
          Optional.empty(),
          false,
          OptionalInt.of(1),
          OptionalLong.empty());

  private final EmbeddedKafka kafka;
  @TempDir private Path folder;
  private Stage stage;

  ArmsPartIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void open() {
    stage = new Stage(kafka.bootstrapServers(), folder);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static <K, R> R only(ArmsPart<K, R> part, Runs<K, R> runs, K what) {
    assertThat(runs.failures(what)).isEmpty();
    Section section = part.section(runs, TERMS, 0);
    assertThat(section.id()).isEqualTo(part.id());
    assertThat(section.tables().get(0).rows()).hasSize(1);
    return runs.runs(what).get(0);
  }

  @Test
  void aStartHasItsTimes() throws Exception {
    Startup part = new Startup(List.of(Arm.BARE));
    Startup.Started started = only(part, part.run(stage, TERMS), Arm.BARE);
    assertThat(started.jvmMillis()).isPositive();
    assertThat(started.first()).isPositive();
    assertThat(started.acked()).isGreaterThan(started.first());
    assertThat(started.times().cpuNanos()).isPositive();
    assertThat(started.times().borrowedNanos()).isPositive();
  }

  @Test
  void aKilledProcessIsFollowedByAnother() throws Exception {
    Duration session = Duration.ofSeconds(1);
    Loader loader = Loader.ofBytes(3_000, 50, 2, KeyDistribution.parse("uniform:100"));
    // So slow that it is killed in time.
    Work work = Work.parse("wait:1ms");
    Recovery part = new Recovery(List.of(Arm.SDK_PARTITION_EOS), loader, work, session);
    Takeover.Recovered recovered = only(part, part.run(stage, TERMS), Arm.SDK_PARTITION_EOS);
    assertThat(recovered.seconds()).isPositive();
    assertThat(recovered.again()).isZero();
  }

  @Test
  void whatIsInFlightTakesMemory() throws Exception {
    InFlightMemory part = new InFlightMemory(List.of(Arm.SDK_UNORDERED_ASYNC), List.of(10_000));
    InFlightMemory.Form form = new InFlightMemory.Form(Arm.SDK_UNORDERED_ASYNC, 10_000);
    InFlightMemory.Heap heap = only(part, part.run(stage, TERMS), form);
    // The value alone has 200.
    assertThat(heap.bytesPerRecord()).isBetween(200.0, 20_000.0);
  }
}
