package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Section;

class CellsTest {

  private static Measured perSecond(long records, long cpuNanos) {
    return new Measured(records, new Usage(1_000_000_000, cpuNanos, 0));
  }

  private static Results results(OptionalDouble ceiling) {
    return new Results(
        new Results.Baseline() {
          @Override
          public String name() {
            return "bare";
          }

          @Override
          public OptionalDouble ceiling(Arm arm) {
            return ceiling;
          }
        });
  }

  @Test
  void eachCellCanBeRunAndJudged() {
    assertThat(Cells.ALL).extracting(Cell::id).doesNotHaveDuplicates();
    for (Cell cell : Cells.ALL) {
      Options options = cell.options(List.of("--rounds", "2"));
      assertThat(options.rounds()).isEqualTo(2);
      assertThat(options.arms()).containsAll(options.slow());
      for (CellBar bar : cell.bars()) {
        assertThat(options.arms()).as(cell.id()).contains(bar.arm());
        bar.base().ifPresent(base -> assertThat(options.arms()).as(cell.id()).contains(base));
      }
    }
  }

  /** It does one record of a key a turn, so a frequent key would take it minutes. */
  @Test
  void parallelConsumerByKeyHasFewerRecordsWhereAKeyIsFrequentAndNothingWaits() {
    List<Options> found =
        Cells.ALL.stream()
            .map(cell -> cell.options(List.of()))
            .filter(options -> options.arms().contains(Arm.PARALLEL_CONSUMER_KEY))
            .filter(options -> options.loader().keys().toString().startsWith("zipf"))
            .filter(options -> !(Work.parse(options.work()) instanceof Work.Wait))
            .toList();
    assertThat(found)
        .isNotEmpty()
        .allSatisfy(options -> assertThat(options.slow()).contains(Arm.PARALLEL_CONSUMER_KEY));
  }

  /** With its start and the check of its outputs a run takes some 30 seconds. */
  @Test
  void allRunsTakeNoMoreThan150Minutes() {
    long runs =
        Cells.ALL.stream()
            .map(cell -> cell.options(List.of()))
            .mapToLong(options -> 1 + (long) options.arms().size() * options.rounds())
            .sum();
    assertThat(runs).isLessThanOrEqualTo(150 * 60 / 30);
  }

  @Test
  void typedAndCompressedJsonAreWhatTheirTextsSay() {
    Options typed = options("json");
    assertThat(typed.loader().values()).isEqualTo(new Values.Json(200));
    Options base = options("base");
    assertThat(typed.loader().partitions()).isEqualTo(base.loader().partitions());
    assertThat(typed.loader().keys()).hasToString(base.loader().keys().toString());
    Options compressed = options("lz4-18kb");
    assertThat(compressed.loader().values()).isEqualTo(new Values.JsonBytes(18_000));
    assertThat(compressed.loader().partitions()).isEqualTo(1);
    assertThat(compressed.loader().compression()).isEqualTo("lz4");
  }

  private static Options options(String id) {
    return Cells.ALL.stream()
        .filter(cell -> cell.id().equals(id))
        .findFirst()
        .orElseThrow()
        .options(List.of());
  }

  @Test
  void aBarIsARatioOfMediansWithTheSpreadOfTheRounds() {
    Results results = results(OptionalDouble.empty());
    long[] bare = {1000, 1000, 4000};
    long[] sdk = {900, 1000, 1000};
    for (int round = 0; round < 3; round++) {
      results.add(Arm.BARE, round, perSecond(bare[round], bare[round]));
      results.add(Arm.SDK_KEY, round, perSecond(sdk[round], 2 * sdk[round]));
    }
    Section.Bar speed = CellBar.speed(Arm.SDK_KEY, 0.95, Arm.BARE).judge(results);
    assertThat(speed.promise()).isEqualTo("sdk-key, speed: at least 0.95 of bare");
    assertThat(speed.value()).isEqualTo("1.00 [0.25 .. 1.00]");
    assertThat(speed.holds()).isTrue();
    Section.Bar cpu = CellBar.cpu(Arm.SDK_KEY, 1.1, Arm.BARE).judge(results);
    assertThat(cpu.value()).isEqualTo("2.00 [2.00 .. 2.00]");
    assertThat(cpu.holds()).isFalse();
    Section.Bar none = CellBar.speed(Arm.SDK_KEY, 1, Arm.STREAMS).judge(results);
    assertThat(none.value()).isEqualTo("no figure");
    assertThat(none.holds()).isFalse();
  }

  @Test
  void theCeilingIsThatOfWaitingOrTheBareLoopWhereThatIsLower() {
    Results results = results(OptionalDouble.of(2000));
    results.add(Arm.SDK_KEY, 1, perSecond(900, 1));
    CellBar bar = CellBar.ceiling(Arm.SDK_KEY, 0.8);
    assertThat(bar.judge(results).value()).startsWith("0.45 ");
    results.add(Arm.BARE_NO_WORK, 1, perSecond(1000, 1));
    Section.Bar judged = bar.judge(results);
    assertThat(judged.value()).startsWith("0.90 ");
    assertThat(judged.holds()).isTrue();
  }

  @Test
  void aSectionHasARowForEachArmAndTellsWhatFailed() {
    Results results = results(OptionalDouble.empty());
    results.add(Arm.BARE, 1, perSecond(1000, 1000));
    results.failed(Arm.SDK_KEY, 1, "lost: 9 of 10\nand more");
    Cell cell =
        new Cell(
            "x",
            "X",
            "Text.",
            "--arms bare,sdk-key",
            List.of(CellBar.speed(Arm.SDK_KEY, 0.8, Arm.BARE)));
    Section section = cell.section(cell.options(List.of()), results, "command", 0);
    assertThat(section.bars()).singleElement().matches(judged -> !judged.holds());
    assertThat(section.tables().get(0).rows())
        .containsExactly(
            List.of(
                "bare",
                "1,000 [1,000 .. 1,000]",
                "1.000 [1.000 .. 1.000]",
                "0.00 [0.00 .. 0.00]",
                "0 [0 .. 0]"),
            List.of("sdk-key", "failed, round 1: lost: 9 of 10", "", "", ""));
    assertThat(section.charts().get(0).values()).hasSize(1);
  }
}
