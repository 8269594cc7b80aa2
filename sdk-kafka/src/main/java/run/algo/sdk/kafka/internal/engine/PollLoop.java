package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;

/**
 * The consumer loop. Its thread, one at a time, owns the consumer and everything about partitions:
 * it polls, hands each partition's records to their flow, and commits what is settled.
 *
 * <p>A turn never waits for an Algo, a producer or a backoff: what is slow runs on workers, or on a
 * thread that the loop {@linkplain PollThreads has left}, and a partition that cannot take more is
 * paused while the loop polls on, so the group never takes this member for dead. The one exception
 * is the drain of partitions that are taken away, within {@code ALGO_REVOKE_TIMEOUT}, and of all
 * when the runner closes.
 */
public final class PollLoop {

  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

  /** Pause after an error of the consumer, so that a lasting one does not spin. */
  static final Duration ERROR_BACKOFF = Duration.ofSeconds(1);

  /** While nothing can be read the group is looked after this often, in nanoseconds. */
  private static final long LONGEST_ABSENCE = 50_000_000;

  /** So often a drain looks whether it has ended. */
  private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

  private final Consumer<byte[], byte[]> consumer;
  private final Collection<String> topics;
  private final EnginePlan plan;
  private final OwnerSignal signal;
  private final Commits commits;
  private final Assignment assignment;
  private final FlowControl flowControl;
  private final Watcher watcher;
  private final LoopListener listener;
  private final Environs environs;

  private final Siblings siblings;
  private final Gathers gathers;
  private final Flows flows;
  private final Intake intake;

  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable String trouble;
  private volatile boolean turning;
  private volatile long turnBegan;
  private boolean assignedOnce;
  private Intake.@Nullable Effect told;
  private long lastCommit;

  /**
   * What the loop lives in.
   *
   * @param clock tells the time
   * @param waiting how it waits for executions that end
   * @param warnings keeps the log readable
   * @param intake what is wished for about new records
   * @param commits makes what commits offsets
   * @param ends lists the ends of the inputs
   * @param threads turn the loop; null where the one that runs it does so itself
   */
  record Environs(
      MonotonicClock clock,
      OwnerSignal.Wait waiting,
      RateLimit warnings,
      Intake intake,
      Commits.Factory commits,
      Siblings.Ends ends,
      @Nullable PollThreads threads) {

    /** An environment that commits at least once. */
    Environs(MonotonicClock clock, OwnerSignal.Wait waiting, RateLimit warnings, Intake intake) {
      this(
          clock,
          waiting,
          warnings,
          intake,
          (consumer, signal, bounds, gathers) ->
              new Committer(consumer, warnings, clock, bounds.records(), gathers),
          partitions -> CompletableFuture.completedFuture(Map.of()),
          null);
    }

    /** The same, with an intake that is never changed. */
    Environs(MonotonicClock clock, OwnerSignal.Wait waiting, RateLimit warnings) {
      this(clock, waiting, warnings, new Intake());
    }

    /** The process's own. */
    static Environs system(RateLimit warnings, Intake intake) {
      return new Environs(MonotonicClock.SYSTEM, OwnerSignal.Wait.PARK, warnings, intake);
    }

    /** With other commits. */
    Environs with(Commits.Factory other) {
      return new Environs(clock, waiting, warnings, intake, other, ends, threads);
    }

    /** With other ends. */
    Environs with(Siblings.Ends other) {
      return new Environs(clock, waiting, warnings, intake, commits, other, threads);
    }

    /** With threads that turn the loop. */
    Environs with(PollThreads other) {
      return new Environs(clock, waiting, warnings, intake, commits, ends, other);
    }
  }

  /** Who wants to know. */
  public interface LoopListener {

    /**
     * What the loop does about records has changed. On the owner thread, for the first time when
     * the group has assigned partitions, perhaps none.
     *
     * @param now what it does
     */
    void intake(Intake.Effect now);
  }

  /** Makes the dispatcher of a partition. */
  interface Flows {

    /**
     * A flow for a newly assigned partition.
     *
     * @param seat the partition
     * @param signal wakes the owner thread
     * @return the flow
     */
    PartitionFlow create(PartitionFlow.Seat seat, OwnerSignal signal);

    /**
     * Ends records that were held in vain. Never blocks.
     *
     * @param gather the records
     */
    void giveUp(Gather gather);
  }

