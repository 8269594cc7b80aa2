package run.algo.sdk.kafka.internal.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.InterruptException;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.Scope;

/**
 * The workers that are with one partition at this moment, as many as its {@linkplain Allowance
 * allowance} lets in.
 *
 * <p>A worker comes with a slot ({@link Slots}), works off whatever of the partition's work can be
 * begun, and leaves when there is none. So a busy partition pays for the hand-over once, not once a
 * record. More workers come one after the other: each, once there, calls the next as long as work
 * waits and one more is {@linkplain CrewStrength worth having}. Quick work is therefore done by
 * few, and work that waits for something has soon as many as it may have.
 *
 * <p>An execution under way without a thread keeps its worker's slot and place; the worker goes on
 * only with another. Thread-safe.
 */
final class Crew implements PollThreads.Visit, Slots.Hopeful {

  /** After so many steps, or so long, a worker makes room for those of other partitions. */
  private static final int STEPS_A_TURN = 64;

  private static final long NANOS_A_TURN = 1_000_000;

  private final Workers workers;
  private final RecordRunner runner;
  private final Work work;

  /** Workers here, called, and executions under way without a thread. */
  private final AtomicInteger active = new AtomicInteger();

  /** Of these, the workers here and called. */
  private final AtomicInteger here = new AtomicInteger();

  /** Whether a worker has been called and has not come yet. */
  private final AtomicBoolean called = new AtomicBoolean();

  /** Whether the slots will tell when there are some to spare. */
  private final AtomicBoolean hoping = new AtomicBoolean();

  /** Whether the lookout will look whether the workers here get on. */
  private final AtomicBoolean watched = new AtomicBoolean();

  private final Allowance allowance;
  private final CrewStrength strength;
  private volatile boolean halted;
  private volatile boolean paused;
  private volatile boolean stopped;

  /** What became of an attempt to do some of the work. */
  enum Step {
    /** There was nothing that could be begun. */
    NONE,
    /** Something has ended. */
    ENDED,
    /** Something is under way without this worker, and keeps its slot. */
    DETACHED
  }

  /** The work of a partition. Called by workers, several at once where the limit allows it. */
  interface Work {

    /** Does the next piece. */
    Step step();

    /** Whether a piece waits. */
    boolean waiting();
  }

  /** Executes one record. */
  interface RecordRunner {

    /**
     * Executes a record.
     *
     * @param batch its batch
     * @param index its index there
     * @param scope what waits for it when it is under way without a thread
     * @return how it stands
     * @throws InterruptException when the runner closes; the record then has no outcome
     */
    Progress run(RecordBatch batch, int index, Scope scope);
  }

  /**
   * A crew.
   *
   * @param workers of all partitions
   * @param runner executes a record
   * @param share how many executions at once
   * @param work what there is to do
   */
  Crew(Workers workers, RecordRunner runner, EnginePlan.Share share, Work work) {
    this.workers = workers;
    this.runner = runner;
    this.allowance = new Allowance(workers.slots(), share);
    this.strength = new CrewStrength(workers.slots(), workers.limits());
    this.work = work;
  }

  /** There may be work: calls a worker if one more may come, and is worth it. */
  void call() {
    // Active first: with it comes what the last worker to leave has left behind.
    while (open() && work.waiting()) {
      if (active.get() >= allowance.executions()) {
        hope();
        return;
      }
      if (!strength.wants(here.get())) {
        watch();
        return;
      }
      if (called.get() || !called.compareAndSet(false, true)) {
        return; // the one on its way looks for work after it has come
      }
      if (enter()) {
        here.incrementAndGet();
        workers.slots().request(this);
        return;
      }
      called.set(false);
    }
  }

  private void hope() {
    if (allowance.canGrow() && !hoping.get() && hoping.compareAndSet(false, true)) {
      workers.slots().hope(this);
    }
  }

  private void watch() {
    if (!watched.get() && watched.compareAndSet(false, true)) {
      workers.lookout().watch(this::look);
    }
  }

  private void look() {
    watched.set(false);
    if (open() && work.waiting()) {
      strength.look(here.get());
      call();
    }
  }

  /**
   * A worker was held by an Algo's call, or by what that waited for.
   *
   * @param nanos for so long
   */
  void held(long nanos) {
    strength.held(nanos);
  }

  @Override
  public void grow() {
    hoping.set(false);
    if (open() && work.waiting()) {
      if (allowance.grow(workers.clock().nanos())) {
        call();
      } else {
        hope();
      }
    }
  }

  @Override
  public boolean isQuick() {
    return strength.isInPlace();
  }

  /** A called worker has come. */
  @Override
  public void run() {
    called.set(false);
    visit(Step.ENDED);
  }

  /**
   * Goes on with an execution that was under way without a thread, in its slot.
   *
   * @param nanos how long the Algo was under way
   * @param rest the rest of it, and what of the work follows
   */
  void resume(long nanos, Resumption rest) {
    if (allowance.watches()) {
      allowance.ended(nanos, workers.clock().nanos());
    }
    workers.threads().execute(() -> visitFrom(rest));
  }

