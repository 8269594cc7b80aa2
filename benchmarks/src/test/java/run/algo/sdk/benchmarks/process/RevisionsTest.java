package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionsTest {

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

  @TempDir private Path folder;

  /** The class path of a revision whose benchmarks have arms, or have none. */
  private Path classPath(String name, boolean arms) throws Exception {
    Path classes = Files.createDirectories(folder.resolve(name + "/benchmarks"));
    if (arms) {
      Path main = classes.resolve(ArmMain.class.getName().replace('.', '/') + ".class");
      Files.createDirectories(main.getParent());
      Files.createFile(main);
    }
    return Files.writeString(
        folder.resolve(name + ".class-path"),
        classes + File.pathSeparator + folder.resolve(name + "/sdk") + "\n");
  }

  private static Measured measured(long perSecond, long cpuNanos, long bytes) {
    return new Measured(perSecond, new Usage(1_000_000_000, cpuNanos, bytes));
  }

  private static List<String> labels(CompareRevisions comparison) {
    return comparison.contenders().stream()
        .map(builds -> String.join(" ", builds.stream().map(Contender::label).toList()))
        .toList();
  }

  @Test
  void eachArmRunsInBothBuildsBesideTheBareLoopOfTheHead() throws Exception {
    String base = "base=" + classPath("base", true);
    assertThat(labels(CompareRevisions.of(List.of(base, "head="))))
        .containsExactly(
            "bare@head",
            "sdk-partition@base sdk-partition@head",
            "sdk-key@base sdk-key@head",
            "sdk-unordered@base sdk-unordered@head");
    assertThat(labels(CompareRevisions.of(List.of(base, "head=", "--arms", "bare,streams"))))
        .containsExactly("bare@base bare@head", "streams@base streams@head");
    assertThat(
            labels(
                CompareRevisions.of(
                    List.of(base, "head=", "--work", "wait:1ms", "--arms", "sdk-key"))))
        .containsExactly("sdk-key@base sdk-key@head");
  }

  @Test
  void theBenchmarksOfTheHeadCanRunTheSdkOfTheBase() throws Exception {
    List<String> args = List.of("base=" + classPath("old", true), "head=" + classPath("new", true));
    Contender own = CompareRevisions.of(args).contenders().get(1).get(0);
    assertThat(own.build().classPath())
        .isEqualTo(
            folder.resolve("old/benchmarks") + File.pathSeparator + folder.resolve("old/sdk"));
    List<String> more = List.of(args.get(0), args.get(1), "--same-benchmarks");
    Contender same = CompareRevisions.of(more).contenders().get(1).get(0);
    assertThat(same.build().classPath())
        .isEqualTo(
            folder.resolve("new/benchmarks") + File.pathSeparator + folder.resolve("old/sdk"));
  }

  @Test
  void aRevisionWithoutArmsIsTooOld() throws Exception {
    String base = "base=" + classPath("base", false);
    assertThatThrownBy(() -> CompareRevisions.of(List.of(base, "head=")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("base is too old");
    assertThatThrownBy(() -> CompareRevisions.of(List.of("base", "head=")))
        .hasMessageContaining("no build");
  }

  @Test
  void figuresOfOtherWarmUpsAreRefused() {
    Load load = new Load("in", 1, 1);
    for (int i = 0; i < 900; i++) {
      load.wrote(0, i, 0, 0);
    }
    Measured ours = measured(225, 1, 1);
    assertThat(Comparison.measured(ours.line(), load, 75)).isEqualTo(ours);
    assertThatThrownBy(() -> Comparison.measured(measured(720, 1, 1).line(), load, 75))
        .hasMessageStartingWith("too old or too new: its benchmarks count 720 of 900 records");
    assertThatThrownBy(() -> Comparison.measured("done", load, 75))
        .hasMessageContaining("it printed no result");
  }

  /** The ratio of the medians would be 1 for all three. */
  @Test
  void ratiosAreThoseOfTheSameRound() {
    Results base = new Results(BARE);
    Results head = new Results(BARE);
    long[] before = {1_000, 2_000, 4_000};
    long[] after = {2_000, 4_000, 1_000};
    for (int round = 0; round < 3; round++) {
      base.add(Arm.SDK_KEY, round, measured(before[round], before[round], before[round]));
      head.add(Arm.SDK_KEY, round, measured(after[round], 3 * after[round], after[round] / 2));
    }
    head.add(Arm.BARE, 0, measured(5_000, 5_000, 5_000));
    base.failed(Arm.STREAMS, 0, "there is no arm streams");
    head.add(Arm.STREAMS, 0, measured(7, 7, 7));
    String text =
        RevisionTables.text(
            new RevisionTables.Side(new Build("base", "a"), base),
            new RevisionTables.Side(new Build("head", "b"), head),
            List.of(Arm.SDK_KEY, Arm.STREAMS));
    assertThat(text.lines())
        .anyMatch(line -> line.matches("bare@head +5,000 \\[5,000 .. 5,000] .*"))
        .anyMatch(line -> line.matches("sdk-key@base +2,000 \\[1,000 .. 4,000] .*"))
        .anyMatch(
            line ->
                line.matches(
                    "sdk-key +2\\.000 \\[0\\.250 .. 2\\.000] +3\\.000 \\[3\\.000 .. 3\\.000]"
                        + " +0\\.500 \\[0\\.500 .. 0\\.500]"))
        .anyMatch(line -> line.matches("streams@base +FAILED, round 0: there is no arm streams"))
        .anyMatch(line -> line.matches("streams +- +- +-"))
        .anyMatch(line -> line.startsWith("base has no figure of streams: it may be too old"));
  }
}
