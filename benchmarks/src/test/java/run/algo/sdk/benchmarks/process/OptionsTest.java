package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  @Test
  void readsWhatIsAskedFor() {
    Options options =
        Options.parse(
            "--quick",
            "--rounds",
            "2",
            "--arms",
            "sdk-key, bare",
            "--set",
            "A=b=c",
            "--jvm",
            "-XX:+UseZGC  -Xss1m");
    assertThat(options.loader().records()).isEqualTo(200_000);
    assertThat(options.rounds()).isEqualTo(2);
    assertThat(options.arms()).containsExactly(Arm.SDK_KEY, Arm.BARE);
    assertThat(options.settings()).containsEntry("A", "b=c");
    assertThat(options.jvm().flags()).containsExactly("-XX:+UseZGC", "-Xss1m");
  }

  @Test
  void whatValuesAreIsAskedForWithTheirSize() {
    assertThat(Options.parse().loader().values()).isEqualTo(new Values.RandomBytes(200));
    assertThat(Options.parse("--value", "json").loader().values()).isEqualTo(new Values.Json(200));
    assertThat(Options.parse("--size", "18000", "--value", "json-bytes").loader().values())
        .isEqualTo(new Values.JsonBytes(18_000));
  }

  @Test
  void compressionIsThatOfTheInputAndOfTheOutputs() {
    assertThat(Options.parse().loader().compression()).isEqualTo("none");
    assertThat(Options.parse().settings()).isEmpty();
    Options options = Options.parse("--compression", "lz4");
    assertThat(options.loader().compression()).isEqualTo("lz4");
    assertThat(options.settings()).isEqualTo(Map.of("KAFKA_PRODUCER_COMPRESSION_TYPE", "lz4"));
  }

  @Test
  void theDefaultsAreThoseOfTheHelp() {
    Options options = Options.parse();
    assertThat(options.loader().records()).isEqualTo(1_000_000);
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.arms())
        .containsExactly(Arm.BARE, Arm.SDK_PARTITION, Arm.SDK_KEY, Arm.SDK_UNORDERED);
    assertThat(Options.parse("--work", "wait:10ms").arms()).doesNotContain(Arm.BARE);
  }

  @Test
  void everyArmIsInTheHelpAndFoundByItsLabel() {
    for (Arm arm : Arm.values()) {
      assertThat(Arm.of(arm.label())).isEqualTo(arm);
      assertThat(Options.HELP).containsPattern("[ ,]" + arm.label() + "[ ,;\n]");
    }
  }

  @Test
  void ratiosAreTakenToWhatFitsAnArmOrToWhatIsNamed() {
    assertThat(Options.parse().against()).isEmpty();
    assertThat(Options.parse("--arms", "bare,sdk-key,sdk-key-eos", "--against", "sdk-key"))
        .extracting(Options::against)
        .isEqualTo(List.of(Arm.SDK_KEY));
    assertThat(Arm.SDK_KEY_EOS.rivals())
        .containsExactly(Arm.SDK_KEY, Arm.BARE_EOS, Arm.STREAMS_EOS);
    assertThat(Arm.SDK_KEY_ASYNC.rivals())
        .containsExactly(
            Arm.STREAMS,
            Arm.SPRING,
            Arm.SPRING_BATCH,
            Arm.MICRONAUT,
            Arm.PARALLEL_CONSUMER_KEY,
            Arm.SDK_KEY);
    for (Arm arm : Arm.values()) {
      assertThat(arm.rivals()).doesNotContain(arm);
    }
  }

  @Test
  void transactionsAndAllOfStreamsHaveAWindowThatCanBeSet() {
    Map<String, String> given = Map.of("ALGO_COMMIT_INTERVAL", "1s", "ALGO_DELIVERY", "x");
    for (Arm arm : Arm.values()) {
      boolean windows = arm.exactlyOnce() || arm == Arm.STREAMS;
      assertThat(arm.settings(Map.of()).get("ALGO_COMMIT_INTERVAL"))
          .isEqualTo(windows ? "100ms" : null);
      assertThat(arm.settings(given))
          .containsEntry("ALGO_COMMIT_INTERVAL", "1s")
          .containsEntry("ALGO_DELIVERY", arm.exactlyOnce() ? "exactly-once" : "at-least-once");
    }
  }

  @Test
  void streamsHasTheThreadsItIsGiven() {
    assertThat(Options.parse().streamsThreads()).isEqualTo(1);
    assertThat(Options.parse("--streams-threads", "2").streamsThreads()).isEqualTo(2);
  }

  @Test
  void threeQuartersDoNotCountUnlessSaidOtherwise() {
    assertThat(ArmMain.warmUp(900, Options.parse().warmUpPercent())).isEqualTo(675);
    assertThat(ArmMain.warmUp(900, Options.parse("--warm-up", "1").warmUpPercent())).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--record 5",
        "--records 0",
        "--records many",
        "--arms fast",
        "--work sleep",
        "--value text",
        "--compression zip",
        "--work wait:0ms",
        "--work cpu:3s",
        "--rounds",
        "records 5",
        "--arms bare --work wait:1ms",
        "--arms bare-eos --work wait:1ms",
        "--arms spring-batch --work wait:1ms",
        "--arms ,",
        "--arms bare --against sdk-key",
        "--streams-threads 0",
        "--warm-up 0",
        "--warm-up 100"
      })
  void refusesTheRest(String line) {
    assertThatThrownBy(() -> Options.parse(line.split(" ")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "cpu-rounds:12345", "wait:10ms", "wait:250us"})
  void workIsTheSameInTheChild(String spec) throws Exception {
    Work work = Work.parse(spec);
    assertThat(Work.parse(work.spec())).isEqualTo(work);
    work.run();
  }

  @Test
  void waitsWithoutAThread() throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      CompletableFuture<String> waiting =
          Work.parse("wait:1ms").begin("done", timer).toCompletableFuture();
      assertThat(waiting.get(1, TimeUnit.MINUTES)).isEqualTo("done");
      assertThat(Work.parse("cpu-rounds:10").begin("done", timer).toCompletableFuture())
          .isCompletedWithValue("done");
    } finally {
      timer.shutdownNow();
    }
  }

  @Test
  void processorTimeBecomesRounds() {
    Work.Cpu one = (Work.Cpu) Work.parse("cpu:10us");
    assertThat(one.rounds()).isPositive();
    assertThat(new Work.Wait(Duration.ofMillis(10)).spec()).isEqualTo("wait:10000us");
  }
}