  /**
   * What the workers of all partitions share.
   *
   * @param slots bound the executions at once
   * @param threads run what has a slot already
   * @param timers tell when a record has waited
   * @param clock tells when a worker's turn is over
   * @param lookout sees whether workers get on
   * @param limits of their number
   * @param poll takes over the visits that are best done by the thread that reads, if it can
   */
  record Workers(
      Slots slots,
      Executor threads,
      Timers timers,
      MonotonicClock clock,
      Lookout lookout,
      CrewStrength.Limits limits,
      Predicate<PollThreads.Visit> poll) {

    /**
     * Workers.
     *
     * @param concurrency most executions at once
     * @param threads what they run on
     * @param timers tell when slots have been free for a while
     * @param clock tells when a worker's turn is over, and how long an execution took
     * @return workers
     */
    static Workers of(int concurrency, Executor threads, Timers timers, MonotonicClock clock) {
      return new Workers(
          new Slots(concurrency, threads, timers),
          threads,
          timers,
          clock,
          new Lookout(timers),
          CrewStrength.Limits.ofMachine(),
          visit -> false);
    }

    /** The same with other limits. */
    Workers with(CrewStrength.Limits other) {
      return new Workers(slots, threads, timers, clock, lookout, other, poll);
    }

    /** The same, with a poll thread that does what is quick. */
    Workers with(PollThreads other) {
      return new Workers(slots, threads, timers, clock, lookout, limits, other::take);
    }
  }

  /** The rest of an execution. */
  interface Resumption {
    Step run();
  }

  /**
   * Executes a record, unless nothing may be begun any more.
   *
   * @return {@link Step#NONE} when it was not begun
   */
  Step execute(RecordBatch batch, int index, Scope scope) {
    batch.begin(index);
    // After the mark: who stops the crew and then finds no mark knows that none will be made.
    if (!open()) {
      batch.putBack(index);
      return Step.NONE;
    }
    try {
      Progress progress = run(batch, index, scope);
      strength.ended();
      return progress == Progress.PENDING ? Step.DETACHED : Step.ENDED;
    } catch (InterruptException e) {
      batch.putBack(index); // the runner closes: the record is left to the next owner
      stopped = true;
      return Step.NONE;
    }
  }

  private Progress run(RecordBatch batch, int index, Scope scope) {
    if (!allowance.watches()) {
      return runner.run(batch, index, scope); // most of the time, without a look at the clock
    }
    long began = workers.clock().nanos();
    Progress progress = runner.run(batch, index, scope);
    if (progress == Progress.ENDED) {
      long now = workers.clock().nanos();
      allowance.ended(now - began, now);
    }
    return progress;
  }

  /** Whether anything may be begun. */
  boolean open() {
    return !halted && !paused && !stopped;
  }

  void halt(boolean now) {
    halted = now;
    call();
  }

  void pause(boolean now) {
    paused = now;
    call();
  }

  void stop() {
    stopped = true;
  }

  void limit(EnginePlan.Share share) {
    allowance.share(share);
    call();
  }

  private void visitFrom(Resumption rest) {
    here.incrementAndGet();
    Step step = Step.NONE;
    try {
      step = rest.run();
      strength.ended();
    } finally {
      if (step == Step.NONE) {
        leave();
      }
    }
    if (step != Step.NONE) {
      visit(step);
    }
  }

  private void visit(Step before) {
    Step step = before;
    boolean placed = true;
    long began = workers.clock().nanos();
    try {
      for (int steps = 0; step != Step.NONE; steps++) {
        if (step == Step.DETACHED) {
          placed = false; // the slot is the execution's now
          if (!another()) {
            here.decrementAndGet();
            return;
          }
          placed = true;
        } else if (steps > 0 // a worker that comes does something before it goes
            && workers.slots().contended()
            && (steps >= STEPS_A_TURN || workers.clock().nanos() - began >= NANOS_A_TURN)) {
          if (active.get() > allowance.executions()) {
            return; // in nobody's place
          }
          placed = false;
          workers.slots().request(this); // behind those that wait, in this place
          workers.slots().release();
          return;
        }
        if (steps > 0 && strength.isInPlace() && workers.poll().test(this)) {
          placed = false; // it has this place and its slot
          return;
        }
        if (strength.isTooMany(here.get())) {
          return;
        }
        step = open() ? work.step() : Step.NONE;
      }
    } finally {
      if (placed) {
        leave();
      } else {
        call();
      }
    }
  }

  /** Takes another place and slot, if there are. */
  private boolean another() {
    if (!enter()) {
      return false;
    }
    if (workers.slots().tryTake()) {
      return true;
    }
    active.decrementAndGet();
    return false;
  }

  private boolean enter() {
    int now = active.get();
    while (now < allowance.executions()) {
      if (active.compareAndSet(now, now + 1)) {
        if (now == 0 && allowance.canGrow()) {
          allowance.begins(workers.clock().nanos());
        }
        return true;
      }
      now = active.get();
    }
    return false;
  }

  private void leave() {
    here.decrementAndGet();
    active.decrementAndGet();
    workers.slots().release();
    call(); // what came after the last look
  }
}
