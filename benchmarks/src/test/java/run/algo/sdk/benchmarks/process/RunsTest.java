package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Section;

class RunsTest {

  private static final List<String> ALL = List.of("a", "b", "c");

  private final Runs<String, Double> runs = new Runs<>(what -> "arm-" + what);

  @Test
  void everyRoundRunsEachAndStartsWithAnother() throws Exception {
    List<String> order = new ArrayList<>();
    Runs.Run<String, Double> run =
        (what, round) -> {
          order.add(what + round);
          return new Runs.Told<>((double) round, "");
        };
    runs.warmUp("a", run);
    runs.interleave(ALL, 3, run);
    assertThat(order).containsExactly("a0", "a1", "b1", "c1", "b2", "c2", "a2", "c3", "a3", "b3");
    assertThat(runs.runs("a")).as("the warm-up is forgotten").containsExactly(1.0, 2.0, 3.0);
  }

  @Test
  void aRunThatFailsIsToldAndTheOthersGoOn() throws Exception {
    Runs.Run<String, Double> run =
        (what, round) -> {
          if (round == 0 || (what.equals("b") && round == 2)) {
            throw new IllegalStateException("lost: 1 of 2\nand more");
          }
          return new Runs.Told<>(10.0 * round, "");
        };
    runs.warmUp("a", run);
    runs.interleave(ALL, 2, run);
    assertThat(runs.anyFailed()).isTrue();
    assertThat(runs.failures("a")).as("the warm-up is forgotten").isEmpty();
    assertThat(runs.runs("b")).containsExactly(10.0);
    Section.Table table =
        runs.table(
            ALL, "arm", List.of(runs.column("x", x -> x, 1), new Runs.Column<>("y", w -> w + "!")));
    assertThat(table.columns()).containsExactly("arm", "x", "y");
    assertThat(table.rows())
        .containsExactly(
            List.of("arm-a", "15.0 [10.0 .. 20.0]", "a!"),
            List.of("arm-b", "10.0 [10.0 .. 10.0]", "b!"),
            List.of("arm-b", "failed, round 2: lost: 1 of 2", ""),
            List.of("arm-c", "15.0 [10.0 .. 20.0]", "c!"));
  }

  @Test
  void whatHasNoFigureIsNotInTheChartAndHoldsNoBar() {
    runs.add("a", 1, 3.0);
    runs.add("a", 2, 1.0);
    runs.add("a", 3, 2.0);
    runs.failed("b", 1, "no end");
    Section.Chart chart = runs.chart("title", ALL, "a"::equals, x -> 2 * x);
    assertThat(chart.values()).containsExactly(new Section.Value("arm-a", 4, 2, 6, true));
    assertThat(runs.atMost("p", "a", x -> x, 2, 1))
        .isEqualTo(new Section.Bar("p", "2.0 [1.0 .. 3.0]", true));
    assertThat(runs.atMost("p", "a", x -> x, 1.9, 1).holds()).isFalse();
    assertThat(runs.atMost("p", "b", x -> x, 9, 1))
        .isEqualTo(new Section.Bar("p", "no figure", false));
  }
}
