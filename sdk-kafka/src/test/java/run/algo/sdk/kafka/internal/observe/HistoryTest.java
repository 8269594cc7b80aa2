package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.record.Outcome;

class HistoryTest {

  private static final long SECOND = 1_000_000_000L;

  private final RunnerCounters counters = new RunnerCounters(List.of("a", "b"), List.of());

  private void settle(String input, int records, long nanos) {
    counters.input(input).read(records);
    for (int i = 0; i < records; i++) {
      counters.input(input).executed(nanos);
      counters.input(input).settled(Outcome.WRITTEN, 1, 1, nanos);
    }
  }

  @Test
  void nothingIsKnownBeforeTheFirstTwoSamples() {
    History history = new History(5);
    assertThat(history.read().rate()).isEmpty();

    history.sample(0, counters, OptionalLong.of(3));

    Status.History read = history.read();
    assertThat(read.rate()).isEmpty();
    assertThat(read.minute().rate()).isEmpty();
    assertThat(read.minute().runMedian()).isEmpty();
  }

  @Test
  void aPointIsWhatWasSettledInItsTimeOfAllInputs() {
    History history = new History(5);
    settle("a", 100, 1); // before anybody looked
    history.sample(0, counters, OptionalLong.empty());
    settle("a", 4, 1);
    settle("b", 2, 1);
    history.sample(SECOND, counters, OptionalLong.of(7));
    history.sample(2 * SECOND, counters, OptionalLong.of(0));
    settle("b", 9, 1);
    history.sample(5 * SECOND, counters, OptionalLong.empty()); // a pause of the JVM

    Status.History read = history.read();

    assertThat(read.rate())
        .containsExactly(OptionalDouble.of(6), OptionalDouble.of(0), OptionalDouble.of(3));
    assertThat(read.lag())
        .containsExactly(OptionalLong.of(7), OptionalLong.of(0), OptionalLong.empty());
    assertThat(read.minute().rate()).hasValue(3);
    assertThat(read.minute().executions()).isEqualTo(15);
  }

  @Test
  void whatIsNotExecutedHereIsNoThroughput() {
    History history = new History(5);
    history.sample(0, counters, OptionalLong.empty());
    counters.input("a").settled(Outcome.RELEASED, 5);
    counters.input("a").settled(Outcome.SKIPPED, 5);
    counters.input("a").settled(Outcome.PARKED, 2);
    history.sample(SECOND, counters, OptionalLong.empty());

    assertThat(history.read().rate()).containsExactly(OptionalDouble.of(2));
  }

  @Test
  void quantilesAreThoseOfTenSecondsAndAGapWhereNothingRan() {
    History history = new History();
    settle("a", 1000, 10 * SECOND); // before anybody looked
    history.sample(0, counters, OptionalLong.empty());
    settle("a", 100, SECOND / 2); // of the bucket from 0.25 to 1 s
    for (int i = 1; i <= History.WINDOW + 1; i++) {
      history.sample(i * SECOND, counters, OptionalLong.empty());
    }

    Status.History read = history.read();

    assertThat(read.algoMedian()).hasSize(History.WINDOW + 1);
    assertThat(read.algoMedian().subList(0, History.WINDOW)).containsOnly(OptionalDouble.of(0.625));
    assertThat(read.algoMedian().get(History.WINDOW)).isEmpty();
    assertThat(read.runMedian().get(0)).hasValue(0.625);
    assertThat(read.runHigh().get(0)).hasValue(0.9925);
    assertThat(read.minute().algoHigh()).hasValue(0.9925);
  }

  @Test
  void forgetsWhatIsOlderThanItsSeconds() {
    History history = new History(3);
    for (int i = 0; i < 10; i++) {
      history.sample(i * SECOND, counters, OptionalLong.of(i));
      settle("a", i, 1);
    }

    Status.History read = history.read();

    assertThat(read.lag())
        .containsExactly(OptionalLong.of(7), OptionalLong.of(8), OptionalLong.of(9));
    assertThat(read.rate())
        .containsExactly(OptionalDouble.of(6), OptionalDouble.of(7), OptionalDouble.of(8));
  }

  @Test
  void theOldestSecondHasItsWholeWindow() {
    History history = new History(3);
    history.sample(0, counters, OptionalLong.empty());
    settle("a", 100, SECOND / 2);
    for (int i = 1; i <= 12; i++) {
      history.sample(i * SECOND, counters, OptionalLong.empty());
    }

    // Points 10, 11 and 12; the window of the first still has what was in second 1.
    assertThat(history.read().algoMedian())
        .containsExactly(OptionalDouble.of(0.625), OptionalDouble.empty(), OptionalDouble.empty());
  }

  @Test
  void theMinuteIsTheLastSixtySeconds() {
    History history = new History();
    for (int i = 0; i <= 100; i++) {
      history.sample(i * SECOND, counters, OptionalLong.empty());
      settle("a", i < 40 ? 1000 : 2, 1);
    }

    assertThat(history.read().minute().rate()).hasValue(2);
    assertThat(history.read().minute().executions()).isEqualTo(120);
  }

  @Test
  void aQuantileBeyondTheLastBoundIsThatBound() {
    long[] counts = new long[DurationHistogram.buckets()];
    counts[counts.length - 1] = 3;
    assertThat(DurationHistogram.quantile(counts, 0.5)).hasValue(30);
    counts[0] = 97;
    assertThat(DurationHistogram.quantile(counts, 0.5).orElseThrow()).isBetween(0.002, 0.003);
    assertThat(DurationHistogram.quantile(counts, 0.99)).hasValue(30);
    assertThat(DurationHistogram.quantile(new long[counts.length], 0.5)).isEmpty();
  }
}