  PollLoop(
      Consumer<byte[], byte[]> consumer,
      Collection<String> topics,
      EnginePlan plan,
      Flows flows,
      LoopListener listener,
      Environs environs) {
    this.consumer = consumer;
    this.topics = topics;
    this.plan = plan;
    this.listener = listener;
    this.environs = environs;
    this.intake = environs.intake();
    this.flows = flows;
    this.signal = new OwnerSignal(consumer::wakeup, environs.waiting());
    this.siblings =
        new Siblings(
            topics.size(), environs.ends(), this::position, this::assignedFlows, signal::wake);
    this.gathers =
        new Gathers(
            plan.times().gatherTimeout(),
            environs.clock(),
            environs.warnings(),
            siblings,
            this::assignedFlows);
    this.commits = environs.commits().create(consumer, signal, plan.bounds(), gathers);
    this.assignment =
        new Assignment(
            seat -> flows.create(seat, signal),
            commits,
            signal,
            environs.clock(),
            plan,
            gathers,
            this::assigned);
    this.flowControl =
        new FlowControl(
            consumer, signal, plan.bounds(), environs.clock(), plan.times().pausePatience());
    this.watcher = new Watcher(consumer, plan, InstantSource.system(), environs.ends());
  }

  /**
   * Runs until {@link #close}, drains and leaves the group. The calling thread is the owner, unless
   * there are {@linkplain PollThreads others} to turn the loop; then it is so before and after.
   *
   * @throws KafkaException when the group will not have this member any more
   */
  public void run() {
    try {
      begin();
      PollThreads threads = environs.threads();
      if (threads == null) {
        while (turnUnlessClosed()) {
          // goes on
        }
      } else {
        threads.run(new Turns());
        signal.owner(Thread.currentThread());
      }
      end();
    } finally {
      assignment.abandon(); // nothing more is begun, whatever has ended the loop
      watcher.end();
    }
  }

  private final class Turns implements PollThreads.Loop {
    @Override
    public void own() {
      signal.owner(Thread.currentThread());
    }

    @Override
    public boolean turn() {
      return turnUnlessClosed();
    }

    @Override
    public void wake() {
      signal.wake();
    }
  }

  private boolean turnUnlessClosed() {
    if (closing.getCount() > 0) {
      step();
    }
    return closing.getCount() > 0;
  }

  /** Makes the calling thread the owner, and joins the group. */
  void begin() {
    signal.owner(Thread.currentThread());
    lastCommit = environs.clock().nanos();
    consumer.subscribe(topics, assignment);
    turnBegan = lastCommit;
    turning = true;
    intake.onChange(signal::wake);
  }

  /** One turn, whatever becomes of it. */
  void step() {
    try {
      turn();
      trouble = null;
    } catch (WakeupException e) {
      // A paused partition may have room again, or the runner closes.
      commit();
    } catch (FencedInstanceIdException | UnsupportedVersionException e) {
      throw e;
    } catch (InterruptException e) {
      // Nobody has a reason to interrupt this thread but an Algo that found it: clear and go on.
      boolean cleared = Thread.interrupted();
      log.warn("the poll thread was interrupted ({}); it goes on", cleared);
    } catch (KafkaException e) {
      troubled(e);
    }
  }

  /** Drains and lets go of everything. */
  void end() {
    turning = false;
    assignment.leaveAll(plan.times().shutdownTimeout(), plan.times().lastCommit());
  }

  /** Makes {@link #run} end. From any thread. */
  public void close() {
    closing.countDown();
    signal.wake();
  }

  /** {@return which partitions are halted, and why; from any thread} */
  public Map<TopicPartition, HaltReport> halts() {
    return assignment.halts();
  }

  /** {@return what was seen at the latest look; from any thread} */
  RunnerView view() {
    return watcher.view();
  }

  /** Whether all that was read is settled. On the owner thread. */
  boolean allSettled() {
    return assignment.allSettled();
  }

