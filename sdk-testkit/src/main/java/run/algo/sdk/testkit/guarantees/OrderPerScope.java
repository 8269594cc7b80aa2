package run.algo.sdk.testkit.guarantees;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Within a scope (a partition, or a key of it), ids were seen for the first time in the order in
 * which they were expected. Later sightings of an id do not matter: at-least-once delivery repeats
 * records. A gap does not matter either; {@link NoLoss} judges those.
 *
 * <p>The order of a scope is the order of the calls, so the thread that observes a scope makes
 * them.
 *
 * @since 0.1.0
 */
public final class OrderPerScope implements Guarantee {
  private final Map<Object, Scope> scopes = new LinkedHashMap<>();
  private final Violations violations = new Violations();
  private long sightings;

  private static final class Scope {
    private final Map<Object, Integer> rank = new HashMap<>();
    private final Set<Object> seen = new HashSet<>();
    private int highest = -1;
    private Object last = "nothing";
  }

  /** Starts with nothing expected. */
  public OrderPerScope() {}

  /**
   * Expects an id after those that were expected in this scope before. To be called before the id
   * is seen.
   *
   * @param scope what is ordered
   * @param id what identifies a record within the scope
   */
  public synchronized void expected(Object scope, Object id) {
    Map<Object, Integer> rank = scope(scope).rank;
    rank.putIfAbsent(id, rank.size());
  }

  /**
   * Tells that an id was seen. One that was not expected in this scope breaks the promise.
   *
   * @param scope what is ordered
   * @param id what identifies a record within the scope
   */
  public synchronized void seen(Object scope, Object id) {
    sightings++;
    Scope state = scope(scope);
    if (!state.seen.add(id)) {
      return;
    }
    Integer rank = state.rank.get(id);
    if (rank == null) {
      violations.add("scope " + scope + ": saw " + id + ", which was not expected there");
    } else if (rank < state.highest) {
      violations.add("scope " + scope + ": saw " + id + " after " + state.last);
    } else {
      state.highest = rank;
      state.last = id;
    }
  }

  @Override
  public synchronized void verify() {
    violations.verify("Order per scope", scopes.size() + " scopes, " + sightings + " sightings");
  }

  private Scope scope(Object scope) {
    return scopes.computeIfAbsent(scope, s -> new Scope());
  }
}
