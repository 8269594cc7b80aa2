package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.BatchEntry;
import run.algo.sdk.kafka.internal.execute.Blockage;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.kafka.internal.execute.Gathered;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.execute.Settlement;
import run.algo.sdk.kafka.internal.execute.UnderWay;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;
import run.algo.sdk.spi.ParkedId;

/** The real flows, with an eye on each record that goes into them and comes back. */
final class SimFlows extends PartitionFlows {

  private final SimWorld world;
  private final SimMember member;
  private final Crew.Workers workers;
  private final Map<PartitionFlow, Sitting> flows = new HashMap<>();
  private final Map<Settlement, Sitting> sittings = new HashMap<>();
  private final Map<Object, Sitting.Exec> gathering = new HashMap<>();
  private Sitting latest;

  SimFlows(
      SimMember member,
      Engine.Workload workload,
      RecordProcessor processor,
      Crew.Workers workers,
      Timers timers) {
    super(
        workload,
        processor,
        workers,
        timers,
        member.plan.execution(),
        member.waiting(
            EngineFixtures.gate(member.plan.execution(), timers, member.world.time.timeOfDay())));
    this.world = member.world;
    this.member = member;
    this.workers = workers;
  }

  @Override
  public PartitionFlow create(PartitionFlow.Seat seat, OwnerSignal signal) {
    latest = world.judge.opened(member, seat.partition());
    PlantedGathers.in(world.plant, seat.gathers());
    PartitionFlow flow = super.create(seat, signal);
    flows.put(flow, latest);
    return flow;
  }

  @Override
  Dispatcher dispatcher(Route route, Ordering ordering) {
    Dispatcher inner =
        world.plant == Plant.OVERLAP
            ? new UnorderedDispatcher(
                workers,
                (batch, index, scope) -> execute(route, batch.record(index), batch, index, scope),
                EnginePlan.Share.of(member.plan.execution().concurrency()))
            : super.dispatcher(route, ordering);
    return new Registering(inner, latest);
  }

  @Override
  Dispatcher parkedDispatcher(Route route, ParkedInput input) {
    return new Registering(super.parkedDispatcher(route, input), latest);
  }

  /** Remembers to which assignment a batch belongs. */
  private final class Registering implements Dispatcher {
    private final Dispatcher inner;
    private final Sitting sitting;

    Registering(Dispatcher inner, Sitting sitting) {
      this.inner = inner;
      this.sitting = sitting;
    }

    @Override
    public @Nullable DueDispatcher gate() {
      return inner.gate();
    }

    @Override
    public void dispatch(RecordBatch batch) {
      sittings.put(batch, sitting);
      if (batch.isParked()) {
        world.parking.loaded(
            sitting, world.log.entry(sitting.partition, batch.offset(0)), batch.tries(0));
      }
      for (int i = 0; world.schedule.gathers && i < batch.size(); i++) {
        if (batch.isSettled(i)) {
          world.held.dispatched(sitting, world.log.entry(sitting.partition, batch.offset(i)));
        }
      }
      PlantedGathers.in(world.plant, batch);
      if (world.plant == Plant.HAND_OVER_OUT_OF_ORDER && world.chance(300)) {
        member.execute(() -> inner.dispatch(batch));
      } else {
        inner.dispatch(batch);
      }
    }

    @Override
    public void halt(boolean now) {
      inner.halt(now);
    }

    @Override
    public void pause(boolean now) {
      inner.pause(now);
    }

    @Override
    public void stop() {
      inner.stop();
    }

    @Override
    public void limit(EnginePlan.Share share) {
      inner.limit(share);
    }
  }

  @Override
  Progress execute(
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index,
      Scope scope) {
    Sitting.Exec exec = begun(settlement, record, null);
    return watched(
        exec,
        settlement,
        index,
        scope,
        told -> super.execute(route, record, watched(settlement, exec), index, told));
  }