  /** {@return the lasting error of the consumer or of commits, if there is one; from any thread} */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble).or(commits::trouble);
  }

  /**
   * When the latest turn began. From any thread.
   *
   * @return monotonic time in nanoseconds; empty unless the loop is meant to turn
   */
  OptionalLong turnBegan() {
    return turning ? OptionalLong.of(turnBegan) : OptionalLong.empty();
  }

  private void turn() {
    turnBegan = environs.clock().nanos();
    CompletableFuture<Boolean> drain = intake.drainUnderWay(); // before what it is judged by
    Intake.Mode mode = intake.mode();
    gather(mode);
    assignment.begin(this::position);
    FlowControl.Verdict verdict = follow(mode, true);
    boolean settled = mode == Intake.Mode.DRAINING && assignment.allSettled();
    if (settled) {
      commits.turn(assignment.flows(), true);
      settled = !assignment.anyToCommit();
    }
    tell(mode, settled);
    watch(mode);
    if (settled && drain != null) {
      intake.drained(drain);
    }
    Duration patience = patience(mode, settled);
    switch (verdict) {
      case POLL -> accept(consumer.poll(patience));
      case WAIT -> signal.awaitWanted(this, plan.times().pausePatience().toNanos());
      case REST -> {
        signal.awaitWanted(this, Math.min(LONGEST_ABSENCE, patience.toNanos()));
        accept(consumer.poll(Duration.ZERO)); // for the group's sake
      }
    }
    if (!assignedOnce && joined()) {
      assigned(); // the consumer protocol does not call back for an empty assignment
    }
    commit();
  }

  private void watch(Intake.Mode mode) {
    if (watcher.isDue(turnBegan)) {
      try {
        watcher.look(
            assignment.flows(),
            new Watcher.Stage(assignedOnce, mode, commits.tally(), assignment.rebalances()),
            turnBegan);
      } catch (RuntimeException e) {
        // Who only looks must not end what it looks at.
        environs
            .warnings()
            .run("watch", held -> log.warn("what is shown of the runner is old: {}", held, e));
      }
    }
  }

  private Collection<PartitionFlow> assignedFlows() {
    return assignment.flows();
  }

  private long position(TopicPartition partition) {
    try {
      return consumer.position(partition, Duration.ZERO);
    } catch (WakeupException e) {
      signal.wake(); // it was meant for a poll
      return -1;
    } catch (KafkaException e) {
      return -1; // it is not known yet, where to begin
    }
  }

  private void gather(Intake.Mode mode) {
    siblings.turn();
    gathers.reading(mode == Intake.Mode.OPEN);
    gathers.expired().forEach(flows::giveUp);
  }

  private void commit() {
    long time = environs.clock().nanos();
    boolean due = time - lastCommit >= plan.times().commitInterval().toNanos();
    if (due) {
      lastCommit = time;
    }
    commits.turn(assignment.flows(), due);
  }

  private FlowControl.Verdict follow(Intake.Mode mode, boolean mayWait) {
    assignment.suspend(mode == Intake.Mode.PAUSED);
    assignment.reading(mode == Intake.Mode.OPEN);
    return flowControl.apply(assignment.flows(), mode == Intake.Mode.OPEN, mayWait);
  }

  private void tell(Intake.Mode mode, boolean settled) {
    Intake.Effect now =
        switch (mode) {
          case OPEN -> Intake.Effect.OPEN;
          case DRAINING -> settled ? Intake.Effect.PAUSED : Intake.Effect.DRAINING;
          case PAUSED -> Intake.Effect.PAUSED;
        };
    if (assignedOnce && now != told) {
      told = now;
      listener.intake(now);
    }
  }

  /** How long a poll may take when nothing comes. */
  private Duration patience(Intake.Mode mode, boolean settled) {
    Duration left = untilCommit();
    // A drain ends with an answer of the broker that does not end a poll.
    return mode == Intake.Mode.DRAINING && !settled && left.compareTo(DRAIN_LOOK) > 0
        ? DRAIN_LOOK
        : left;
  }

  private void accept(ConsumerRecords<byte[], byte[]> records) {
    PollThreads threads = environs.threads();
    if (threads != null && !records.isEmpty()) {
      threads.collect();
    }
    Set<TopicPartition> partitions = records.partitions();
    PartitionFlow[] read = new PartitionFlow[partitions.size()];
    int count = 0;
    long time = partitions.isEmpty() ? 0 : environs.clock().nanos();
    for (TopicPartition partition : partitions) {
      PartitionFlow flow = assignment.flow(partition);
      if (flow == null) { // to drop records without a word would lose them
        throw new IllegalStateException("no flow for " + partition);
      }
      flow.read(records.records(partition), time);
      read[count++] = flow;
    }
    for (Map.Entry<TopicPartition, OffsetAndMetadata> next : records.nextOffsets().entrySet()) {
      PartitionFlow flow = assignment.flow(next.getKey());
      if (flow != null) {
        flow.position(next.getValue());
      }
    }
    // After all was taken over: what triggers may need what was read of another partition.
    for (PartitionFlow flow : read) {
      flow.dispatchHeld();
    }
  }

  private Duration untilCommit() {
    long left = plan.times().commitInterval().toNanos() - (environs.clock().nanos() - lastCommit);
    return Duration.ofNanos(Math.max(1_000_000, left));
  }

  private boolean joined() {
    return consumer.groupMetadata().generationId() > 0;
  }

  /** Within the poll that has brought the assignment, and may bring its first records. */
  private void assigned() {
    Intake.Mode mode = intake.mode();
    FlowControl.Verdict verdict = follow(mode, false);
    log.debug("after the assignment: {}", verdict);
    if (!assignedOnce) {
      assignedOnce = true;
      tell(mode, false);
    }
  }

  private void troubled(KafkaException e) {
    trouble = String.valueOf(e);
    environs
        .warnings()
        .run(
            "poll " + e.getClass().getName(),
            suppressed ->
                log.error(
                    "the consumer cannot go on (and {} more like it); trying again",
                    suppressed,
                    e));
    try {
      boolean closed = closing.await(ERROR_BACKOFF.toMillis(), TimeUnit.MILLISECONDS);
      log.debug("after the consumer's error: closing {}", closed);
    } catch (InterruptedException interrupted) {
      // As above: nothing this thread does is meant to be interrupted.
      log.debug("interrupted while waiting after an error", interrupted);
    }
  }
}
