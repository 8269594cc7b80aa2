package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.execute.FailureClasses;
import run.algo.sdk.kafka.internal.execute.FailureRules;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * Judges records that wait in their place to be executed again. What a schedule's steps come to is
 * written down here as a list of tries, beforehand; a record that fails waits for the next of them,
 * no less, and is a dead letter only after the last. Each execution is counted. While a record
 * waits nothing behind it in its scope begins; a batch has several records of a scope, and those
 * behind the one that waits are executed again with it, as if they had not been in the batch.
 */
final class SimRetries {

  private final SimWorld world;
  private final SimJudge judge;
  private final List<RetryDecision.Retry> tries = new ArrayList<>();

  /** How often they were executed again, and had to go along with one ahead of them. */
  long retries;

  long takenAlong;

  /** What was tried with a record during one assignment. */
  static final class Attempts {

    /** Calls of the author's code. */
    private int executions;

    private int retries;
    private boolean waits;
    private long due;

    /** What is known of a record that has come from the parking topic. */
    static Attempts of(Tries tries, SimRetries of) {
      Attempts attempts = new Attempts();
      attempts.executions = tries.executions();
      attempts.retries = of.number(tries.state());
      return attempts;
    }

    boolean are(Tries known, SimRetries of) {
      return known.executions() == executions && of.number(known.state()) == retries;
    }
  }

  SimRetries(SimWorld world) {
    this.world = world;
    this.judge = world.judge;
    world.schedule.retries.stream()
        .sorted(Comparator.comparingInt(RetryStep::index))
        .forEach(
            step -> {
              for (int num = 1; num <= Math.max(1, step.repeat()); num++) {
                tries.add(new RetryDecision.Retry(step, num));
              }
            });
  }

  /** What the engine is told to do. */
  FailureRules plan() {
    if (tries.isEmpty()) {
      return FailureRules.NONE;
    }
    RetryStrategyKind kind =
        !world.parking.on()
            ? RetryStrategyKind.SIMPLE
            : world.parking.ordered()
                ? RetryStrategyKind.STATEFUL_ORDERED
                : RetryStrategyKind.STATEFUL_UNORDERED;
    return new FailureRules(
        Map.of(
            ModelLog.TOPIC,
            new FailureRules.Input(
                kind,
                state -> {
                  int next = number(state);
                  return next == tries.size() ? new RetryDecision.Exhausted() : tries.get(next);
                })),
        new FailureClasses(),
        (step, retryNum) -> retries++,
        false,
        new FailureRules.Parked(
            () -> Instant.EPOCH.plusNanos(world.time.timeOfDay().nanos()),
            world.parking.on() && world.schedule.parks.haltWhenFull()));
  }

  /** How many tries there were, up to this one. */
  private int number(RetryState state) {
    if (!(state instanceof RetryState.After after)) {
      return 0;
    }
    for (int i = 0; i < tries.size(); i++) {
      RetryDecision.Retry each = tries.get(i);
      if (each.step().index() == after.stepIndex() && each.retryNum() == after.retryNum()) {
        return i + 1;
      }
    }
    throw new IllegalStateException("there is no such try: " + after);
  }

  void begun(Sitting.Exec exec) {
    Sitting sitting = exec.sitting;
    Attempts attempts = sitting.attempts.computeIfAbsent(exec.entry, first -> new Attempts());
    exec.attempts = attempts;
    judge.require(
        !attempts.waits || world.time.nanos() >= attempts.due, "begun before it has waited", exec);
    attempts.waits = false;
    ModelLog.Entry ahead = exec.givenUp ? null : waitsAhead(exec);
    judge.require(ahead == null, "begun while " + ahead + " waits, which is ahead of it", exec);
  }

  private ModelLog.@Nullable Entry waitsAhead(Sitting.Exec exec) {
    if (exec.parked) {
      return null;
    }
    Ordering ordering = world.schedule.order;
    for (Map.Entry<ModelLog.Entry, Attempts> each : exec.sitting.attempts.entrySet()) {
      ModelLog.Entry entry = each.getKey();
      if (each.getValue().waits
          && entry.offset() < exec.entry.offset()
          && entry.scope(ordering).equals(exec.entry.scope(ordering))) {
        return entry;
      }
    }
    return null;
  }

  /** The author's code is called, and told which time it is. */
  void told(Sitting.Exec exec, int attempt) {
    exec.called = true;
    int right = ++exec.attempts.executions;
    judge.require(attempt == right, "attempt " + attempt + " instead of " + right, exec);
  }

  /** A record has failed and is to be parked: how long it waits. */
  Duration next(Attempts attempts) {
    judge.require(attempts.retries < tries.size(), "parked after the last try", attempts);
    return tries.get(attempts.retries++).step().backoff();
  }

  /** An execution has failed and is made again. */
  void again(Sitting.Exec exec, Tries next, Duration wait) {
    Attempts attempts = exec.attempts;
    judge.require(exec.outcome == null && !exec.prepared, "executed again after its end", exec);
    judge.require(!exec.again, "executed again twice", exec);
    judge.require(!exec.givenUp, "given up, and executed again", exec);
    int number = number(next.state());
    boolean room = world.parking.on() && exec.called && world.parking.waitsForRoom(exec);
    boolean own = room || number != attempts.retries;
    attempts.executions -= own || !exec.called ? 0 : 1;
    if (room) { // counted when it has asked for room
      Duration right = tries.get(attempts.retries - 1).step().backoff();
      judge.require(number == attempts.retries && wait.equals(right), "waits " + wait, exec);
    } else if (world.parking.on()) {
      judge.require(
          !own && world.parking.mayGoAlong(exec, wait, next.state()),
          "executed again without a reason",
          exec);
    } else if (!own) {
      boolean behind = world.schedule.form == FormKind.BATCH && waitsAhead(exec) != null;
      judge.require(behind && wait.isZero(), "executed again without a reason", exec);
      takenAlong++;
    } else {
      judge.require(number == attempts.retries + 1, "its next try is number " + number, exec);
      Duration right = tries.get(number - 1).step().backoff();
      judge.require(wait.equals(right), "waits " + wait + " instead of " + right, exec);
      attempts.retries = number;
    }
    judge.require(
        next.executions() == attempts.executions,
        "so often executed: " + next.executions() + ", not " + attempts.executions,
        exec);
    exec.again = true;
    attempts.waits = !exec.parked;
    attempts.due = world.time.nanos() + wait.toNanos();
    Sitting sitting = exec.sitting;
    exec.entries.forEach(sitting.executed::remove);
    exec.sitting.inStore.remove(exec.entry);
    if (!exec.parked && world.schedule.order != Ordering.UNORDERED) {
      Object scope = exec.scope;
      sitting.lastBegunOfScope.merge(scope, exec.entry.offset() - 1, Math::min);
    }
  }

  /** Whether a dead letter of this reason, after so many executions, may be this execution's. */
  boolean mayBeDead(Sitting.Exec exec, String reason, int executions) {
    Attempts attempts = exec.attempts;
    boolean retried =
        reason.equals(FailureReason.ALGO.wireName())
            || reason.equals(FailureReason.TIMEOUT.wireName());
    return !exec.again
        && !exec.reserved
        && executions == attempts.executions
        && (exec.givenUp || exec.full || !retried || attempts.retries == tries.size());
  }
}
