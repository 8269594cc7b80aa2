package run.algo.sdk.spi;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.ConfigurationProblem;

/**
 * Durations as texts in the grammar of Go's {@code time.ParseDuration}, which the operator and its
 * configs use, plus the unit {@code d} of 24 hours.
 *
 * <p>A duration is an optional sign and one or more decimal numbers, each with an optional fraction
 * and a unit: {@code 300ms}, {@code -1.5h}, {@code 1h30m}. Units are {@code ns us µs μs ms s m h
 * d}. {@code 0} needs no unit. The range is Go's: 64 bits of nanoseconds, about 292 years.
 *
 * <p>All methods are safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class GoDuration {

  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L, // U+00B5, the micro sign
          "μs", 1_000L, // U+03BC, the Greek letter
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  /** 2 to the power of 63 as an unsigned number: the magnitude of the most negative duration. */
  private static final long LIMIT = Long.MIN_VALUE;

  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);

  private final String text;
  private int at;

  private GoDuration(String text) {
    this.text = text;
  }

  /**
   * Reads a duration.
   *
   * @param text for example {@code 1h30m}
   * @return the duration, negative when the text says so; fractions below one nanosecond are
   *     dropped
   * @throws IllegalArgumentException when the text is not a duration or does not fit in 64 bits of
   *     nanoseconds; the message says which, without a trailing stop
   */
  public static Duration parse(String text) {
    return new GoDuration(text).parse();
  }

  private Duration parse() {
    boolean negative = false;
    if (!text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
      negative = text.charAt(0) == '-';
      at = 1;
    }
    if (at == text.length()) {
      throw failure(text.isEmpty() ? "is empty" : "has no number after its sign");
    }
    if (text.length() == at + 1 && text.charAt(at) == '0') {
      return Duration.ZERO;
    }
    long total = 0; // unsigned, at most LIMIT
    while (at < text.length()) {
      long term = term();
      // Go lets two terms of exactly 2^63 wrap round to zero; that is an accident, so it is an
      // overflow here.
      if (Long.compareUnsigned(term, LIMIT - total) > 0) {
        throw overflow();
      }
      total += term;
    }
    if (negative) {
      return Duration.ofNanos(
          -total); // LIMIT negated is Long.MIN_VALUE again, which is the right value
    }
    if (total == LIMIT) {
      throw overflow();
    }
    return Duration.ofNanos(total);
  }

  /** Reads one number with its unit, as unsigned nanoseconds of at most {@link #LIMIT}. */
  private long term() {
    if (text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
      throw failure("has no number where one is expected, at character " + (at + 1));
    }
    int start = at;
    long whole = whole();
    boolean digits = at > start;
    long fraction = 0;
    double scale = 1;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      boolean full = false;
      for (; at < text.length() && isDigit(text.charAt(at)); at++) {
        digits = true;
        // Digits beyond 63 bits are below a nanosecond of any unit, so they are skipped, not an
        // overflow.
        if (full || fraction > Long.MAX_VALUE / 10) {
          full = true;
          continue;
        }
        long next = fraction * 10 + (text.charAt(at) - '0');
        if (Long.compareUnsigned(next, LIMIT) > 0) {
          full = true;
          continue;
        }
        fraction = next;
        scale *= 10;
      }
    }
    if (!digits) {
      throw failure("has a point without digits");
    }
    long unit = unit();
    if (Long.compareUnsigned(whole, Long.divideUnsigned(LIMIT, unit)) > 0) {
      throw overflow();
    }
    long nanos = whole * unit;
    if (fraction != 0) {
      double exact = fraction == LIMIT ? 0x1p63 : (double) fraction;
      nanos += (long) (exact * (unit / scale));
      if (Long.compareUnsigned(nanos, LIMIT) > 0) {
        throw overflow();
      }
    }
    return nanos;
  }

  private long whole() {
    long number = 0;
    for (; at < text.length() && isDigit(text.charAt(at)); at++) {
      if (Long.compareUnsigned(number, Long.divideUnsigned(LIMIT, 10)) > 0) {
        throw overflow();
      }
      number = number * 10 + (text.charAt(at) - '0');
      if (Long.compareUnsigned(number, LIMIT) > 0) {
        throw overflow();
      }
    }
    return number;
  }

  private long unit() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw failure(
          "lacks a unit (ns, us, ms, s, m, h or d) after " + shown(text.substring(0, start)));
    }
    String name = text.substring(start, at);
    Long unit = UNITS.get(name);
    if (unit == null) {
      throw failure("has the unknown unit " + shown(name) + " (known: ns, us, ms, s, m, h, d)");
    }
    return unit;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private IllegalArgumentException overflow() {
    return failure("is out of range (about 292 years)");
  }

  private IllegalArgumentException failure(String what) {
    return new IllegalArgumentException("duration " + shown(text) + " " + what);
  }

  private static String shown(String part) {
    return '"' + ConfigurationProblem.printable(part, 60) + '"';
  }

  /**
   * Writes a duration as Go's {@code Duration.String} does: {@code 1h30m0s}, {@code 1.5s}, {@code
   * 300ms}, {@code 0s}. What {@link #parse} reads from the result is the same duration, when it is
   * within Go's range.
   *
   * @param duration any duration, also beyond Go's range
   * @return the text; days are written as hours
   */
  public static String format(Duration duration) {
    BigInteger nanos =
        BigInteger.valueOf(duration.getSeconds())
            .multiply(NANOS_PER_SECOND)
            .add(BigInteger.valueOf(duration.getNano()));
    String sign = nanos.signum() < 0 ? "-" : "";
    BigInteger[] parts = nanos.abs().divideAndRemainder(NANOS_PER_SECOND);
    long rest = parts[1].longValueExact();
    if (parts[0].signum() == 0) {
      return sign + belowSecond(rest);
    }
    BigInteger[] minutes = parts[0].divideAndRemainder(BigInteger.valueOf(60));
    BigInteger[] hours = minutes[0].divideAndRemainder(BigInteger.valueOf(60));
    StringBuilder result = new StringBuilder(sign);
    if (hours[0].signum() > 0) {
      result.append(hours[0]).append('h');
    }
    if (minutes[0].signum() > 0) {
      result.append(hours[1]).append('m');
    }
    return result.append(minutes[1]).append(fraction(rest, 9)).append('s').toString();
  }

  private static String belowSecond(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return nanos / 1_000 + fraction(nanos % 1_000, 3) + "µs";
    }
    return nanos / 1_000_000 + fraction(nanos % 1_000_000, 6) + "ms";
  }

  /** Returns the point and the digits without trailing zeros, or nothing. */
  private static String fraction(long value, int digits) {
    if (value == 0) {
      return "";
    }
    String all = String.format(Locale.ROOT, "%0" + digits + "d", value);
    int end = all.length();
    while (all.charAt(end - 1) == '0') {
      end--;
    }
    return "." + all.substring(0, end);
  }
}
