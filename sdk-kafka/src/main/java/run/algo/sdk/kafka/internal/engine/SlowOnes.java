package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.observe.view.Slow;

/** The executions that take long, from look to look. On the owner thread. */
final class SlowOnes {

  /** Shorter ones are nobody's concern. */
  private static final long LEAST = TimeUnit.SECONDS.toNanos(1);

  private static final int MOST_SHOWN = 20;

  /** Of those that take so long it is told where their threads are. */
  static final long WITH_STACK = TimeUnit.SECONDS.toNanos(10);

  /** When an execution was first found, by its place. */
  private Map<Place, Long> since = new HashMap<>();

  private Map<Place, Long> next = new HashMap<>();
  private final List<Shown> found = new ArrayList<>();

  private record Place(TopicPartition partition, long offset, boolean parked) {}

  private record Shown(FlowWatch watch, FlowWatch.Found found, long nanos) {}

  /** An execution was found at this look. */
  void found(FlowWatch watch, FlowWatch.Found execution, long now) {
    Place place =
        new Place(
            watch.flow().partition(), execution.offset(), execution.batch().flow().ofParked());
    Long known = since.get(place);
    long first = known == null ? now : known;
    next.put(place, first);
    if (now - first >= LEAST) {
      found.add(new Shown(watch, execution, now - first));
    }
  }

  /** Ends the look, and tells the slowest. */
  List<Slow> end() {
    Map<Place, Long> old = since;
    since = next;
    next = old;
    next.clear();
    found.sort(Comparator.comparingLong(Shown::nanos).reversed());
    List<Slow> slowest = new ArrayList<>();
    for (Shown each : found.subList(0, Math.min(MOST_SHOWN, found.size()))) {
      slowest.add(
          Watcher.slow(
              each.watch().flow(), each.found(), each.nanos(), each.nanos() >= WITH_STACK));
    }
    found.clear();
    return slowest;
  }
}
