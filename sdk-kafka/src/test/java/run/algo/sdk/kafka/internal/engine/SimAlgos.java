package run.algo.sdk.kafka.internal.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.execute.AlgoForm;

/** What authors might write: Algos that are quick, slow, late, and that fail in every way. */
final class SimAlgos {

  static final Pipe<byte[]> SIDE = Pipe.bytes("side");

  private final SimWorld world;
  private final SimMember member;

  /** Says nothing of where it comes from, since that would cost more than all the rest. */
  private static final class AlgoFailure extends Exception {
    private static final long serialVersionUID = 1;

    AlgoFailure() {
      super("planned", null, false, false);
    }
  }

  SimAlgos(SimMember member) {
    this.world = member.world;
    this.member = member;
  }

  AlgoForm form() {
    return switch (world.schedule.form) {
      case SYNC -> new AlgoForm.Sync((Algo<byte[], byte[]>) this::run);
      case ASYNC -> new AlgoForm.Async((AsyncAlgo<byte[], byte[]>) this::begin);
      case BATCH -> new AlgoForm.Batch((BatchAlgo<byte[], byte[]>) this::runAll);
    };
  }

  private byte[] run(byte[] input, AlgoContext context) throws Exception {
    Sitting.Exec exec = exec(context);
    try {
      takeTime(exec);
      return result(exec, context);
    } finally {
      member.deadlines.over(exec);
    }
  }

  /** To be asked for at once: while it takes its time its record may be executed anew. */
  private Sitting.Exec exec(AlgoContext context) {
    RecordPosition position = context.position();
    Sitting.Exec exec = member.execOf(position.partition(), position.offset());
    world.held.told(exec, context);
    world.retries.told(exec, context.attempt());
    context.deadline().ifPresent(deadline -> member.deadlines.begun(exec, deadline));
    return exec;
  }

  private void takeTime(Sitting.Exec exec) throws InterruptedException {
    if (world.faulty(world.schedule.hangingAlgos)) {
      hang(exec);
    }
    boolean quick = world.calm() && exec.due != Long.MAX_VALUE; // else it may never be in time
    if (!quick && world.chance(world.schedule.slowAlgos)) {
      world.elsewhere(8);
    }
  }

  /** Past its deadline, perhaps its grace, and whether or not anybody interrupts it. */
  private void hang(Sitting.Exec exec) throws InterruptedException {
    boolean listens = world.random.nextInt(3) == 0;
    long until = world.time.nanos() + 50_000_000 + world.random.nextInt(200_000_000);
    while (world.time.nanos() < until) {
      world.time.pass(until - world.time.nanos());
      if (!world.elsewhere(4)) {
        return; // too many wait already: nobody would notice
      }
      if (listens && member.deadlines.interrupted(exec)) {
        throw new InterruptedException();
      }
    }
  }

  private byte[] result(Sitting.Exec exec, AlgoContext context) throws AlgoFailure {
    boolean failing = world.faulty(world.schedule.failingAlgos);
    int outputs = world.random.nextInt(4);
    for (int i = 0; i < outputs - 1; i++) {
      emit(exec, context, i);
    }
    if (failing) {
      throw new AlgoFailure();
    }
    exec.outputs = exec.expired ? -1 : outputs;
    return outputs == 0 ? null : value(exec, outputs - 1);
  }

  private void emit(Sitting.Exec exec, AlgoContext context, int output) throws AlgoFailure {
    try {
      context.emit(Output.of(SIDE, value(exec, output)));
    } catch (IllegalStateException e) {
      if (!exec.expired) {
        world.judge.violated("an emission is refused: " + exec);
      }
      throw new AlgoFailure(); // it comes too late
    }
    if (exec.expired) {
      world.judge.violated("an emission after its deadline is taken: " + exec);
    }
  }

  private byte[] value(Sitting.Exec exec, int output) {
    return ModelProducer.value(exec, output, world.random.nextInt(20));
  }

  private CompletionStage<byte[]> begin(byte[] input, AlgoContext context) throws Exception {
    Sitting.Exec exec = exec(context);
    Late stage = new Late(exec, context);
    try {
      if (world.faulty(world.schedule.failingAlgos / 8)) {
        stage.told = true;
        throw new AlgoFailure();
      }
      begin(stage);
      return stage;
    } finally {
      stage.returned();
    }
  }

  private void begin(Late stage) throws InterruptedException {
    boolean quick = world.calm() && stage.exec.due != Long.MAX_VALUE;
    switch (quick ? 0 : world.random.nextInt(4)) {
      case 0 -> stage.complete();
      case 1 -> {
        member.execute(stage::complete);
        takeTime(stage.exec); // and perhaps it is complete by then
      }
      default -> {
        if (!world.faulty(world.schedule.hangingAlgos)) {
          member.after(world.delay(20), stage::complete);
        } // else it never completes
      }
    }
  }

  /** What is complete some time. */
  private final class Late extends CompletableFuture<byte[]> {
    private final Sitting.Exec exec;
    private final AlgoContext context;
    private boolean told;
    private boolean returned;

    Late(Sitting.Exec exec, AlgoContext context) {
      this.exec = exec;
      this.context = context;
    }

    /** Nobody hears of it before it is returned. */
    void returned() {
      returned = true;
      if (told) {
        member.deadlines.over(exec);
      }
    }

    void complete() {
      byte[] value = null;
      AlgoFailure failure = null;
      try {
        value = result(exec, context);
      } catch (AlgoFailure e) {
        failure = e;
      }
      told = true;
      if (returned) {
        member.deadlines.over(exec);
      }
      boolean first = failure == null ? complete(value) : completeExceptionally(failure);
      if (!first && !exec.expired) {
        world.judge.violated("a stage is cancelled before its deadline: " + exec);
      }
    }
  }

  private void runAll(List<BatchRecord<byte[], byte[]>> records) throws Exception {
    List<Sitting.Exec> execs = records.stream().map(record -> exec(record.context())).toList();
    try {
      for (int i = 0; i < execs.size(); i++) {
        takeTime(execs.get(i));
        if (world.faulty(world.schedule.failingAlgos / 8)) {
          throw new AlgoFailure();
        }
        settle(execs.get(i), records.get(i));
      }
    } finally {
      execs.forEach(member.deadlines::over);
    }
  }

  private void settle(Sitting.Exec exec, BatchRecord<byte[], byte[]> record) {
    byte[] value = null;
    AlgoFailure failure = null;
    try {
      value = result(exec, record.context());
    } catch (AlgoFailure e) {
      failure = e;
    }
    if (failure != null && world.random.nextBoolean()) {
      return; // it is forgotten, which fails it too
    }
    boolean taken = true;
    try {
      if (failure == null) {
        record.complete(value);
      } else {
        record.fail(failure);
      }
    } catch (IllegalStateException e) {
      taken = false;
    }
    if (taken == exec.expired) {
      world.judge.violated("settled by the batch, taken " + taken + ": " + exec);
    }
    member.deadlines.over(exec);
  }
}