  @Override
  Progress gather(
      Route route, ConsumerRecord<byte[], byte[]> record, Gather gather, int index, Scope scope) {
    Sitting.Exec exec = begun(gather, record, gather.gathered());
    gathering.put(gather, exec);
    return watched(
        exec, gather, index, scope, told -> super.gather(route, record, gather, index, told));
  }

  /** The owner thread gives up; a worker does what there is to do. */
  @Override
  public void giveUp(Gather gather) {
    Sitting sitting = flows.get(gather.batch().flow());
    ModelLog.Entry last = world.log.entry(sitting.partition, gather.batch().offset(gather.index()));
    world.held.givesUp(sitting, world.held.entries(gather.gathered(), last));
    super.giveUp(gather);
  }

  @Override
  Settlement wayBack(Gather gather) {
    Sitting.Exec exec = gathering.get(gather);
    if (exec == null) {
      ConsumerRecord<byte[], byte[]> last = gather.batch().record(gather.index());
      exec = begun(gather, last, gather.gathered());
    }
    return watched(gather, exec);
  }

  /** An execution, from its begin to its end. */
  private Progress watched(
      Sitting.Exec exec,
      Settlement settlement,
      int index,
      Scope scope,
      Function<Scope, Progress> execution) {
    world.judge.takesSlot(member);
    world.judge.entered(exec);
    Progress progress =
        execution.apply(
            (rest, nanos) -> {
              leftBehind(List.of(exec));
              scope.resume(
                  () -> {
                    rest.run();
                    ended(exec);
                  },
                  nanos);
            });
    if (progress == Progress.ENDED) {
      ended(exec);
    } else if (exec.abandoned) {
      cameBack(settlement, exec, index);
    }
    return world.plant == Plant.SCOPE_LET_GO_EARLY ? Progress.ENDED : progress;
  }

  /** Without its worker only a stage goes on; anything else has been abandoned. */
  private void leftBehind(List<Sitting.Exec> execs) {
    if (world.schedule.form != FormKind.ASYNC) {
      execs.forEach(member.deadlines::abandoned);
    }
  }

  /** What the engine would do with an abandoned execution's late end if it had the bug. */
  private void cameBack(Settlement settlement, Sitting.Exec exec, int index) {
    world.late++;
    if (world.plant == Plant.LATE_RESULT_WRITTEN && member.producer != null) {
      byte[] value = ModelProducer.value(exec, 0, 0);
      var unused = member.producer.send(new ProducerRecord<>("result", value), (sent, error) -> {});
    } else if (world.plant == Plant.ABANDONED_ENDS_TWICE) {
      watched(settlement, exec).settled(index, Outcome.FILTERED, 0);
    }
  }

  private void ended(Sitting.Exec exec) {
    world.judge.left(exec);
    member.executions--;
  }

  @Override
  Progress execute(Route route, List<BatchEntry> entries, Scope scope) {
    world.judge.takesSlot(member);
    List<Sitting.Exec> execs = new ArrayList<>();
    List<BatchEntry> watched = new ArrayList<>();
    Object together = new Object();
    Map<Object, Object> scopes = new HashMap<>();
    for (BatchEntry entry : entries) {
      Sitting.Exec exec = begun(entry.settlement(), entry.record(), entry.gathered());
      exec.batch = together;
      execs.add(exec);
      watched.add(
          new BatchEntry(
              entry.record(),
              watched(entry.settlement(), exec),
              entry.index(),
              entry.gathered(),
              entry.scope()));
      // Several records of a scope may be in one batch: the first stands for all.
      Object one = List.of(exec.sitting, exec.scope);
      if (scopes.put(one, exec) == null) {
        world.judge.entered(exec);
      }
    }
    Runnable ended =
        () -> {
          execs.forEach(world.judge::left);
          member.executions--;
        };
    Progress progress =
        super.execute(
            route,
            watched,
            (rest, nanos) -> {
              leftBehind(execs);
              scope.resume(
                  () -> {
                    rest.run();
                    ended.run();
                  },
                  nanos);
            });
    if (progress == Progress.ENDED) {
      ended.run();
    }
    return progress;
  }

