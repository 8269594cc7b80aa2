package run.algo.sdk.benchmarks.storage;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import run.algo.sdk.benchmarks.process.Usage;

/**
 * Writing or reading in one run of an arm.
 *
 * @param units bytes of the large file, or how many small objects
 * @param usage what they took
 * @param peaks the most memory meanwhile, where it was watched
 */
record PhaseResult(long units, Usage usage, Peaks peaks) {

  /** What is measured for itself. */
  enum Phase {
    WRITE,
    READ;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern LINE =
      Pattern.compile(
          "RESULT (WRITE|READ) units=(\\d+) nanos=(\\d+) cpu=(\\d+) allocated=(\\d+)"
              + " heap=(\\d+) live=(\\d+) direct=(\\d+) native=(\\d+) resident=(\\d+)");

  double perSecond() {
    return units * 1e9 / usage.nanos();
  }

  double cpuSecondsPer(double some) {
    return usage.cpuNanos() / 1e9 * some / units;
  }

  double allocatedPerUnit() {
    return (double) usage.allocatedBytes() / units;
  }

  /** The line by which a child tells its parent. */
  String line(Phase phase) {
    return String.format(
        Locale.ROOT,
        "RESULT %s units=%d nanos=%d cpu=%d allocated=%d heap=%d live=%d direct=%d native=%d"
            + " resident=%d",
        phase,
        units,
        usage.nanos(),
        usage.cpuNanos(),
        usage.allocatedBytes(),
        peaks.heap(),
        peaks.live(),
        peaks.direct(),
        peaks.nativeMemory(),
        peaks.resident());
  }

  /** Finds the line in what a child has printed. */
  static PhaseResult find(String printed, Phase phase) {
    Matcher matcher = LINE.matcher(printed);
    while (matcher.find()) {
      if (matcher.group(1).equals(phase.name())) {
        long[] numbers = new long[9];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Long.parseLong(matcher.group(i + 2));
        }
        return new PhaseResult(
            numbers[0],
            new Usage(numbers[1], numbers[2], numbers[3]),
            new Peaks(numbers[4], numbers[5], numbers[6], numbers[7], numbers[8]));
      }
    }
    throw new IllegalStateException("it printed no result of " + phase + ": " + printed.strip());
  }
}
