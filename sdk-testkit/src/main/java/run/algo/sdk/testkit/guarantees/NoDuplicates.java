package run.algo.sdk.testkit.guarantees;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Nothing was seen twice.
 *
 * @since 0.1.0
 */
public final class NoDuplicates implements Guarantee {
  private final Map<Object, Integer> seen = new LinkedHashMap<>();

  /** Starts with nothing seen. */
  public NoDuplicates() {}

  /**
   * Tells that an id was seen.
   *
   * @param id what identifies a record
   */
  public synchronized void seen(Object id) {
    seen.merge(id, 1, Integer::sum);
  }

  @Override
  public synchronized void verify() {
    Violations violations = new Violations();
    seen.forEach(
        (id, times) -> {
          if (times > 1) {
            violations.add("saw " + id + " " + times + " times");
          }
        });
    violations.verify("No duplicates", seen.size() + " ids seen");
  }
}
