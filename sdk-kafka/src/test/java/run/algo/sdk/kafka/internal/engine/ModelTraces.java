package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/**
 * Which records of a simulated input are held, for which other to be executed with. All records of
 * a trace lie in one partition; most have a trigger behind them, some wait in vain.
 */
final class ModelTraces {

  /** Of each partition, those without a trigger so far. */
  private final List<List<Trace>> open = new ArrayList<>();

  private final SplittableRandom random;
  private long traces;

  /** Records of one trace; the one that triggers the others is the last. */
  static final class Trace {
    final List<ModelLog.Entry> entries = new ArrayList<>();
    private final byte[] id;

    /** Some of its records have been given up, so that not all of them have one outcome. */
    boolean givenUp;

    Trace(long number) {
      id = ByteBuffer.allocate(16).putLong(8, number).array();
    }

    @Override
    public String toString() {
      return "trace " + entries;
    }
  }

  /**
   * What a record is to its trace.
   *
   * @param trace the trace
   * @param headers say so
   * @param held whether it is held
   * @param only whether it has no value of its own, and only triggers others
   */
  record Part(Trace trace, RecordHeaders headers, boolean held, boolean only) {}

  ModelTraces(int partitions, SplittableRandom random) {
    this.random = random;
    for (int p = 0; p < partitions; p++) {
      open.add(new ArrayList<>());
    }
  }

  /** What the next record of a partition is to its trace; null when it has none. */
  Part next(int partition) {
    if (random.nextInt(5) < 3) {
      return null;
    }
    List<Trace> waiting = open.get(partition);
    boolean begins = waiting.isEmpty() || random.nextInt(4) == 0;
    if (begins) {
      waiting.add(new Trace(traces++));
    }
    int which = begins ? waiting.size() - 1 : random.nextInt(waiting.size());
    Trace trace = waiting.get(which);
    boolean held = begins ? random.nextInt(12) != 0 : random.nextInt(5) < 2;
    boolean only = !held && random.nextInt(3) == 0;
    if (!held) {
      waiting.remove(which); // and there may be nothing that it triggers
    }
    RecordHeaders headers = new RecordHeaders();
    headers.add(ProtocolHeaders.TRACE_ID, trace.id);
    if (held) {
      headers.add(ProtocolHeaders.RUN, "false".getBytes(US_ASCII));
    } else if (only || random.nextBoolean()) {
      headers.add(ProtocolHeaders.RUN, "true".getBytes(US_ASCII));
    }
    return new Part(trace, headers, held, only);
  }
}
