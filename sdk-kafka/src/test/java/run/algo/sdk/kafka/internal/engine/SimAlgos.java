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
    takeTime();
    return result(exec, context);
  }

  /** To be asked for at once: while it takes its time its record may be executed anew. */
  private Sitting.Exec exec(AlgoContext context) {
    RecordPosition position = context.position();
    return member.execOf(position.partition(), position.offset());
  }

  private void takeTime() {
    if (world.chance(world.schedule.slowAlgos)) {
      world.elsewhere(8);
    }
  }

  private byte[] result(Sitting.Exec exec, AlgoContext context) throws AlgoFailure {
    boolean failing = world.faulty(world.schedule.failingAlgos);
    int outputs = world.random.nextInt(4);
    for (int i = 0; i < outputs - 1; i++) {
      context.emit(Output.of(SIDE, value(exec, i)));
    }
    if (failing) {
      throw new AlgoFailure();
    }
    exec.outputs = outputs;
    return outputs == 0 ? null : value(exec, outputs - 1);
  }

  private byte[] value(Sitting.Exec exec, int output) {
    return ModelProducer.value(exec, output, world.random.nextInt(20));
  }

  private CompletionStage<byte[]> begin(byte[] input, AlgoContext context) throws Exception {
    Sitting.Exec exec = exec(context);
    if (world.faulty(world.schedule.failingAlgos / 8)) {
      throw new AlgoFailure();
    }
    CompletableFuture<byte[]> stage = new CompletableFuture<>();
    Runnable completion =
        () -> {
          try {
            stage.complete(result(exec, context));
          } catch (AlgoFailure e) {
            stage.completeExceptionally(e);
          }
        };
    switch (world.random.nextInt(4)) {
      case 0 -> completion.run();
      case 1 -> {
        member.execute(completion);
        takeTime(); // and perhaps it is complete by then
      }
      default -> member.after(world.delay(20), completion);
    }
    return stage;
  }

  private void runAll(List<BatchRecord<byte[], byte[]>> records) throws Exception {
    List<Sitting.Exec> execs = records.stream().map(record -> exec(record.context())).toList();
    for (int i = 0; i < execs.size(); i++) {
      BatchRecord<byte[], byte[]> record = records.get(i);
      takeTime();
      if (world.faulty(world.schedule.failingAlgos / 8)) {
        throw new AlgoFailure();
      }
      try {
        record.complete(result(execs.get(i), record.context()));
      } catch (AlgoFailure e) {
        if (world.random.nextBoolean()) {
          record.fail(e);
        } // else it is forgotten, which fails it too
      }
    }
  }
}
