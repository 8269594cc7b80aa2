package run.algo.sdk.benchmarks.process;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of an arm.
 *
 * @param records records that count
 * @param usage what they took
 */
record Measured(long records, Usage usage) {

  private static final Pattern LINE =
      Pattern.compile("RESULT records=(\\d+) nanos=(\\d+) cpu=(\\d+) allocated=(\\d+)");

  double recordsPerSecond() {
    return records * 1e9 / usage.nanos();
  }

  double cpuSecondsPerMillion() {
    return usage.cpuNanos() / 1e9 * 1e6 / records;
  }

  double bytesPerRecord() {
    return (double) usage.allocatedBytes() / records;
  }

  /** The line by which a child tells its parent. */
  String line() {
    return String.format(
        Locale.ROOT,
        "RESULT records=%d nanos=%d cpu=%d allocated=%d",
        records,
        usage.nanos(),
        usage.cpuNanos(),
        usage.allocatedBytes());
  }

  /** Finds the line in what a child has printed. */
  static Optional<Measured> find(String printed) {
    Matcher matcher = LINE.matcher(printed);
    return matcher.find()
        ? Optional.of(
            new Measured(
                number(matcher, 1),
                new Usage(number(matcher, 2), number(matcher, 3), number(matcher, 4))))
        : Optional.empty();
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group));
  }
}
