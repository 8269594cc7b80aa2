package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.PartitionView.State;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;

/**
 * Looks at everything about once a second, on the owner thread, and tells it as a view that any
 * thread may read. So nothing of the engine needs a lock for being shown.
 */
final class Watcher {

  /** Time between looks, in nanoseconds. */
  static final long INTERVAL = 1_000_000_000;

  private static final int MOST_FRAMES = 40;
  private static final int MOST_TRACE_ID = 100;

  /** Where a thread is, is asked of so many at a look. */
  private static final int MOST_STACKS = 20;

  private final Consumer<?, ?> consumer;
  private final EnginePlan plan;
  private final InstantSource clock;
  private final Duration stuckAfter;
  private final Map<PartitionFlow, FlowWatch> watches = new HashMap<>();
  private final Unaccounted unaccounted = new Unaccounted();
  private final SlowOnes slow = new SlowOnes();
  private final PausedEnds ends;
  private int stacks;
  private @Nullable Long last;
  private volatile RunnerView view = RunnerView.NONE;

  /**
   * A watcher.
   *
   * @param consumer tells how far the ends of its partitions are; on its owner's thread
   * @param plan what may be executed and be in flight
   * @param clock the time of day
   * @param ends tells how far the ends of partitions are that are not read
   */
  Watcher(Consumer<?, ?> consumer, EnginePlan plan, InstantSource clock, Siblings.Ends ends) {
    this.consumer = consumer;
    this.plan = plan;
    this.clock = clock;
    this.stuckAfter = plan.times().stuckAfter();
    this.ends = new PausedEnds(ends);
  }

  /** What was seen last. From any thread. */
  RunnerView view() {
    return view;
  }

  /** Whether it is time for a look. */
  boolean isDue(long now) {
    Long before = last;
    return before == null || now - before >= INTERVAL;
  }

  /** How far the runner is, beside its partitions. */
  record Stage(
      boolean assigned,
      Intake.Mode mode,
      Commits.Tally commits,
      RunnerView.Rebalances rebalances) {}

  /** Looks. */
  void look(Collection<PartitionFlow> flows, Stage stage, long now) {
    last = now;
    watches.keySet().retainAll(flows);
    ends.look(flows, now);
    stacks = 0;
    int running = 0;
    int busy = 0;
    long bytes = 0;
    long uncommitted = 0;
    for (PartitionFlow flow : flows) {
      FlowWatch watch = watches.computeIfAbsent(flow, added -> new FlowWatch(added, now));
      watch.look(now, slow);
      running += watch.running();
      busy += watch.busy();
      bytes += flow.bytesInFlight();
      uncommitted = Math.max(uncommitted, watch.uncommitted(now));
    }
    List<Slow> slowest = slow.end();
    List<PartitionView> partitions = new ArrayList<>();
    for (PartitionFlow flow : flows) {
      FlowWatch watch = watches.get(flow);
      if (watch != null) {
        partitions.add(partition(watch, stage.mode(), busy, now));
      }
    }
    view =
        new RunnerView(
            clock.instant(),
            stage.assigned(),
            stage.mode().name(),
            partitions,
            new RunnerView.Executions(running, plan.execution().concurrency(), slowest),
            new RunnerView.Memory(bytes, plan.bounds().bytes()),
            new RunnerView.Commits(
                stage.commits().confirmed(), stage.commits().failed(), seconds(uncommitted)),
            stage.rebalances(),
            unaccounted.look(flows));
  }

  /** Nothing is anybody's any more; what was counted stays. */
  void end() {
    RunnerView latest = view;
    view =
        new RunnerView(
            clock.instant(),
            latest.assigned(),
            latest.intake(),
            List.of(),
            new RunnerView.Executions(0, latest.executions().most(), List.of()),
            new RunnerView.Memory(0, latest.memory().budget()),
            new RunnerView.Commits(latest.commits().confirmed(), latest.commits().failed(), 0),
            latest.rebalances(),
            Map.of());
  }

