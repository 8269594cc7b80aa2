package run.algo.sdk.kafka.internal.engine;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How late the records of one run were executed, in nanoseconds.
 *
 * @param records how many
 * @param p50 the median
 * @param p99 what all but a hundredth stayed below
 * @param greatest of all
 * @param least of all: less than nothing would be before it was due
 */
record Lateness(int records, long p50, long p99, long greatest, long least) {

  private static final Pattern LINE =
      Pattern.compile(
          "LATENESS records=(\\d+) p50=(-?\\d+) p99=(-?\\d+) greatest=(-?\\d+) least=(-?\\d+)");
  private static final double MILLI = 1_000_000;

  /** Of at least one record. */
  static Lateness of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Lateness(
        sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), at(sorted, 0));
  }

  private static long at(long[] sorted, double part) {
    return sorted[(int) Math.round(part * (sorted.length - 1))];
  }

  static double millis(long nanos) {
    return nanos / MILLI;
  }

  /** In words. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%,d records: lateness p50 %.2f ms, p99 %.2f ms, greatest %.2f ms, least %.2f ms",
        records,
        millis(p50),
        millis(p99),
        millis(greatest),
        millis(least));
  }

  /** The line by which a child tells its parent. */
  String line() {
    return String.format(
        Locale.ROOT,
        "LATENESS records=%d p50=%d p99=%d greatest=%d least=%d",
        records,
        p50,
        p99,
        greatest,
        least);
  }

  /** Finds the line in what a child has printed. */
  static Optional<Lateness> find(String printed) {
    Matcher matcher = LINE.matcher(printed);
    return matcher.find()
        ? Optional.of(
            new Lateness(
                Integer.parseInt(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                Long.parseLong(matcher.group(5))))
        : Optional.empty();
  }
}
