package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

class RetryLatenessTest {

  private static final RetryLateness.Waiting WAITING = new RetryLateness.Waiting(100, 10, 3);
  private static final Part.Terms TERMS =
      new Part.Terms(
          Path.of(System.getProperty("java.home")),
          Optional.empty(),
          false,
          OptionalInt.empty(),
          OptionalLong.empty());

  private static Lateness p99(long millis) {
    return new Lateness(100, 1_000_000, millis * 1_000_000, 90_000_000, 10_000);
  }

  private static Section section(List<Lateness> runs, String... failures) {
    RetryLateness part = new RetryLateness();
    return part.section(
        TERMS, List.of(new RetryLateness.Measured(WAITING, runs, List.of(failures))), 0);
  }

  @Test
  void aRunsFiguresAreThoseOfItsRecords() {
    long[] nanos = LongStream.rangeClosed(1, 101).map(i -> 102 - i).toArray();
    assertThat(Lateness.of(nanos)).isEqualTo(new Lateness(101, 51, 100, 101, 1));
  }

  @Test
  void aRunTravelsInALine() {
    Lateness early = new Lateness(3, 1, 2, 3, -4);
    assertThat(Lateness.find("measured: x\n" + early.line() + "\n")).contains(early);
    assertThat(Lateness.find("measured: x")).isEmpty();
  }

  @Test
  void aRecordThatWasEarlyOrNeverExecutedFailsTheRun() {
    assertThat(RetryLateness.judged(p99(1), WAITING)).isEqualTo(p99(1));
    assertThatThrownBy(() -> RetryLateness.judged(new Lateness(100, 1, 1, 1, -2_000_000), WAITING))
        .hasMessage("a record was executed 2.00 ms before it was due");
    assertThatThrownBy(() -> RetryLateness.judged(new Lateness(99, 1, 1, 1, 1), WAITING))
        .hasMessage("99 of 100 records were executed");
  }

  @Test
  void theBarIsTheMedianOfTheRounds() {
    Section.Bar holds = section(List.of(p99(60), p99(50), p99(1))).bars().get(0);
    assertThat(holds.promise()).isEqualTo("100 over 10 s, p99: at most 50 ms");
    assertThat(holds.value()).isEqualTo("50.0 [1.0 .. 60.0] ms");
    assertThat(holds.holds()).isTrue();
    assertThat(section(List.of(p99(60), p99(51), p99(1))).bars().get(0).holds()).isFalse();
  }

  @Test
  void whatFailedIsTold() {
    Section section = section(List.of(), "round 1: it ended with 1\nmore");
    assertThat(section.bars().get(0).value()).isEqualTo("no figure");
    assertThat(section.bars().get(0).holds()).isFalse();
    assertThat(section.tables().get(0).rows())
        .containsExactly(
            List.of("100 over 10 s", "failed, round 1: it ended with 1", "", "", "", ""));
    assertThat(section.charts().get(0).values()).isEmpty();
  }
}