  private PartitionView partition(FlowWatch watch, Intake.Mode mode, int busy, long now) {
    PartitionFlow flow = watch.flow();
    Optional<HaltReport> halt = flow.halted();
    long idle = watch.idle(now);
    // What waits while workers are busy, be it with writing, has no slot yet; while none is, it was
    // forgotten.
    FlowWatch.Found blocking = watch.worked();
    FlowWatch.Found waiting = watch.oldest();
    boolean works = blocking != null || (busy == 0 && watch.waits());
    boolean stuck = works && halt.isEmpty() && idle >= stuckAfter.toNanos();
    OptionalLong lag = lag(flow);
    FlowWatch.Found shown = stuck && blocking != null ? blocking : waiting;
    return new PartitionView(
        flow.route().counters().input(),
        flow.partition().topic(),
        flow.partition().partition(),
        flow.route().isOfRetries(),
        state(flow, halt, mode),
        halt.map(Watcher::why).orElse(""),
        flow.position(),
        flow.committedOffset(),
        lag,
        lagSeconds(flow, waiting, lag),
        flow.inFlight(),
        flow.bytesInFlight(),
        Optional.ofNullable(shown)
            .map(
                found ->
                    slow(flow, found, now - found.batch().read(), stuck && stacks++ < MOST_STACKS)),
        waiting(watch),
        watch.parked(now),
        stuck,
        works ? seconds(idle) : 0);
  }

  private static String why(HaltReport report) {
    return "halted at offset "
        + report.position().offset()
        + ": "
        + report.what()
        + " ("
        + report.cause()
        + ")";
  }

  private static State state(PartitionFlow flow, Optional<HaltReport> halt, Intake.Mode mode) {
    if (halt.isPresent()) {
      return State.HALTED;
    }
    if (!flow.mayFlow()) {
      return State.RESTORING;
    }
    if (mode != Intake.Mode.OPEN) {
      return State.PAUSED;
    }
    return flow.paused() ? State.FULL : State.RUNNING;
  }

  private OptionalLong lag(PartitionFlow flow) {
    TopicPartition partition = flow.partition();
    try {
      OptionalLong unread = consumer.currentLag(partition);
      long position = flow.position();
      long first = flow.firstUnsettled();
      long end = ends.of(partition);
      if (first < 0 || (end < 0 && (unread.isEmpty() || position < 0))) {
        return OptionalLong.empty();
      }
      // Ends only move away: of two the farther one is the newer.
      long known = unread.isEmpty() || position < 0 ? -1 : position + unread.getAsLong();
      return OptionalLong.of(Math.max(0, Math.max(known, end) - first));
    } catch (KafkaException | IllegalStateException e) {
      return OptionalLong.empty(); // not known yet, or no longer ours
    }
  }

  /** Of what was read the first in flight counts; what was not is younger than what was. */
  private double lagSeconds(
      PartitionFlow flow, FlowWatch.@Nullable Found waiting, OptionalLong lag) {
    long time = -1;
    if (waiting != null) {
      time = waiting.batch().timestamp(waiting.index());
    } else if (lag.orElse(0) > 0 && !flow.route().isOfRetries()) {
      time = flow.latestTimestamp();
    }
    return time < 0 ? 0 : Math.max(0, clock.millis() - time) / 1000.0;
  }

  private static PartitionView.Waiting waiting(FlowWatch watch) {
    PartitionFlow flow = watch.flow();
    OptionalLong due = flow.nextDue();
    return due.isEmpty()
        ? new PartitionView.Waiting(0, 0, 0, watch.delayed())
        : new PartitionView.Waiting(
            flow.postponed(),
            seconds(Math.max(0, due.getAsLong())),
            seconds(Math.max(0, -due.getAsLong())),
            watch.delayed());
  }

  static Slow slow(PartitionFlow flow, FlowWatch.Found found, long nanos, boolean withStack) {
    UnderWay execution = found.execution();
    Thread worker = execution == null ? null : execution.worker();
    List<String> stack = List.of();
    if (withStack && worker != null) {
      stack =
          Arrays.stream(worker.getStackTrace())
              .limit(MOST_FRAMES)
              .map(StackTraceElement::toString)
              .toList();
    }
    return new Slow(
        flow.partition().topic(),
        flow.partition().partition(),
        found.offset(),
        execution == null ? "" : ConfigurationProblem.printable(execution.traceId(), MOST_TRACE_ID),
        found.begun(),
        seconds(nanos),
        worker == null ? "" : worker.getName(),
        stack);
  }

  static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
