package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * A seeded run of several real engines, on one thread and in virtual time, against a model of the
 * broker. Every choice, what runs next and what goes wrong, is drawn from one generator, so a seed
 * is a run. While somebody waits (an Algo that takes its time, a send that finds no room, an owner
 * that drains) others go on within that wait, as they would on threads of their own.
 */
final class SimWorld {

  private static final int DEEPEST = 4;
  private static final int MOST_MEMBERS = 6;
  private static final int LAST_TURNS = 4000;

  final Schedule schedule;
  final Plant plant;
  final SplittableRandom random;
  final VirtualTime time;
  final ModelLog log;
  final ModelGroup group;
  final ModelTransactions transactions;
  final SimJudge judge;
  final SimGathers held;
  final SimExactlyOnce exactlyOnce;
  final SimRetries retries;
  final SimParking parking;
  final List<Sitting.Exec> execs = new ArrayList<>();

  private final List<SimMember> members = new ArrayList<>();
  private final @Nullable Consumer<String> trace;

  /** Abandoned executions whose thread has come back. */
  int late;

  /** Executions on several records. */
  int gathers;

  /** What has been held for too long. */
  int givenUp;

  // What has become of transactions

  int commits;
  int aborts;
  int unanswered;
  int fenced;
  int lookups;

  private int depth;
  private int events = 12;
  private boolean calm;

  SimWorld(Schedule schedule, Plant plant, @Nullable Consumer<String> trace) {
    this.schedule = schedule;
    this.plant = plant;
    this.trace = trace;
    this.random = new SplittableRandom(~schedule.seed);
    this.time = new VirtualTime(random::nextInt);
    this.log = new ModelLog(schedule, random);
    this.group = new ModelGroup(schedule, random);
    this.transactions = new ModelTransactions(this);
    this.judge = new SimJudge(this);
    this.held = new SimGathers(this);
    this.exactlyOnce = new SimExactlyOnce(this);
    this.retries = new SimRetries(this);
    this.parking = new SimParking(this);
  }

  /** {@return what was not as it should be; null when all was} */
  @Nullable String run() {
    try {
      for (int m = 0; m < schedule.members; m++) {
        newMember();
      }
      for (int step = 0; step < schedule.steps && judge.violation() == null; step++) {
        act();
      }
      settleDown();
    } catch (RuntimeException | Error e) {
      if (judge.violation() == null) {
        StackTraceElement[] at = e.getStackTrace();
        judge.violated(e + (at.length == 0 ? "" : " at " + at[0]));
        if (trace != null) {
          e.printStackTrace(System.out);
        }
      }
    }
    return judge.violation();
  }

  // What those who take part in it draw

  boolean chance(int ofThousand) {
    return random.nextInt(1000) < ofThousand;
  }

  /** Whether something goes wrong that goes wrong so often. */
  boolean faulty(int ofThousand) {
    return !calm && chance(ofThousand);
  }

  /** Whether nothing goes wrong any more. */
  boolean calm() {
    return calm;
  }

  Duration delay(int mostMillis) {
    return Duration.ofNanos(random.nextInt(mostMillis * 1_000_000));
  }

  Sitting.Exec newExec(Sitting sitting, List<ModelLog.Entry> entries) {
    Sitting.Exec exec = new Sitting.Exec(execs.size(), sitting, entries);
    execs.add(exec);
    return exec;
  }

  /** Others go on while the caller waits; false when too many wait already. */
  boolean elsewhere(int mostSteps) {
    if (depth == DEEPEST || judge.violation() != null) {
      return false;
    }
    depth++;
    for (int steps = 1 + random.nextInt(mostSteps); steps > 0; steps--) {
      act();
    }
    depth--;
    return true;
  }

  void tell(Supplier<String> what) {
    if (trace != null) {
      trace.accept(
          String.format("%9.3f ms %s%s", time.nanos() / 1e6, "  ".repeat(depth), what.get()));
    }
  }

  // Steps

  private void act() {
    int draw = random.nextInt(100);
    if (!calm && events > 0 && chance(schedule.events)) {
      events--;
      event();
    } else if (draw < 10) {
      log.produce(random.nextInt(schedule.partitions), 1 + random.nextInt(10));
    } else if (draw < 60 && time.runOne()) {
      check();
      return;
    } else if (draw < 85) {
      turn();
    } else {
      time.pass(random.nextInt(schedule.stride));
    }
    check();
  }

