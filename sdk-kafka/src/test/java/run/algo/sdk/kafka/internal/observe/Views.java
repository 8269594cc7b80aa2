package run.algo.sdk.kafka.internal.observe;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.PartitionView.State;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

/** Views of a runner for tests. */
final class Views {

  private static final List<String> STACK = List.of("a.B.run(B.java:7)", "c.D");

  private Views() {}

  static RunnerView of(PartitionView... partitions) {
    return new RunnerView(
        Instant.EPOCH,
        true,
        "OPEN",
        List.of(partitions),
        new RunnerView.Executions(2, 4, List.of()),
        new RunnerView.Memory(100, 1_000),
        new RunnerView.Commits(7, 1, 0.25),
        new RunnerView.Rebalances(3, 2, 1),
        Map.of());
  }

  /** One that works. */
  static PartitionView partition(String input, String topic, int number) {
    return partition(input, topic, number, State.RUNNING, "", Optional.empty(), false, 0);
  }

  static PartitionView halted(String input, String topic, int number) {
    return partition(
        input, topic, number, State.HALTED, "halted at offset 17", Optional.empty(), false, 0);
  }

  /** One that has settled nothing for 400 seconds, since a thread holds offset 17. */
  static PartitionView stuck(String input, String topic, int number) {
    return stuck(
        true, 400, new Slow(topic, number, 17, "t-1", true, 400, "algo-worker-2", STACK), input);
  }

  static PartitionView stuck(boolean stuck, double idle, Slow record, String input) {
    return partition(
        input,
        record.topic(),
        record.partition(),
        State.RUNNING,
        "",
        Optional.of(record),
        stuck,
        idle);
  }

  private static PartitionView partition(
      String input,
      String topic,
      int number,
      State state,
      String why,
      Optional<Slow> oldest,
      boolean stuck,
      double idle) {
    return new PartitionView(
        input,
        topic,
        number,
        topic.contains("retry"),
        state,
        why,
        20,
        17,
        OptionalLong.of(5),
        1.5,
        3,
        100,
        oldest,
        new PartitionView.Waiting(3, 0, 2.5),
        new PartitionView.Parked(2, 4, 60),
        stuck,
        idle);
  }
}
