package run.algo.sdk.kafka.internal.engine;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * The bugs of {@link Plant} that are in how transactions follow on each other. They reach into
 * {@link Transactions} by the names of its fields: the engine has no doors for bugs.
 */
final class PlantedTransactions {

  private final Plant plant;
  private Transactions real;

  PlantedTransactions(Plant plant) {
    this.plant = plant;
  }

  /** The transactions with the bug, or as they are. */
  Commits in(Transactions transactions) {
    real = transactions;
    return switch (plant) {
      case TAKEN_AGAIN_WHILE_UNDECIDED, ABORT_FORGETS_TO_UNTAKE -> new Bugged();
      default -> transactions;
    };
  }

  /** A lane is about to do something. */
  void beforeStep() {
    if (plant == Plant.COMMIT_OUT_OF_TURN) {
      alive().forEach(transaction -> set(transaction, "before", null));
    }
  }

  @SuppressWarnings("unchecked")
  private Deque<Transaction> alive() {
    try {
      return (Deque<Transaction>) field(real, "alive").get(real);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the bug cannot be planted", e);
    }
  }

  private static void set(Object of, String name, Object value) {
    try {
      field(of, name).set(of, value);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the bug cannot be planted", e);
    }
  }

  private static Field field(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** Does something before each turn. */
  private final class Bugged implements Commits {

    @Override
    public boolean transactional() {
      return real.transactional();
    }

    @Override
    public Map<TopicPartition, SettledOffsets> settledAhead(Collection<TopicPartition> partitions) {
      return real.settledAhead(partitions);
    }

    @Override
    public void turn(Collection<PartitionFlow> flows, boolean due) {
      if (plant == Plant.TAKEN_AGAIN_WHILE_UNDECIDED) {
        flows.forEach(PartitionFlow::untake);
      } else {
        alive()
            .removeIf(
                transaction ->
                    transaction.ended() && transaction.state() != Transaction.State.COMMITTED);
      }
      real.turn(flows, due);
    }

    @Override
    public void commitSync(Collection<PartitionFlow> flows, Duration timeout) {
      real.commitSync(flows, timeout);
    }

    @Override
    public Tally tally() {
      return real.tally();
    }

    @Override
    public Optional<String> trouble() {
      return real.trouble();
    }
  }
}
