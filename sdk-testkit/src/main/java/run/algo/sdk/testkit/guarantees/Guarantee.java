package run.algo.sdk.testkit.guarantees;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * A promise that a run keeps or breaks. All implementations here are thread-safe; ids and scopes
 * are any objects with {@code equals} and {@code hashCode}.
 *
 * @since 0.1.0
 */
public interface Guarantee {

  /**
   * Judges what was observed so far.
   *
   * @throws AssertionError when the promise is broken; it tells how often and names the first cases
   */
  void verify();

  /**
   * Judges several promises and reports all that are broken, not the first only.
   *
   * @param guarantees the promises
   * @throws AssertionError when at least one is broken
   */
  static void verifyAll(Guarantee... guarantees) {
    StringJoiner broken = new StringJoiner("\n");
    Arrays.asList(guarantees)
        .forEach(
            guarantee -> {
              try {
                guarantee.verify();
              } catch (AssertionError e) {
                broken.add(e.getMessage());
              }
            });
    if (broken.length() > 0) {
      throw new AssertionError(broken.toString());
    }
  }
}