  private void check() {
    for (SimMember member : members) {
      judge.check(member);
    }
  }

  private void turn() {
    SimMember member = one(SimMember::canTurn);
    if (member != null) {
      member.turn();
    }
  }

  private @Nullable SimMember one(Predicate<SimMember> which) {
    List<SimMember> those = members.stream().filter(which).toList();
    return those.isEmpty() ? null : those.get(random.nextInt(those.size()));
  }

  private void newMember() {
    if (members.size() < MOST_MEMBERS || calm) {
      SimMember member = new SimMember(this, members.size(), instance());
      tell(() -> member + " starts as " + member.instance);
      members.add(member);
    }
  }

  /** A process that has ended may come again under its name, while its transactions are open. */
  private String instance() {
    SimMember gone = random.nextBoolean() ? one(member -> !member.running()) : null;
    boolean free =
        gone != null
            && members.stream().noneMatch(m -> m.running() && m.instance.equals(gone.instance));
    return free ? gone.instance : "i" + members.size();
  }

  private void event() {
    SimMember member = one(SimMember::running);
    int draw = random.nextInt(12);
    if (draw < 3) {
      tell(() -> "a rebalance");
      group.rebalance();
    } else if (draw == 3 || member == null) {
      newMember();
    } else if (draw < 6) {
      tell(() -> member + " is put out of the group");
      group.out(member.consumer);
    } else if (draw < 8) {
      boolean ghost = random.nextBoolean();
      tell(() -> member + (ghost ? "'s owner" : "") + " crashes");
      member.crash(ghost);
      time.after(delay(30), () -> group.out(member.consumer));
    } else if (draw == 8) {
      if (member.canTurn()) {
        tell(() -> member + " closes");
        member.close();
      }
    } else {
      SimMember.Intake intake = List.of(SimMember.Intake.values()).get(draw - 9);
      tell(() -> member + " is told to be " + intake);
      member.intake(intake);
    }
  }

  // The end

  /** Nothing goes wrong any more: everything must come to its end. */
  private void settleDown() {
    if (judge.violation() != null) {
      return;
    }
    calm = true;
    tell(() -> "from here on nothing goes wrong");
    for (int p = 0; p < schedule.partitions; p++) {
      log.produce(p, schedule.records);
    }
    for (SimMember member : List.copyOf(members)) {
      if (!member.running()) {
        group.out(member.consumer);
      } else if (schedule.deadLetters) {
        member.intake(SimMember.Intake.OPEN);
      } else {
        member.close(); // since what failed halts its partition until a restart
      }
    }
    if (members.stream().noneMatch(SimMember::running)) {
      newMember();
    }
    for (int turn = 0; !log.done() && judge.violation() == null; turn++) {
      if (turn == LAST_TURNS) {
        judge.violated("it does not come to its end: " + open());
      }
      settleAll();
    }
    members.stream().filter(SimMember::canTurn).forEach(SimMember::close);
    check();
    forgetAll();
    for (SimMember member : members) {
      if (member.closed() && member.inFlight != 0) {
        judge.violated(member + " has closed with " + member.inFlight + " records in flight");
      }
    }
  }

  /** What a member has parked that was not the owner any more: the next owner takes care of it. */
  private void forgetAll() {
    for (int owners = 0; parking.on() && !parking.topic.live().isEmpty(); owners++) {
      if (judge.violation() != null) {
        return;
      }
      if (owners == 4) {
        judge.violated("it stays parked: " + parking.topic.live());
      }
      newMember();
      for (int turn = 0; turn < 60 && judge.violation() == null; turn++) {
        settleAll();
      }
      members.stream().filter(SimMember::canTurn).forEach(SimMember::close);
      check();
    }
  }

  private void settleAll() {
    while (time.anyReady() && judge.violation() == null) {
      time.runOne();
      check();
    }
    members.stream().filter(SimMember::canTurn).forEach(SimMember::turn);
    check();
    time.pass(1_000_000_000);
  }

  /** How many records met an outcome, in all members. */
  long outcomes(Outcome outcome) {
    return members.stream().mapToLong(member -> member.counters.settled(outcome)).sum();
  }

  private String open() {
    List<Object> open = new ArrayList<>();
    for (int p = 0; p < schedule.partitions; p++) {
      ModelLog.Entry first = log.firstOpen(p);
      open.add(
          first == null ? p + " is committed up to " + log.position(p) : "no outcome at " + first);
    }
    return open.toString();
  }
}
