package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

class LatencyTest {

  private static final List<Arm> ARMS = List.of(Arm.BARE, Arm.SDK_PARTITION, Arm.STREAMS);

  private static Results tops() {
    return new Results(
        new Results.Baseline() {
          @Override
          public String name() {
            return "bare";
          }

          @Override
          public OptionalDouble ceiling(Arm arm) {
            return OptionalDouble.empty();
          }
        });
  }

  private static Measured perSecond(long records) {
    return new Measured(records, new Usage(1_000_000_000, 1, 1));
  }

  /** A run in which all but every hundredth record took one time, and those another. */
  private static LatencyRun.Found run(long p50Micros, long p99Micros, long sendingMicros) {
    Histogram latency = new Histogram(10_000_000, 3);
    latency.recordValueWithCount(p50Micros, 980);
    latency.recordValueWithCount(p99Micros, 20);
    Histogram sending = new Histogram(10_000_000, 3);
    sending.recordValue(sendingMicros);
    return new LatencyRun.Found(latency, sending);
  }

  private static Section section(LatencyResults results, LatencyLoad load) {
    Options options =
        Options.parse("--keys", "uniform:1000", "--arms", "bare,sdk-partition,streams");
    return results.section(new Latency(), options, load, " --rate 7", 0);
  }

  @Test
  void theLoadIsHalfOfTheSlowestArmsMedianInTwoDigits() {
    Results tops = tops();
    for (int round = 0; round < 3; round++) {
      tops.add(Arm.BARE, round, perSecond(300_000));
      tops.add(Arm.SDK_PARTITION, round, perSecond(new long[] {9, 91_999, 999_999}[round]));
      tops.add(Arm.STREAMS, round, perSecond(150_000));
    }
    LatencyLoad load = LatencyLoad.of(tops, ARMS);
    assertThat(load.rate()).isEqualTo(45_000);
    assertThat(load.text())
        .isEqualTo(
            "the load is 45,000 records a second: half of the 91,999 that the slowest arm,"
                + " sdk-partition, had reached in a short run");
  }

  @Test
  void anArmWithoutATopHasNoSayAndIsNamed() {
    Results tops = tops();
    tops.add(Arm.BARE, 1, perSecond(19));
    tops.failed(Arm.STREAMS, 1, "lost");
    LatencyLoad load = LatencyLoad.of(tops, List.of(Arm.BARE, Arm.STREAMS));
    assertThat(load.rate()).isEqualTo(9);
    assertThat(load.missing()).containsExactly(Arm.STREAMS);
    assertThat(load.text()).endsWith("without a figure are [streams]");
    assertThatThrownBy(() -> LatencyLoad.of(tops(), ARMS))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> LatencyLoad.given(0, Arm.BARE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLoadThatTheSlowestArmDoesNotKeepUpWithIsHalved() throws Exception {
    LatencyLoad load = new LatencyLoad(45_000, Arm.STREAMS, "half of it", List.of());
    List<Long> tried = new ArrayList<>();
    LatencyLoad borne =
        load.borne(
            (arm, rate) -> {
              assertThat(arm).isEqualTo(Arm.STREAMS);
              tried.add(rate);
              return rate < 12_000;
            });
    assertThat(tried).containsExactly(45_000L, 22_000L, 11_000L);
    assertThat(borne.rate()).isEqualTo(11_000);
    assertThat(borne.text()).contains("half of it, halved 2 times more");
    assertThat(load.borne((arm, rate) -> true)).isEqualTo(load);
    assertThat(load.borne((arm, rate) -> false).rate()).as("in the end").isPositive();
    LatencyLoad given = LatencyLoad.given(9, Arm.BARE);
    assertThat(given.borne((arm, rate) -> false)).isEqualTo(given);
  }

  @Test
  void aLoadThatIsTooMuchForAnArmHasNoBar() {
    LatencyResults results = new LatencyResults();
    results.add(Arm.BARE, 1, run(200_000, 200_000, 1));
    results.add(Arm.SDK_PARTITION, 1, run(1_000, 1_000, 1));
    assertThat(section(results, LatencyLoad.given(7, Arm.BARE)).bars())
        .hasSize(2)
        .allMatch(bar -> !bar.holds() && bar.value().equals("no figure: more came than went"));
  }

  @Test
  void theBarsAreWhatTheSdkAddsToTheMediansOfTheRounds() {
    LatencyResults results = new LatencyResults();
    long[] bare = {1_000, 2_000, 3_000};
    for (int round = 0; round < 3; round++) {
      results.add(Arm.BARE, round, run(bare[round], 10_000, 100));
      results.add(Arm.SDK_PARTITION, round, run(2_250, 12_500, 200));
    }
    Section section = section(results, LatencyLoad.given(7, Arm.BARE));
    assertThat(section.bars().get(0).promise())
        .isEqualTo("sdk-partition, p50: at most 0.3 ms above bare");
    assertThat(section.bars().get(0).value()).isEqualTo("0.25 ms");
    assertThat(section.bars().get(0).holds()).isTrue();
    assertThat(section.bars().get(1).value()).startsWith("2.5");
    assertThat(section.bars().get(1).holds()).isFalse();
    assertThat(section.command()).isEqualTo("benchmarks/compare --cells latency --rate 7");
    List<String> row = section.tables().get(0).rows().get(0);
    assertThat(row.subList(0, 2)).containsExactly("bare", "2.00 [1.00 .. 3.00]");
    assertThat(row.get(4)).startsWith("0.10 ");
  }

  @Test
  void anArmThatFailedIsToldAndHasNoBar() {
    LatencyResults results = new LatencyResults();
    results.add(Arm.BARE, 1, run(1, 1, 1));
    results.failed(Arm.SDK_PARTITION, 2, "9 of 10 records came through\nand more");
    assertThat(results.anyFailed()).isTrue();
    Section section =
        section(results, new LatencyLoad(7, Arm.BARE, "as it is", List.of(Arm.SDK_PARTITION)));
    assertThat(section.bars())
        .hasSize(2)
        .allMatch(bar -> !bar.holds() && bar.value().equals("no figure"));
    assertThat(section.tables().get(0).rows())
        .contains(
            List.of("sdk-partition", "failed, round 2: 9 of 10 records came through", "", "", ""));
    assertThat(section.text()).endsWith("no say in the load, had sdk-partition.");
    assertThat(section.charts().get(0).values()).hasSize(1);
  }

  @Test
  void aSenderThatFallsBehindFailsTheRun() {
    assertThat(LatencyRun.lag(1_000_000_000)).isEmpty();
    assertThat(LatencyRun.lag(1_500_000_000).orElseThrow()).startsWith("the sender was 1500 ms");
  }

  @Test
  void theTermsSayHowMuchIsMeasured() {
    Path jdk = Path.of("jdk");
    Part.Terms quick =
        new Part.Terms(jdk, Optional.empty(), true, OptionalInt.of(4), OptionalLong.empty());
    Part.Terms full =
        new Part.Terms(jdk, Optional.empty(), false, OptionalInt.empty(), OptionalLong.empty());
    assertThat(Latency.Plan.of(quick).rounds()).isEqualTo(4);
    assertThat(Latency.Plan.of(full).rounds()).isEqualTo(3);
    assertThat(Latency.Plan.of(quick).topRecords()).isLessThan(Latency.Plan.of(full).topRecords());
  }
}
