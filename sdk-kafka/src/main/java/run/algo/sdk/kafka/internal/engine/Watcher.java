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

  private final Consumer<?, ?> consumer;
  private final EnginePlan plan;
  private final InstantSource clock;
  private final Duration stuckAfter;
  private final Map<PartitionFlow, FlowWatch> watches = new HashMap<>();
  private final Unaccounted unaccounted = new Unaccounted();
  private final SlowOnes slow = new SlowOnes();
  private @Nullable Long last;
  private volatile RunnerView view = RunnerView.NONE;

  /**
   * A watcher.
   *
   * @param consumer tells how far the ends of its partitions are; on its owner's thread
   * @param plan what may be executed and be in flight
   * @param clock the time of day
   */
  Watcher(Consumer<?, ?> consumer, EnginePlan plan, InstantSource clock) {
    this.consumer = consumer;
    this.plan = plan;
    this.clock = clock;
    this.stuckAfter = plan.times().stuckAfter();
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
    int running = 0;
    long bytes = 0;
    long uncommitted = 0;
    for (PartitionFlow flow : flows) {
      FlowWatch watch = watches.computeIfAbsent(flow, added -> new FlowWatch(added, now));
      watch.look(now, slow);
      running += watch.running();
      bytes += flow.bytesInFlight();
      uncommitted = Math.max(uncommitted, watch.uncommitted(now));
    }
    List<Slow> slowest = slow.end();
    List<PartitionView> partitions = new ArrayList<>();
    for (PartitionFlow flow : flows) {
      FlowWatch watch = watches.get(flow);
      if (watch != null) {
        partitions.add(partition(watch, stage.mode(), running, now));
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

  private PartitionView partition(FlowWatch watch, Intake.Mode mode, int running, long now) {
    PartitionFlow flow = watch.flow();
    Optional<HaltReport> halt = flow.halted();
    long idle = watch.idle(now);
    // What waits while others are executed has no slot yet; while nothing is, it was forgotten.
    FlowWatch.Found blocking = watch.worked();
    FlowWatch.Found waiting = watch.oldest();
    boolean works = blocking != null || (running == 0 && watch.waits());
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
                    slow(
                        flow,
                        found,
                        found.isWorked()
                            ? slow.nanos(watch, found, now)
                            : now - found.batch().read(),
                        stuck)),
        waiting(flow),
        watch.parked(now),
        stuck,
        works ? seconds(idle) : 0);
  }

  private static String why(HaltReport report) {
    return "halted at offset " + report.position().offset() + ": " + report.what();
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
      return unread.isEmpty() || position < 0 || first < 0
          ? OptionalLong.empty()
          : OptionalLong.of(unread.getAsLong() + Math.max(0, position - first));
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

  private static PartitionView.Waiting waiting(PartitionFlow flow) {
    OptionalLong due = flow.nextDue();
    return due.isEmpty()
        ? PartitionView.Waiting.NONE
        : new PartitionView.Waiting(
            flow.postponed(),
            seconds(Math.max(0, due.getAsLong())),
            seconds(Math.max(0, -due.getAsLong())));
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