  private Sitting.Exec begun(
      Settlement settlement, ConsumerRecord<byte[], byte[]> record, @Nullable Gathered gathered) {
    ModelLog.Entry entry = world.log.entry(record.partition(), record.offset());
    List<ModelLog.Entry> entries =
        gathered == null ? List.of(entry) : world.held.entries(gathered, entry);
    Sitting sitting =
        settlement instanceof Gather gather
            ? flows.get(gather.batch().flow())
            : sittings.get(settlement);
    Sitting.Exec exec = world.newExec(sitting, entries);
    exec.givenUp = gathered != null && gathered.state() != Gathered.State.WHOLE;
    world.tell(() -> (exec.givenUp ? "gives up " : "begins ") + exec);
    exec.parked = settlement.isParked();
    exec.scope = world.parking.scope(exec.parked, exec.entry);
    if (!world.parking.on()) {
      exec.entries.forEach(each -> member.latest.put(each, exec));
    }
    world.judge.begun(exec);
    return exec;
  }

  private Settlement watched(Settlement settlement, Sitting.Exec exec) {
    Settlement watched = new Watched(settlement, exec);
    return switch (world.plant) {
      case SETTLED_BEFORE_THE_ACKNOWLEDGEMENT,
          LOST_COMPLETION,
          LATE_COMPLETION_COUNTED,
          LATE_COMPLETION_REACHES_THE_NEXT_ASSIGNMENT ->
          new Bugged(watched, exec);
      default -> watched;
    };
  }

  /** Tells the judge. */
  private final class Watched implements Settlement {
    private final Settlement inner;
    private final Sitting.Exec exec;

    Watched(Settlement inner, Sitting.Exec exec) {
      this.inner = inner;
      this.exec = exec;
    }

    @Override
    public Tries tries(int index) {
      return inner.tries(index);
    }

    @Override
    public int headers(int index) {
      return inner.headers(index);
    }

    @Override
    public @Nullable Header traceId(int index) {
      return inner.traceId(index);
    }

    @Override
    public Parking parking() {
      Parking real = inner.parking();
      return real == null
          ? null
          : new SimParked(real, world, exec, outcome -> settled(0, outcome, 0));
    }

    @Override
    public boolean isParked() {
      return inner.isParked();
    }

    @Override
    public void underWay(int index, UnderWay execution) {
      inner.underWay(index, execution);
    }

    @Override
    public void dropped(int index) {
      world.parking.dropped(exec);
      inner.dropped(index);
    }

    @Override
    public void again(int index, Tries tries, Duration wait) {
      world.tell(() -> "executes again, after " + wait + ", " + exec);
      world.retries.again(exec, tries, wait);
      switch (world.plant) {
        case OVERTAKEN_WHILE_WAITING -> member.execute(() -> inner.again(index, tries, wait));
        case TRY_NOT_COUNTED -> inner.again(index, new Tries(0, tries.state()), wait);
        case WAIT_CUT_SHORT -> inner.again(index, tries, wait.dividedBy(2));
        case RETRIED_FOR_EVER ->
            inner.again(
                index,
                new Tries(
                    tries.executions(),
                    tries(index) == null ? tries.state() : tries(index).state()),
                wait);
        default -> inner.again(index, tries, wait);
      }
    }

    @Override
    public void failed(int index) {
      inner.failed(index);
    }

    @Override
    public void emitted(int index, long bytes) {
      world.judge.emitted(exec, bytes);
      inner.emitted(index, bytes);
      if (world.plant == Plant.FORGOTTEN_TOO_EARLY && exec.parked && member.producer != null) {
        forgetTooEarly();
      }
    }

    private void forgetTooEarly() {
      inner
          .parking()
          .store()
          .remove(
              new ParkedId(exec.entry.partition.partition(), exec.entry.offset()),
              record -> {
                var unused = member.producer.send(record, (sent, error) -> {});
              });
    }

