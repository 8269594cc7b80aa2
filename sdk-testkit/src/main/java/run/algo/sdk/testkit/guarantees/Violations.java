package run.algo.sdk.testkit.guarantees;

import java.util.ArrayList;
import java.util.List;

/** Counts violations and keeps the first few. Not thread-safe. */
final class Violations {
  private static final int KEPT = 10;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String violation) {
    count++;
    if (first.size() < KEPT) {
      first.add(violation);
    }
  }

  /**
   * Fails when there were violations.
   *
   * @param promise what was promised
   * @param observed how much was observed, so that an empty run is not mistaken for a good one
   */
  void verify(String promise, String observed) {
    if (count > 0) {
      throw new AssertionError(
          promise
              + " is broken "
              + count
              + (count == 1 ? " time" : " times")
              + " ("
              + observed
              + "): "
              + String.join("; ", first)
              + (count > first.size() ? "; ..." : ""));
    }
  }
}
