package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ResultsTest {

  private static final Results.Baseline BARE =
      new Results.Baseline() {
        @Override
        public String name() {
          return "bare";
        }

        @Override
        public OptionalDouble ceiling(Arm arm) {
          return OptionalDouble.empty();
        }
      };

  private static Measured perSecond(long records) {
    return new Measured(records, new Usage(1_000_000_000, 2_000_000_000, 100 * records));
  }

  @Test
  void aSpreadIsMedianLeastAndGreatest() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(List.of(5.0))).isEqualTo(new Spread(5, 5, 5));
    assertThat(new Spread(1234.4, 1, 9999.6).text(0)).isEqualTo("1,234 [1 .. 10,000]");
    assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  /** The ratio of the medians would be 0.5 too, but not the least and the greatest. */
  @Test
  void ratiosAreTakenWithinARound() {
    Results results = new Results(BARE);
    long[] bare = {1000, 2000, 4000};
    long[] sdk = {900, 1000, 1000};
    for (int round = 0; round < 3; round++) {
      results.add(Arm.BARE, round, perSecond(bare[round]));
      results.add(Arm.SDK_KEY, round, perSecond(sdk[round]));
    }
    assertThat(results.ratios(Arm.SDK_KEY, Arm.BARE)).containsExactly(0.9, 0.5, 0.25);
    assertThat(results.table(List.of(Arm.BARE, Arm.SDK_KEY)))
        .contains("1,000 [900 .. 1,000]")
        .contains("0.500 [0.250 .. 0.900]")
        .contains("1.000 [1.000 .. 1.000]");
  }

  @Test
  void everyArmHasItsRatiosToItsRivals() {
    Results results = new Results(BARE);
    results.add(Arm.SDK_KEY, 1, perSecond(1000));
    results.add(Arm.SDK_KEY_EOS, 1, perSecond(900));
    results.add(Arm.STREAMS_EOS, 1, perSecond(450));
    results.add(Arm.SDK_KEY, 2, perSecond(1000));
    results.failed(Arm.SDK_KEY_EOS, 2, "duplicated: 1 outputs");
    List<Arm> arms = List.of(Arm.SDK_KEY, Arm.SDK_KEY_EOS, Arm.STREAMS_EOS);
    assertThat(results.ratioTable(arms, Arm::rivals).lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("sdk-key-eos +sdk-key +0.900 \\[0.900 .. 0.900]"))
        .anyMatch(line -> line.matches("sdk-key-eos +streams-eos +2.000 \\[2.000 .. 2.000]"));
    assertThat(results.ratioTable(arms, arm -> List.of(Arm.STREAMS_EOS)).lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("sdk-key +streams-eos +2.222 .*"));
    assertThat(results.ratioTable(arms, arm -> List.of())).isEmpty();
  }

  @Test
  void aFailedRunGivesNoFigureAndIsTold() {
    Results results = new Results(BARE);
    results.add(Arm.BARE, 1, perSecond(1000));
    results.failed(Arm.SDK_KEY, 1, "lost: 9 of 10");
    results.failed(Arm.BARE, 2, "no end");
    results.add(Arm.SDK_KEY, 2, perSecond(777));
    assertThat(results.ratios(Arm.SDK_KEY, Arm.BARE)).isEmpty();
    assertThat(results.anyFailed()).isTrue();
    assertThat(results.table(List.of(Arm.BARE, Arm.SDK_KEY)))
        .containsPattern("sdk-key +FAILED, round 1: lost: 9 of 10")
        .containsPattern("sdk-key +777 \\[777 .. 777\\] +- ");
  }

  @Test
  void aResultTravelsInALine() {
    Measured measured = new Measured(800, new Usage(5, 6, 7));
    assertThat(Measured.find("a log line\n" + measured.line() + "\n")).contains(measured);
    assertThat(Measured.find("nothing")).isEmpty();
    assertThat(perSecond(500).recordsPerSecond()).isEqualTo(500);
    assertThat(perSecond(500).cpuSecondsPerMillion()).isEqualTo(4000);
    assertThat(perSecond(500).bytesPerRecord()).isEqualTo(100);
  }

  @Test
  void waitingHasACeilingByConcurrencyAndOrder() {
    Load load = new Load("in", 2, 3);
    for (int i = 0; i < 100; i++) {
      load.wrote(i < 80 ? 0 : 1, i % 80, i < 50 ? 0 : i < 80 ? 1 : 2, 0);
    }
    // The fullest partition has 80 records: 80 waits of 10 ms one after the other.
    assertThat(load.ceiling(Arm.Scope.PARTITION, 1000, 0.01)).isEqualTo(125);
    assertThat(load.ceiling(Arm.Scope.KEY, 1000, 0.01)).isEqualTo(200);
    assertThat(load.ceiling(Arm.Scope.NONE, 10, 0.01)).isEqualTo(1000);
  }
}
