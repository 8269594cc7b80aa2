package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.idleFlow;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.records;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.Outcome;

class RecordBatchTest {

  @Test
  void lateCompletionTouchesNothing() {
    InputCounters counters = new InputCounters("orders");
    RecordBatch batch = EngineFixtures.batch(idleFlow(counters), records(0, 1, 2));
    batch.settled(0, Outcome.WRITTEN, 0);
    assertThat(batch.abandon()).isEqualTo(2);
    batch.settled(1, Outcome.WRITTEN, 0);
    batch.settled(2, Outcome.DEAD_LETTERED, 0);
    assertThat(counters.settled(Outcome.WRITTEN)).isEqualTo(1);
    assertThat(counters.settled(Outcome.DEAD_LETTERED)).isZero();
    assertThat(batch.unsettled()).isZero();
    assertThat(batch.abandon()).isZero();
  }

  /** Settling from two threads races with the abandon of a third: each record counts once. */
  @Test
  void abandonAndSettleShareTheRecordsExactly() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      int size = 1 + random.nextInt(16);
      InputCounters counters = new InputCounters("orders");
      RecordBatch batch =
          EngineFixtures.batch(idleFlow(counters), records(LongStream.range(0, size).toArray()));
      CyclicBarrier start = new CyclicBarrier(3);
      int split = random.nextInt(size + 1);
      int pause = random.nextInt(50);
      Thread first = settler(start, batch, 0, split);
      Thread second = settler(start, batch, split, size);
      start.await();
      for (int i = 0; i < pause; i++) {
        Thread.onSpinWait();
      }
      int released = batch.abandon();
      first.join();
      second.join();
      assertThat(counters.settled(Outcome.WRITTEN) + released).isEqualTo(size);
    }
  }

  private static Thread settler(CyclicBarrier start, RecordBatch batch, int from, int to) {
    Thread thread =
        new Thread(
            () -> {
              try {
                start.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              for (int i = from; i < to; i++) {
                batch.settled(i, Outcome.WRITTEN, 0);
              }
            });
    thread.start();
    return thread;
  }

  /** Else a batch would keep the headers, and by them much of what was read, of what is settled. */
  @Test
  void aTraceIdIsAtHandUntilItsRecordIsSettled() {
    List<ConsumerRecord<byte[], byte[]>> records = records(1, 2, 3);
    records.get(0).headers().add("traceID", "old".getBytes(UTF_8)).add("traceID", new byte[] {7});
    records.get(1).headers().add("traceID", "old".getBytes(UTF_8)).add("traceID", new byte[0]);
    RecordBatch batch = EngineFixtures.batch(idleFlow(new InputCounters("orders")), records);
    assertThat(Objects.requireNonNull(batch.traceId(0)).value()).containsExactly(7);
    assertThat(batch.traceId(1)).as("an empty one is none").isNull();
    assertThat(batch.traceId(2)).isNull();
    batch.settled(0, Outcome.WRITTEN, 0);
    assertThat(batch.traceId(0)).isNull();
  }

  /** Else each batch would keep the one before it, by what was held there, and so all that were. */
  @Test
  void aSettledRecordLetsGoOfWhatItTriggered() {
    PartitionFlow flow = idleFlow(new InputCounters("orders"));
    RecordBatch held = EngineFixtures.batch(flow, records(1));
    RecordBatch trigger = EngineFixtures.batch(flow, records(2));
    Trace trace = new Trace(0);
    trace.add(new Trace.Held(held, 0));
    Gather gather = new Gather(EngineFixtures.gathers(), trace, trigger, 0, false);
    trigger.trigger(0, gather);
    trigger.begin(0);
    gather.settled(0, Outcome.WRITTEN, 0);
    assertThat(held.isSettled(0)).isTrue();
    assertThat(trigger.isSettled(0)).isTrue();
    assertThat(trigger.gather(0)).isNull();
  }
}
