package run.algo.sdk.kafka.internal.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import run.algo.sdk.kafka.internal.observe.InputCounters;

/**
 * Compares the ledger of each input with what is really in flight: a record that the ledger still
 * counts and no partition knows any more is lost, one that a partition has and the ledger has ended
 * was counted twice. On the owner thread.
 *
 * <p>Records are settled while it looks, so the ledger is read before and after: what the
 * partitions have is accounted for when it lies between the two. A record that is settled at this
 * moment is out of its partition an instant before it is in the ledger. So a difference counts that
 * {@link #LOOKS} looks in a row have found, and as much of it as all of them have.
 */
final class Unaccounted {

  private static final int LOOKS = 10;

  private final Map<InputCounters, Differences> inputs = new HashMap<>();

  /** The differences of the last looks. */
  private static final class Differences {
    private final long[] last = new long[LOOKS];
    private int looks;

    void add(long difference) {
      last[looks++ % LOOKS] = difference;
    }

    long lasting() {
      if (looks < LOOKS) {
        return 0;
      }
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (long difference : last) {
        least = Math.min(least, difference);
        most = Math.max(most, difference);
      }
      return least > 0 ? least : Math.min(most, 0);
    }
  }

  /**
   * Looks.
   *
   * @return how many records of each input are not accounted for, by its name; 0, or a defect
   */
  Map<String, Long> look(Collection<PartitionFlow> flows) {
    Map<InputCounters, Long> inFlight = new HashMap<>();
    Map<InputCounters, Long> before = new HashMap<>();
    inputs.keySet().forEach(input -> inFlight.put(input, 0L));
    for (PartitionFlow flow : flows) {
      inFlight.put(flow.route().counters(), 0L);
    }
    inFlight.keySet().forEach(input -> before.put(input, input.inFlight()));
    for (PartitionFlow flow : flows) {
      inFlight.merge(flow.route().counters(), (long) flow.unsettledNow(), Long::sum);
    }
    Map<String, Long> lasting = new HashMap<>();
    inFlight.forEach(
        (input, records) -> {
          Differences differences = inputs.computeIfAbsent(input, added -> new Differences());
          long after = input.inFlight();
          long most = before.getOrDefault(input, after);
          differences.add(records < after ? after - records : Math.min(0, most - records));
          lasting.put(input.input(), differences.lasting());
        });
    return Map.copyOf(lasting);
  }
}