    @Override
    public void prepared(int index, PreparedSends sends) {
      world.tell(() -> "prepares " + exec);
      exec.prepared = true;
      inner.prepared(index, sends);
    }

    @Override
    public void settled(int index, Outcome outcome, long emittedBytes) {
      world.tell(() -> "settles " + exec + ", " + outcome);
      world.judge.settled(exec, outcome);
      inner.settled(index, outcome, emittedBytes);
    }

    @Override
    public void blocked(int index, Blockage blockage) {
      world.tell(() -> "halts at " + exec + ": " + blockage);
      world.judge.blocked(exec, blockage);
      inner.blocked(index, blockage);
    }

    @Override
    public void unblocked(int index) {
      world.tell(() -> "does not halt any more at " + exec);
      world.judge.unblocked(exec);
      inner.unblocked(index);
    }
  }

  /** Between the engine and the judge: what the engine would do if it had the bug. */
  private final class Bugged implements Settlement {
    private final Settlement inner;
    private final Sitting.Exec exec;

    Bugged(Settlement inner, Sitting.Exec exec) {
      this.inner = inner;
      this.exec = exec;
    }

    @Override
    public Tries tries(int index) {
      return inner.tries(index);
    }

    @Override
    public int headers(int index) {
      return inner.headers(index);
    }

    @Override
    public @Nullable Header traceId(int index) {
      return inner.traceId(index);
    }

    @Override
    public Parking parking() {
      return inner.parking();
    }

    @Override
    public boolean isParked() {
      return inner.isParked();
    }

    @Override
    public void underWay(int index, UnderWay execution) {
      inner.underWay(index, execution);
    }

    @Override
    public void dropped(int index) {
      inner.dropped(index);
    }

    @Override
    public void again(int index, Tries tries, Duration wait) {
      inner.again(index, tries, wait);
    }

    @Override
    public void failed(int index) {
      inner.failed(index);
    }

    @Override
    public void emitted(int index, long bytes) {
      inner.emitted(index, bytes);
      if (world.plant == Plant.SETTLED_BEFORE_THE_ACKNOWLEDGEMENT) {
        inner.settled(index, Outcome.WRITTEN, bytes);
      }
    }

    @Override
    public void prepared(int index, PreparedSends sends) {
      inner.prepared(index, sends);
    }

    @Override
    public void settled(int index, Outcome outcome, long emittedBytes) {
      switch (world.plant) {
        case SETTLED_BEFORE_THE_ACKNOWLEDGEMENT -> {
          if (exec.outcome == null) {
            inner.settled(index, outcome, emittedBytes);
          }
        }
        case LOST_COMPLETION -> {
          if (!world.chance(30)) {
            inner.settled(index, outcome, emittedBytes);
          }
        }
        case LATE_COMPLETION_COUNTED -> {
          if (exec.sitting.ended) {
            member.counters.settled(outcome, 1);
          } else {
            inner.settled(index, outcome, emittedBytes);
          }
        }
        default -> {
          if (!exec.sitting.ended || !settledLater(outcome)) {
            inner.settled(index, outcome, emittedBytes);
          }
        }
      }
    }

    private boolean settledLater(Outcome outcome) {
      Sitting now = member.sittings.get(exec.sitting.partition);
      for (Map.Entry<Settlement, Sitting> known : sittings.entrySet()) {
        if (known.getValue() == now && known.getKey() instanceof RecordBatch batch) {
          for (int i = 0; i < batch.size(); i++) {
            if (batch.offset(i) == exec.entry.offset() && !batch.isSettled(i)) {
              batch.settled(i, outcome, 0);
              return true;
            }
          }
        }
      }
      return false;
    }

    @Override
    public void blocked(int index, Blockage blockage) {
      inner.blocked(index, blockage);
    }

    @Override
    public void unblocked(int index) {
      inner.unblocked(index);
    }
  }
}
