package run.algo.sdk.testkit.guarantees;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Everything expected was seen, once or more often. What was seen without being expected does not
 * matter here.
 *
 * @since 0.1.0
 */
public final class NoLoss implements Guarantee {
  private final Set<Object> expected = new LinkedHashSet<>();
  private final Set<Object> seen = new HashSet<>();

  /** Starts with nothing expected. */
  public NoLoss() {}

  /**
   * Expects an id to be seen, before or after this call.
   *
   * @param id what identifies a record
   */
  public synchronized void expected(Object id) {
    expected.add(id);
  }

  /**
   * Tells that an id was seen.
   *
   * @param id what identifies a record
   */
  public synchronized void seen(Object id) {
    seen.add(id);
  }

  /**
   * Returns how many expected ids were not seen yet, for a test to wait for 0.
   *
   * @return 0 when the promise holds now
   */
  public synchronized int missing() {
    return (int) expected.stream().filter(id -> !seen.contains(id)).count();
  }

  @Override
  public synchronized void verify() {
    Violations violations = new Violations();
    for (Object id : expected) {
      if (!seen.contains(id)) {
        violations.add("never saw " + id);
      }
    }
    violations.verify("No loss", expected.size() + " expected, " + seen.size() + " seen");
  }
}
