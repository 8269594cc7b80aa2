package run.algo.sdk.kafka.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.spi.GoDuration;

/** Durations and backoffs against a table that other code has reckoned, and against sums. */
class DurationTableTest {

  private static final String BAD = "bad";

  /**
   * A row of the table.
   *
   * @param text the text
   * @param nanos its nanoseconds, or bad
   * @param backoff good or bad
   */
  record Row(String text, String nanos, String backoff) {}

  static List<Row> rows() {
    try (BufferedReader table =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    DurationTableTest.class.getResourceAsStream("/durations.txt")),
                UTF_8))) {
      return table
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(DurationTableTest::row)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String line) {
    String[] cells = line.split("\\|", -1);
    assertThat(cells).as(line).hasSize(3);
    assertThat(cells[2]).as(line).isIn("good", BAD);
    return new Row(cells[0].translateEscapes(), cells[1], cells[2]);
  }

  static Stream<Row> durations() {
    return rows().stream().filter(row -> !row.nanos().equals(BAD));
  }

  static Stream<Row> noDurations() {
    return rows().stream().filter(row -> row.nanos().equals(BAD));
  }

  static Stream<Row> backoffs() {
    return rows().stream().filter(row -> !row.backoff().equals(BAD));
  }

  static Stream<Row> noBackoffs() {
    return rows().stream().filter(row -> row.backoff().equals(BAD));
  }

  @Test
  void theTableHasEnoughOfEachKind() {
    assertThat(rows().stream().map(Row::text))
        .hasSizeGreaterThanOrEqualTo(200)
        .doesNotHaveDuplicates();
    assertThat(durations()).hasSizeGreaterThan(100);
    assertThat(noDurations()).hasSizeGreaterThan(100);
    assertThat(noBackoffs()).hasSizeGreaterThan((int) noDurations().count());
  }

  @ParameterizedTest
  @MethodSource("durations")
  void aDurationIsAsLongAsTheTableSays(Row row) {
    assertThat(GoDuration.parse(row.text()))
        .isEqualTo(Duration.ofNanos(Long.parseLong(row.nanos())));
  }

  @ParameterizedTest
  @MethodSource("noDurations")
  void whatIsNoDurationIsRefused(Row row) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse(row.text()))
        .withMessageStartingWith("duration \"");
  }

  @ParameterizedTest
  @MethodSource("backoffs")
  void aBackoffIsTakenWithItsText(Row row) {
    RetryStrategy strategy = env(row.text()).load().inputs().get(0).retry().orElseThrow();
    assertThat(strategy.steps())
        .containsExactly(
            new RetryStep(17, row.text(), Duration.ofNanos(Long.parseLong(row.nanos())), 2));
  }

  @ParameterizedTest
  @MethodSource("noBackoffs")
  void whatIsNoBackoffIsAProblemThatNamesStepTextAndRemedy(Row row) {
    String problem = env(row.text()).problem();
    assertThat(problem)
        .contains("$.steps[0].backoffDuration of step 17 \"")
        .contains("; write a backoff such as 300ms, 30s, 1.5h, 1h30m or 1d");
    if (row.text().chars().allMatch(c -> c >= ' ' && c < 127) && row.text().length() < 40) {
      assertThat(problem).contains("of step 17 \"" + row.text() + "\": ");
    }
  }

  private static Env env(String backoff) {
    RetryStrategy strategy =
        RetryStrategy.of(
            RetryStrategyKind.RETRY_TOPICS, new RetryStep(17, backoff, Duration.ZERO, 2));
    return Env.valid().with("ALGO_RETRY_STRATEGY", strategy.toJson());
  }

  /**
   * A unit.
   *
   * @param name its name
   * @param nanos its nanoseconds
   * @param digits how many digits of a fraction come to whole nanoseconds
   */
  private record Unit(String name, long nanos, int digits) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("ns", 1, 0),
          new Unit("us", 1_000, 3),
          new Unit("µs", 1_000, 3),
          new Unit("μs", 1_000, 3),
          new Unit("ms", 1_000_000, 6),
          new Unit("s", 1_000_000_000L, 9),
          new Unit("m", 60_000_000_000L, 10),
          new Unit("h", 3_600_000_000_000L, 11),
          new Unit("d", 86_400_000_000_000L, 11));

  @Test
  void aComposedTextIsTheSumOfItsParts() {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      BigInteger sum = BigInteger.ZERO;
      for (int parts = 1 + random.nextInt(8); parts > 0; parts--) {
        sum = sum.add(part(random, text));
      }
      long nanos = sum.longValueExact();
      String whole = text.toString();
      assertThat(GoDuration.parse(whole))
          .as("seed %s: %s", seed, whole)
          .isEqualTo(Duration.ofNanos(nanos));
      assertThat(GoDuration.parse("+" + whole)).as(whole).isEqualTo(Duration.ofNanos(nanos));
      assertThat(GoDuration.parse("-" + whole)).as(whole).isEqualTo(Duration.ofNanos(-nanos));
    }
  }

  /** Appends a number and its unit, and returns their nanoseconds. */
  private static BigInteger part(Random random, StringBuilder text) {
    Unit unit = UNITS.get(random.nextInt(UNITS.size()));
    long most = Long.MAX_VALUE / 16 / unit.nanos();
    long number = Math.floorMod(random.nextLong(), most) >> random.nextInt(63);
    int digits = random.nextInt(unit.digits() + 1);
    long scale = BigInteger.TEN.pow(digits).longValueExact();
    long fraction = Math.floorMod(random.nextLong(), scale);
    if (number > 0 || digits == 0 || random.nextBoolean()) {
      text.append("0".repeat(random.nextInt(3))).append(number);
    }
    if (digits > 0) {
      String all = Long.toString(fraction);
      text.append('.').append("0".repeat(digits - all.length())).append(all);
    } else if (random.nextInt(10) == 0) {
      text.append('.');
    }
    text.append(unit.name());
    return BigInteger.valueOf(number)
        .multiply(BigInteger.valueOf(unit.nanos()))
        .add(BigInteger.valueOf(fraction).multiply(BigInteger.valueOf(unit.nanos() / scale)));
  }
}
