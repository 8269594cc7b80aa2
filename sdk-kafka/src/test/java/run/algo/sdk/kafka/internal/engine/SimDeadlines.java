package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import run.algo.sdk.kafka.internal.execute.Abandoned;
import run.algo.sdk.kafka.internal.execute.Deadlines;

/**
 * A member's real {@link Deadlines} in virtual time, and what a judge has to know of them: whose
 * author's part had not ended when the watch looked at it, since from then on nothing of it counts.
 *
 * <p>The watch interrupts the thread of an execution, which here is everybody's. So the interrupt
 * is taken back at once, and executions that hang ask {@link #interrupted} whether they were meant.
 */
final class SimDeadlines implements Deadlines.Time {

  /** As the engine has it: so long has an execution that was interrupted to leave. */
  private static final long GRACE = 100_000_000;

  private final SimMember member;
  private final SimWorld world;

  /** The author's part of these is under way. */
  private final List<Sitting.Exec> underWay = new ArrayList<>();

  private long lastInterrupt = -1;

  SimDeadlines(SimMember member) {
    this.member = member;
    this.world = member.world;
  }

  /** What the member's engine watches deadlines with. */
  Deadlines watch() {
    return world.plant == Plant.DEADLINES_FORGOTTEN
        ? Deadlines.none()
        : world.schedule.timeout.map(this::watch).orElseGet(Deadlines::none);
  }

  private Deadlines watch(Duration timeout) {
    return new Deadlines(
        timeout,
        this,
        member.plan.execution().concurrency(),
        new Abandoned(1, this::nanos, running -> {}),
        thread -> false);
  }

  @Override
  public long nanos() {
    return world.time.nanos();
  }

  @Override
  public Instant now() {
    return Instant.EPOCH.plusNanos(nanos());
  }

  @Override
  public void after(Duration delay, Runnable look) {
    member.after(delay, () -> look(look));
  }

  private void look(Runnable look) {
    look.run();
    if (Thread.interrupted()) {
      lastInterrupt = nanos();
    }
    for (Sitting.Exec exec : List.copyOf(underWay)) {
      if (exec.due <= nanos()) {
        world.tell(() -> exec + " passes its deadline");
        exec.expired = true;
        underWay.remove(exec);
      }
    }
  }

  // What the author's code and the flows tell

  void begun(Sitting.Exec exec, Instant deadline) {
    exec.due = Duration.between(Instant.EPOCH, deadline).toNanos();
    world.judge.require(
        exec.due == nanos() + world.schedule.timeout.orElseThrow().toNanos(),
        "its deadline is not one timeout ahead, but at " + deadline,
        exec);
    underWay.add(exec);
  }

  /** The author's part has ended; of no effect when it has before, or when it is too late. */
  void over(Sitting.Exec exec) {
    exec.over = true;
    underWay.remove(exec);
  }

  /** Whether the watch has interrupted the execution. */
  boolean interrupted(Sitting.Exec exec) {
    return exec.expired && lastInterrupt >= exec.due;
  }

  /** Its record goes on without it. */
  void abandoned(Sitting.Exec exec) {
    if (exec.due == Long.MAX_VALUE && world.schedule.timeout.isPresent()) {
      return; // its value could not be decoded: it is in the batch's company, not in its call
    }
    world.judge.require(
        exec.due <= nanos() - GRACE, "abandoned before its deadline and its grace", exec);
    exec.abandoned = true;
  }
}
