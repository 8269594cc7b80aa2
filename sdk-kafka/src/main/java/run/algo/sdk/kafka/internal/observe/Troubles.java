package run.algo.sdk.kafka.internal.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

/**
 * Gathers what stands in the way of a runner, in words for people: what blocks before what is
 * merely worse than it should be. What is told twice is told by the one who knows more.
 */
final class Troubles {

  /** More than these help nobody. */
  static final int SHOWN = 50;

  /** The poll thread tells something every second; a turn may take longer. */
  private static final double SILENCE = 10;

  /** Records that are due are executed when there is room: later than this is worth a word. */
  private static final double LATE = 10;

  /** Several commit intervals. */
  private static final double UNCOMMITTED = 30;

  /** Not wrong by itself, but whoever looks for what blocks a key wants to know. */
  private static final double LONG = 60;

  private final List<Status.Trouble> blocking = new ArrayList<>();
  private final List<Status.Trouble> others = new ArrayList<>();

  /** What is told at the paths {@code /health} and {@code /ready}. */
  Troubles verdicts(Optional<String> ailment, List<String> notReady) {
    ailment.ifPresent(what -> block("a restart can help: " + what));
    notReady.forEach(this::block);
    return this;
  }

  /**
   * What the runner tells of itself.
   *
   * @param view the latest view
   * @param age how old it is, in seconds
   * @param alive whether its poll thread ought to tell more
   * @param notReady what has been told already
   */
  Troubles view(RunnerView view, double age, boolean alive, List<String> notReady) {
    if (alive && age > SILENCE) {
      block("the poll thread has told nothing for " + seconds(age));
    }
    for (PartitionView partition : view.partitions()) {
      partition(partition, notReady);
    }
    late(view.partitions());
    inPlace(view.partitions());
    slow(view);
    RunnerView.Memory memory = view.memory();
    if (memory.budget() > 0 && memory.used() >= memory.budget()) {
      warn("the memory budget is used up: nothing more is read until there is less in flight");
    }
    if (view.commits().ageSeconds() > UNCOMMITTED) {
      warn(
          "what is settled has waited to be committed for " + seconds(view.commits().ageSeconds()));
    }
    return this;
  }

  private void partition(PartitionView partition, List<String> notReady) {
    String name = partition.topic() + "-" + partition.partition();
    String why = partition.why().isEmpty() ? "" : ": " + partition.why();
    if (partition.state() == PartitionView.State.HALTED) {
      String told = name + " is halted";
      if (notReady.stream().noneMatch(reason -> reason.startsWith(told))) {
        block(told + why);
      }
    } else if (partition.stuck()) {
      block(
          name
              + " is stuck, nothing of it was settled for "
              + seconds(partition.idleSeconds())
              + " while work waited"
              + partition.oldest().map(Troubles::place).orElse("")
              + why);
    } else if (!why.isEmpty()) {
      warn(name + why);
    }
  }

  private void late(List<PartitionView> partitions) {
    Map<String, Double> latest = new LinkedHashMap<>();
    for (PartitionView partition : partitions) {
      if (partition.waiting().lateSeconds() > LATE) {
        latest.merge(partition.topic(), partition.waiting().lateSeconds(), Math::max);
      }
    }
    latest.forEach(
        (topic, late) -> warn("retries of " + topic + " have been due for " + seconds(late)));
  }

  /** They hold up what is behind them in their partition or key. */
  private void inPlace(List<PartitionView> partitions) {
    Map<String, Integer> records = new LinkedHashMap<>();
    for (PartitionView partition : partitions) {
      if (partition.waiting().inPlace() > 0) {
        records.merge(partition.topic(), partition.waiting().inPlace(), Integer::sum);
      }
    }
    records.forEach(
        (topic, number) ->
            warn(number + " of " + topic + " wait in their place to be executed again"));
  }

  private void slow(RunnerView view) {
    for (Slow execution : view.executions().slowest()) {
      if (execution.seconds() >= LONG) {
        warn(
            "an execution takes long, "
                + seconds(execution.seconds())
                + " so far: "
                + execution.topic()
                + "-"
                + execution.partition()
                + place(execution));
      }
    }
  }

  private static String place(Slow record) {
    return " at offset "
        + record.offset()
        + (record.traceId().isEmpty() ? "" : ", trace " + record.traceId())
        + (record.thread().isEmpty() ? "" : ", on thread " + record.thread());
  }

  /** Executions that have timed out and still run. */
  Troubles abandoned(int executions) {
    if (executions > 0) {
      warn(
          executions
              + (executions == 1 ? " execution that has" : " executions that have")
              + " passed the deadline still run");
    }
    return this;
  }

  /** Whether the outage fuse has blown. */
  Troubles outage(boolean down) {
    if (down) {
      block(
          "a dependency seems to be down: nothing is executed but a probe now and then, until one"
              + " succeeds (ALGO_OUTAGE_FUSE)");
    }
    return this;
  }

  /** All of them, the blocking ones first. */
  List<Status.Trouble> list() {
    List<Status.Trouble> all = new ArrayList<>(blocking);
    all.addAll(others);
    if (all.size() <= SHOWN) {
      return List.copyOf(all);
    }
    List<Status.Trouble> shown = new ArrayList<>(all.subList(0, SHOWN - 1));
    int rest = all.size() - shown.size();
    shown.add(new Status.Trouble(all.get(SHOWN - 1).blocks(), "and " + rest + " more"));
    return List.copyOf(shown);
  }

  private void block(String text) {
    blocking.add(new Status.Trouble(true, text));
  }

  private void warn(String text) {
    others.add(new Status.Trouble(false, text));
  }

  private static String seconds(double seconds) {
    return Math.round(seconds) + " s";
  }
}
