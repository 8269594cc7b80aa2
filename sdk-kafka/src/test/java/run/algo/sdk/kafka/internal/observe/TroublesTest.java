package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

class TroublesTest {

  private static RunnerView view(PartitionView... partitions) {
    return new RunnerView(
        StatusSamples.NOW,
        true,
        "OPEN",
        List.of(partitions),
        new RunnerView.Executions(0, 8, List.of()),
        new RunnerView.Memory(0, 100),
        new RunnerView.Commits(0, 0, 0),
        RunnerView.NONE.rebalances(),
        Map.of());
  }

  private static PartitionView partition(
      PartitionView.State state, String why, boolean stuck, double late) {
    return new PartitionView(
        "in",
        "t",
        1,
        false,
        state,
        why,
        0,
        0,
        OptionalLong.empty(),
        0,
        0,
        0,
        Optional.empty(),
        new PartitionView.Waiting(1, 0, late),
        PartitionView.Parked.NONE,
        stuck,
        0);
  }

  private static List<String> told(RunnerView view, String... notReady) {
    return new Troubles()
        .view(view, 0, true, List.of(notReady)).list().stream()
            .map(trouble -> (trouble.blocks() ? "! " : "") + trouble.text())
            .toList();
  }

  @Test
  void aRunnerThatIsWellHasNone() {
    PartitionView well = partition(PartitionView.State.RUNNING, "", false, 0.5);
    assertThat(told(view(well))).isEmpty();
    assertThat(told(RunnerView.NONE)).isEmpty();
  }

  @Test
  void whatBlocksComesFirst() {
    List<Status.Trouble> all =
        new Troubles()
            .abandoned(2)
            .verdicts(Optional.of("it has failed"), List.of("it is STARTING"))
            .abandoned(0)
            .list();

    assertThat(all)
        .containsExactly(
            new Status.Trouble(true, "a restart can help: it has failed"),
            new Status.Trouble(true, "it is STARTING"),
            new Status.Trouble(false, "2 executions that have passed the deadline still run"));
  }

  @Test
  void aHaltedPartitionIsToldOnce() {
    RunnerView view = view(partition(PartitionView.State.HALTED, "no topic", false, 0));

    assertThat(told(view)).containsExactly("! t-1 is halted: no topic");
    assertThat(told(view, "t-1 is halted at offset 3: no topic")).isEmpty();
    assertThat(told(view, "t-11 is halted at offset 3: no topic")).hasSize(1);
  }

  @Test
  void whatWaitsInItsPlaceAndWhatTakesLongIsTold() {
    PartitionView waiting =
        new PartitionView(
            "in",
            "t",
            1,
            false,
            PartitionView.State.RUNNING,
            "",
            0,
            0,
            OptionalLong.empty(),
            0,
            0,
            0,
            Optional.empty(),
            new PartitionView.Waiting(0, 0, 0, 3),
            PartitionView.Parked.NONE,
            false,
            0);
    RunnerView view = view(waiting);
    RunnerView slow =
        new RunnerView(
            view.at(),
            view.assigned(),
            view.intake(),
            view.partitions(),
            new RunnerView.Executions(2, 4, List.of(slow(4, 61, "algo-7"), slow(5, 59, "algo-8"))),
            view.memory(),
            view.commits(),
            view.rebalances(),
            view.unaccounted());
    assertThat(told(slow))
        .containsExactly(
            "3 of t wait in their place to be executed again",
            "an execution takes long, 61 s so far: t-1 at offset 4, trace abc, on thread algo-7");
  }

  private static Slow slow(long offset, double seconds, String thread) {
    return new Slow("t", 1, offset, "abc", true, seconds, thread, List.of());
  }

  @Test
  void anOutageBlocks() {
    assertThat(new Troubles().outage(false).list()).isEmpty();
    assertThat(new Troubles().outage(true).list())
        .singleElement()
        .matches(Status.Trouble::blocks)
        .matches(trouble -> trouble.text().contains("ALGO_OUTAGE_FUSE"));
  }

  @Test
  void aStuckPartitionBlocksAndAReasonAloneDoesNot() {
    assertThat(told(view(partition(PartitionView.State.RUNNING, "slow Algo", true, 0))))
        .containsExactly(
            "! t-1 is stuck, nothing of it was settled for 0 s while work waited: slow Algo");
    assertThat(told(view(partition(PartitionView.State.RESTORING, "reads 5 keys", false, 0))))
        .containsExactly("t-1: reads 5 keys");
  }

  @Test
  void retriesThatAreLateAreToldByTopic() {
    PartitionView late = partition(PartitionView.State.RUNNING, "", false, 31);
    PartitionView later = partition(PartitionView.State.RUNNING, "", false, 42.4);
    assertThat(told(view(late, later))).containsExactly("retries of t have been due for 42 s");
  }

  @Test
  void aPollThreadThatTellsNothingBlocksUnlessTheRunnerHasEnded() {
    assertThat(new Troubles().view(view(), 11, true, List.of()).list())
        .containsExactly(new Status.Trouble(true, "the poll thread has told nothing for 11 s"));
    assertThat(new Troubles().view(view(), 11, false, List.of()).list()).isEmpty();
  }

  @Test
  void fullMemoryAndLateCommitsAreTold() {
    RunnerView view =
        new RunnerView(
            StatusSamples.NOW,
            true,
            "OPEN",
            List.of(),
            new RunnerView.Executions(0, 8, List.of()),
            new RunnerView.Memory(100, 100),
            new RunnerView.Commits(0, 3, 61),
            RunnerView.NONE.rebalances(),
            Map.of());

    assertThat(told(view))
        .containsExactly(
            "the memory budget is used up: nothing more is read until there is less in flight",
            "what is settled has waited to be committed for 61 s");
  }

  @Test
  void manyAreCutWithACount() {
    List<Status.Trouble> all =
        new Troubles().verdicts(Optional.empty(), Collections.nCopies(200, "x")).list();

    assertThat(all).hasSize(Troubles.SHOWN);
    assertThat(all.get(Troubles.SHOWN - 1).text()).isEqualTo("and 151 more");
  }
}
