package run.algo.sdk.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoDurationTest {

  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final long S = 1_000_000_000;
  private static final long M = 60 * S;
  private static final long H = 60 * M;
  private static final long D = 24 * H;

  /** Text and nanoseconds. */
  private static Map<String, Long> good() {
    Map<String, Long> t = new LinkedHashMap<>();
    // no unit needed for zero
    t.put("0", 0L);
    t.put("+0", 0L);
    t.put("-0", 0L);
    // simple
    t.put("5s", 5 * S);
    t.put("30s", 30 * S);
    t.put("1478s", 1478 * S);
    t.put("0s", 0L);
    t.put("00s", 0L);
    t.put("007s", 7 * S);
    t.put("0h", 0L);
    t.put("0d", 0L);
    t.put("0.0s", 0L);
    t.put("0.s", 0L);
    t.put(".0s", 0L);
    // signs
    t.put("-5s", -5 * S);
    t.put("+5s", 5 * S);
    t.put("-0s", 0L);
    t.put("+0s", 0L);
    t.put("-1h30m", -(H + 30 * M));
    t.put("+1h30m", H + 30 * M);
    t.put("-.5s", -S / 2);
    t.put("+.5s", S / 2);
    t.put("-1d", -D);
    // fractions
    t.put("5.0s", 5 * S);
    t.put("5.6s", 5 * S + 600 * MS);
    t.put("5.s", 5 * S);
    t.put(".5s", 500 * MS);
    t.put("1.0s", S);
    t.put("1.00s", S);
    t.put("1.004s", S + 4 * MS);
    t.put("1.0040s", S + 4 * MS);
    t.put("100.00100s", 100 * S + MS);
    t.put("0.000000001s", 1L);
    t.put("0.0000000001s", 0L);
    t.put("0.0000000019s", 1L);
    t.put("0.9999999999s", 999_999_999L);
    t.put("1.5h", H + 30 * M);
    t.put("0.5h", 30 * M);
    t.put("1.5m", 90 * S);
    t.put("0.25m", 15 * S);
    t.put("1.5ms", 1500 * US);
    t.put("1.5us", 1500L);
    t.put("1.5ns", 1L);
    t.put("0.9ns", 0L);
    t.put("1.5d", 36 * H);
    t.put("0.5d", 12 * H);
    t.put(".25d", 6 * H);
    t.put("0.3333333333333333333h", 20 * M);
    t.put("0.100000000000000000000h", 6 * M);
    t.put("0.830103483285477580700h", 49 * M + 48 * S + 372_539_827L);
    t.put("3.9999999999999999999999s", 4 * S); // as Go, which rounds beyond 53 bits
    t.put("1.00000000000000000000000000000000000001s", S);
    // units
    t.put("10ns", 10L);
    t.put("11us", 11 * US);
    t.put("12µs", 12 * US);
    t.put("12μs", 12 * US);
    t.put("13ms", 13 * MS);
    t.put("14s", 14 * S);
    t.put("15m", 15 * M);
    t.put("16h", 16 * H);
    t.put("17d", 17 * D);
    // composite
    t.put("3h30m", 3 * H + 30 * M);
    t.put("10.5s4m", 4 * M + 10 * S + 500 * MS);
    t.put("-2m3.4s", -(2 * M + 3 * S + 400 * MS));
    t.put("1h2m3s4ms5us6ns", H + 2 * M + 3 * S + 4 * MS + 5 * US + 6);
    t.put("39h9m14.425s", 39 * H + 9 * M + 14 * S + 425 * MS);
    t.put("1h1h", 2 * H);
    t.put("1s1h1s", H + 2 * S);
    t.put("1d12h", 36 * H);
    t.put("12h1d", 36 * H);
    t.put("1d1h1m1s1ms1us1ns", D + H + M + S + MS + US + 1);
    t.put("1.5h1.5m1.5s", H + 30 * M + 90 * S + 1500 * MS);
    t.put(".5h.5m", 30 * M + 30 * S);
    t.put("1.h1.m", H + M);
    t.put("300ms", 300 * MS);
    t.put("1h30m", 90 * M);
    t.put("1ms1µs1μs1us", MS + 3 * US);
    // large
    t.put("52763797000ns", 52_763_797_000L);
    t.put("9007199254740993ns", 9_007_199_254_740_993L);
    t.put("9223372036854775807ns", Long.MAX_VALUE);
    t.put("9223372036854775.807us", Long.MAX_VALUE);
    t.put("9223372036s854ms775us807ns", Long.MAX_VALUE);
    t.put("-9223372036854775808ns", Long.MIN_VALUE);
    t.put("-9223372036854775.808us", Long.MIN_VALUE);
    t.put("-9223372036s854ms775us808ns", Long.MIN_VALUE);
    t.put("-9223372036854775807ns", -Long.MAX_VALUE);
    t.put("-2562047h47m16.854775808s", Long.MIN_VALUE);
    t.put("2562047h47m16.854775807s", Long.MAX_VALUE);
    t.put("106751d", 106_751 * D);
    t.put("2562047h", 2_562_047 * H);
    t.put("153722867m", 153_722_867 * M);
    t.put("9223372036s", 9_223_372_036L * S);
    t.put("9223372036854ms", 9_223_372_036_854L * MS);
    t.put("9223372036854775us", 9_223_372_036_854_775L * US);
    // every unit with every small number
    Map<String, Long> units =
        Map.of("ns", 1L, "us", US, "µs", US, "ms", MS, "s", S, "m", M, "h", H, "d", D);
    for (long number : List.of(1L, 2L, 9L, 10L, 59L, 60L, 100L, 999L, 1000L)) {
      units.forEach((unit, nanos) -> t.put(number + unit, number * nanos));
    }
    return t;
  }

  private static List<String> bad() {
    return List.of(
        // nothing
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        "+.",
        "..",
        "--",
        "+-",
        "-+",
        // no unit
        "3",
        "1",
        "00",
        "-3",
        "+3",
        "1.5",
        ".5",
        "5.",
        "-1.5",
        "0.0",
        "-00",
        "+0.",
        "1h3",
        "1h0",
        "1s.5",
        "10",
        "99999999999999999999",
        // no digits
        "s",
        "-s",
        ".s",
        "-.s",
        "+.s",
        "h",
        "ms",
        ".h",
        "1h.s",
        "1h.m",
        // unknown units
        "1x",
        "1S",
        "1MS",
        "1H",
        "1M",
        "1D",
        "1w",
        "1y",
        "1sec",
        "1min",
        "1hour",
        "1day",
        "1days",
        "1mo",
        "1msec",
        "1n",
        "1u",
        "1µ",
        "1nss",
        "1 s",
        "1s ",
        " 1s",
        "1h 30m",
        "1h,30m",
        "1h-30m",
        "1h+30m",
        "1s-",
        "1e3s",
        "1E3s",
        "1e",
        "0x10s",
        "1_000s",
        "1,5s",
        "1:30",
        "1h30",
        "PT1H",
        "P1D",
        "1ss",
        "1hm",
        "1mh",
        "1hs",
        "1\n",
        "1s\n",
        "1\u0000s",
        "1s\u0000",
        "\t1s",
        "1\u00a0s",
        // signs in the wrong place or number
        "--5s",
        "++5s",
        "+-5s",
        "-+5s",
        "5-s",
        "5s-5s",
        "5+s",
        "1h-",
        "-1h-1m",
        // points
        "1..5s",
        "1.5.5s",
        "..5s",
        "1.5.s",
        "1.",
        "1.-5s",
        // digits and words of other scripts
        "١s",
        "１s",
        "五s",
        "∞",
        "NaN",
        "Inf",
        "1𝟏s",
        "😀",
        "null",
        "none",
        "forever",
        // out of range
        "9223372036854775808ns",
        "9223372036854775809ns",
        "-9223372036854775809ns",
        "9223372036854775.808us",
        "-9223372036854775.809us",
        "9223372036854ms775us808ns1s9223372035s",
        "9223372036s854ms775us808ns",
        "-9223372036s854ms775us809ns",
        "9223372037s",
        "-9223372037s",
        "2562048h",
        "-2562048h",
        "106752d",
        "-106752d",
        "153722868m",
        "3000000h",
        "300000d",
        "2562047h47m16.854775808s",
        "18446744073709551616ns",
        "18446744073709551615ns",
        "9223372036854775808ns9223372036854775808ns",
        "-9223372036854775808ns9223372036854775808ns",
        "9223372036854775807ns1ns",
        "5124095h34m33.709551616s",
        "99999999999999999999s",
        "340282366920938463463374607431768211456ns",
        "1000000000000d");
  }

  @TestFactory
  Stream<DynamicTest> readsWhatGoReads() {
    return good().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    "'" + entry.getKey() + "'",
                    () ->
                        assertThat(GoDuration.parse(entry.getKey()))
                            .isEqualTo(Duration.ofNanos(entry.getValue()))));
  }

  @TestFactory
  Stream<DynamicTest> refusesWhatGoRefuses() {
    return bad().stream()
        .map(
            text ->
                DynamicTest.dynamicTest(
                    "'" + text.replace("\u0000", "NUL") + "'",
                    () ->
                        assertThatIllegalArgumentException()
                            .isThrownBy(() -> GoDuration.parse(text))
                            .withMessageStartingWith("duration \"")
                            .withMessageNotContainingAny("\n", "\u0000", "\t")));
  }

  @Test
  void theTableIsLarge() {
    assertThat(good().size() + bad().size()).isGreaterThanOrEqualTo(200);
    assertThat(bad()).doesNotHaveDuplicates();
  }

  @Test
  void saysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse("30"))
        .withMessage("duration \"30\" lacks a unit (ns, us, ms, s, m, h or d) after \"30\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse("3 weeks"))
        .withMessage(
            "duration \"3 weeks\" has the unknown unit \" weeks\" (known: ns, us, ms, s, m, h, d)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse(""))
        .withMessage("duration \"\" is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse("106752d"))
        .withMessage("duration \"106752d\" is out of range (about 292 years)");
  }

  @Test
  void aHugeTextGivesAShortMessage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GoDuration.parse("1" + "x".repeat(1_000_000)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
  }

  @TestFactory
  Stream<DynamicTest> writesAsGoWrites() {
    Map<Duration, String> table = new LinkedHashMap<>();
    table.put(Duration.ZERO, "0s");
    table.put(Duration.ofNanos(1), "1ns");
    table.put(Duration.ofNanos(1100), "1.1µs");
    table.put(Duration.ofNanos(999), "999ns");
    table.put(Duration.ofNanos(2_200_000), "2.2ms");
    table.put(Duration.ofMillis(300), "300ms");
    table.put(Duration.ofMillis(3300), "3.3s");
    table.put(Duration.ofMillis(4 * 60_000 + 5001), "4m5.001s");
    table.put(Duration.ofMillis(5 * 3_600_000 + 6 * 60_000 + 7001), "5h6m7.001s");
    table.put(Duration.ofMinutes(8).plusNanos(1), "8m0.000000001s");
    table.put(Duration.ofNanos(Long.MAX_VALUE), "2562047h47m16.854775807s");
    table.put(Duration.ofNanos(Long.MIN_VALUE), "-2562047h47m16.854775808s");
    table.put(Duration.ofMinutes(90), "1h30m0s");
    table.put(Duration.ofHours(1), "1h0m0s");
    table.put(Duration.ofDays(2), "48h0m0s");
    table.put(Duration.ofMillis(-1500), "-1.5s");
    table.put(Duration.ofNanos(-1), "-1ns");
    table.put(Duration.ofSeconds(Long.MIN_VALUE), "-2562047788015215h30m8s"); // beyond Go's range
    return table.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getValue(),
                    () ->
                        assertThat(GoDuration.format(entry.getKey())).isEqualTo(entry.getValue())));
  }

  @Test
  void readsWhatItWrites() {
    Random random = new Random(20_240_607);
    for (int i = 0; i < 10_000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(64));
      assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
    }
  }
}
