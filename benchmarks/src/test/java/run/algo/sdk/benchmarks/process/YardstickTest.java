package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YardstickTest {

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final String WAITS =
      "--work wait:10ms --arms sdk-partition --streams-threads 3 --java-home ";

  /** Two partitions of five records each, with a key of its own each. */
  private final Load load = new Load("in", 2, 10);

  private final Path jdk;

  YardstickTest(@TempDir Path jdk) throws IOException {
    this.jdk = jdk;
    release("25.0.3");
    for (int i = 0; i < 10; i++) {
      load.wrote(i % 2, i / 2, i, 0);
    }
  }

  private void release(String version) throws IOException {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private int concurrency(Arm arm, String... more) {
    return yardstick(more).concurrency(arm);
  }

  private Yardstick yardstick(String... more) {
    String line = (WAITS + jdk + " " + String.join(" ", more)).strip();
    return new Yardstick(Options.parse(line.split(" ")), load);
  }

  @Test
  void whatHoldsNoThreadIsDoneByManyAtOnce() throws IOException {
    assertThat(concurrency(Arm.SDK_PARTITION)).isEqualTo(PROCESSORS);
    assertThat(concurrency(Arm.SDK_PARTITION_BATCH)).isEqualTo(PROCESSORS);
    assertThat(concurrency(Arm.SDK_PARTITION_ASYNC)).isEqualTo(1_000);
    assertThat(concurrency(Arm.SDK_KEY)).isEqualTo(1_000);
    release("17.0.15");
    assertThat(concurrency(Arm.SDK_KEY)).isEqualTo(PROCESSORS);
    assertThat(concurrency(Arm.SDK_KEY, "--set ALGO_THREADS=virtual")).isEqualTo(1_000);
    assertThat(concurrency(Arm.SDK_PARTITION_ASYNC)).isEqualTo(1_000);
    assertThat(concurrency(Arm.SDK_UNORDERED_ASYNC)).isEqualTo(1_000);
    assertThat(concurrency(Arm.PARALLEL_CONSUMER_KEY)).isEqualTo(1_000);
  }

  @Test
  void whatIsSetCounts() {
    String set = "--set ALGO_CONCURRENCY=7";
    assertThat(concurrency(Arm.SDK_PARTITION_ASYNC, set)).isEqualTo(7);
    assertThat(concurrency(Arm.PARALLEL_CONSUMER_KEY, set)).isEqualTo(7);
    assertThat(concurrency(Arm.SDK_KEY, "--set ALGO_THREADS=platform")).isEqualTo(PROCESSORS);
    assertThat(concurrency(Arm.STREAMS, set)).isEqualTo(3);
    assertThat(concurrency(Arm.BARE_VTHREAD, set)).isEqualTo(10_000);
    assertThat(concurrency(Arm.BARE_VTHREAD, "--set ALGO_MAX_IN_FLIGHT=50")).isEqualTo(50);
  }

  @Test
  void theCeilingIsOneAtATimeOfAPartitionAndAllAtOnceInNoOrder() {
    Yardstick yardstick = yardstick();
    assertThat(yardstick.ceiling(Arm.SDK_PARTITION_ASYNC)).hasValue(10 / (5 * 0.01));
    assertThat(yardstick.ceiling(Arm.SDK_UNORDERED_ASYNC)).hasValue(10 / 0.01);
    assertThat(yardstick.ceiling(Arm.BARE_NO_WORK)).isEmpty();
    assertThat(new Yardstick(Options.parse(), load).ceiling(Arm.SDK_KEY)).isEmpty();
  }
}
