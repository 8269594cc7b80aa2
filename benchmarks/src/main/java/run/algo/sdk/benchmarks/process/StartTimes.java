package run.algo.sdk.benchmarks.process;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a process took to come to its first record and its first acknowledged output.
 *
 * @param mainMillis when main began, by the clock of the machine
 * @param firstNanos from there until the first record came to the work
 * @param ackedNanos from there until the first output was acknowledged
 * @param borrowedNanos what of both was spent on something that is not the arm's own
 * @param cpuNanos processor time of the process at the first acknowledgement
 * @param heapBytes the heap in use then, garbage included
 */
record StartTimes(
    long mainMillis,
    long firstNanos,
    long ackedNanos,
    long borrowedNanos,
    long cpuNanos,
    long heapBytes) {

  private static final Pattern LINE =
      Pattern.compile(
          "START main=(\\d+) first=(\\d+) acked=(\\d+) borrowed=(\\d+) cpu=(\\d+) heap=(\\d+)");
  private static final double NANOS_IN_MILLI = 1e6;

  double firstMillis() {
    return (firstNanos - borrowedNanos) / NANOS_IN_MILLI;
  }

  double ackedMillis() {
    return (ackedNanos - borrowedNanos) / NANOS_IN_MILLI;
  }

  double cpuSeconds() {
    return cpuNanos / 1e9;
  }

  double heapMebibytes() {
    return heapBytes / (double) (1 << 20);
  }

  /** The line by which a child tells its parent. */
  String line() {
    return String.format(
        Locale.ROOT,
        "START main=%d first=%d acked=%d borrowed=%d cpu=%d heap=%d",
        mainMillis,
        firstNanos,
        ackedNanos,
        borrowedNanos,
        cpuNanos,
        heapBytes);
  }

  /** Finds the line in what a child has printed. */
  static Optional<StartTimes> find(String printed) {
    Matcher matcher = LINE.matcher(printed);
    return matcher.find()
        ? Optional.of(
            new StartTimes(
                number(matcher, 1),
                number(matcher, 2),
                number(matcher, 3),
                number(matcher, 4),
                number(matcher, 5),
                number(matcher, 6)))
        : Optional.empty();
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group));
  }
}
