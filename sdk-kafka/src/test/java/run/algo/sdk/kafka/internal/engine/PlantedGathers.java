package run.algo.sdk.kafka.internal.engine;

import java.lang.reflect.Field;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** The bugs of {@link Plant} that are in what is held, by the names of its fields. */
final class PlantedGathers {

  private PlantedGathers() {}

  /** Of a member, before it holds anything. */
  static void in(Plant plant, Gathers gathers) {
    if (plant == Plant.COMMIT_NOT_CUT) {
      try {
        Field ended = Gathers.class.getDeclaredField("ended");
        ended.setAccessible(true);
        ended.set(gathers, new Forgetful());
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("the bug cannot be planted", e);
      }
    }
  }

  /** Of a batch on its way to the dispatcher. */
  static void in(Plant plant, RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (plant == Plant.HELD_EXECUTED_BY_ITSELF && isHeld(batch, i)) {
        batch.putBack(i);
      }
      Gather gather = batch.gather(i);
      if (plant == Plant.TRIGGER_FORGETS_ONE && gather != null) {
        List<Trace.Held> held = gather.trace().held();
        held.remove(held.size() - 1);
      }
    }
  }

  private static boolean isHeld(RecordBatch batch, int index) {
    return !batch.isSettled(index) && !batch.isWaiting(index);
  }

  /** Remembers nothing. */
  private static final class Forgetful extends AbstractSet<Gather> {
    private final Set<Gather> nothing = Collections.emptySet();

    @Override
    public boolean add(Gather gather) {
      return false;
    }

    @Override
    public Iterator<Gather> iterator() {
      return nothing.iterator();
    }

    @Override
    public int size() {
      return 0;
    }
  }
}
