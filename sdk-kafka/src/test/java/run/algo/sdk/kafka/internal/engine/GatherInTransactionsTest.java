package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.kafka.config.Ordering;

/**
 * What was gathered is committed with all its records or not at all, wherever they lie, and in one
 * transaction with what came of it.
 */
class GatherInTransactionsTest {

  private final TransactionBench bench = new TransactionBench(Ordering.KEY, n -> 0);

  @AfterEach
  void stop() {
    bench.cluster.onStep = step -> {};
  }

  /** Once all before it is read: partitions of one input do not wait for each other. */
  private void trigger(int partition, String trace, String value) {
    bench.settle();
    bench.appendOfTrace(partition, trace, "true", value);
  }

  private static boolean hasValue(ProducerRecord<byte[], byte[]> record, String value) {
    return value.equals(new String(record.value(), UTF_8));
  }

  @Test
  void aGatherThatIsTriedAgainIsWrittenOnceWithAllItsRecords() {
    bench.appendOfTrace(0, "t", "false", "again");
    bench.appendOfTrace(1, "t", "false", "b");
    trigger(0, "t", "c");
    bench.settle();
    assertThat(bench.executions).containsEntry("again b c", 1);
    assertThat(bench.offset(0)).isZero();
    assertThat(bench.offset(1)).isZero();
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.cluster.values("out")).containsExactly("again b c");
    assertThat(bench.executions).containsEntry("again b c", 2);
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.offset(1)).isEqualTo(1);
    assertThat(bench.transactions.aborts()).isZero();
  }

  @Test
  void heldRecordsWaitForTheirTriggerAndGoWithIt() {
    bench.appendOfTrace(0, "t", "false", "a");
    bench.appendOfTrace(1, "t", "false", "b");
    bench.append(1, "w0");
    bench.settle();
    assertThat(bench.offset(0)).isZero();
    assertThat(bench.offset(1)).isZero();
    assertThat(bench.cluster.values("out")).isEmpty();
    trigger(0, "t", "c");
    bench.settle();
    assertThat(bench.cluster.values("out")).containsExactlyInAnyOrder("a b c", "w0");
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.offset(1)).isEqualTo(2);
    assertThat(bench.transactions.aborts()).isZero();
  }

  /** Its trigger could be committed, but one of its records stands behind a straggler. */
  @Test
  void aGatherIsNotDividedByAStraggler() {
    bench.append(1, "slow0");
    bench.appendOfTrace(1, "t", "false", "a");
    bench.append(0, "v0");
    trigger(0, "t", "b");
    bench.append(0, "v2");
    bench.settle();
    assertThat(bench.executions).containsKeys("a b", "v2");
    assertThat(bench.cluster.values("out")).containsExactly("v0");
    assertThat(bench.offset(0)).isEqualTo(1);
    bench.slow.get("slow0").complete("slow0");
    bench.settle();
    assertThat(bench.cluster.values("out")).containsExactlyInAnyOrder("v0", "slow0", "a b", "v2");
    assertThat(bench.offset(0)).isEqualTo(3);
    assertThat(bench.offset(1)).isEqualTo(2);
  }

  /** Each of two lies in front of the other, and neither alone could be committed. */
  @Test
  void gathersThatCrossGoTogether() {
    bench.appendOfTrace(0, "t", "false", "a");
    bench.appendOfTrace(1, "u", "false", "c");
    trigger(0, "u", "d");
    bench.settle();
    assertThat(bench.offset(1)).isZero();
    trigger(1, "t", "b");
    bench.settle();
    assertThat(bench.cluster.values("out")).containsExactlyInAnyOrder("a b", "c d");
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.offset(1)).isEqualTo(2);
  }

  @Test
  void gathersThatLeadToNothingAreNotDividedEither() {
    bench.append(1, "slow0");
    bench.appendOfTrace(1, "t", "false", "drop");
    trigger(0, "t", "b");
    bench.settle();
    assertThat(bench.executions).containsKey("drop b");
    assertThat(bench.offset(0)).isZero();
    bench.slow.get("slow0").complete("slow0");
    bench.settle();
    assertThat(bench.offset(0)).isEqualTo(1);
    assertThat(bench.offset(1)).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = ScriptedCluster.Step.class,
      names = {"SEND", "FLUSH", "OFFSETS", "COMMIT"})
  void anAbortTakesAllOfItBack(ScriptedCluster.Step step) {
    bench.cluster.fail(
        step, new ScriptedCluster.Fault(new KafkaException("commanded"), false, false));
    bench.appendOfTrace(0, "t", "false", "a");
    bench.appendOfTrace(1, "t", "false", "b");
    trigger(0, "t", "c");
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.cluster.values("out")).containsExactly("a b c");
    assertThat(bench.executions).containsExactlyEntriesOf(Map.of("a b c", 1));
    assertThat(bench.transactions.aborts()).isEqualTo(1);
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.offset(1)).isEqualTo(1);
  }

  @Test
  void oneWhoseResultIsTooLargeIsDeadLetteredWholeInOneTransaction() {
    bench.cluster.broker =
        record -> hasValue(record, "a b c") ? new RecordTooLargeException("commanded") : null;
    bench.appendOfTrace(0, "t", "false", "a");
    bench.append(0, "v0");
    bench.appendOfTrace(1, "t", "false", "b");
    trigger(1, "t", "c");
    bench.advance(Duration.ofSeconds(5));
    assertThat(bench.cluster.values("out")).containsExactly("v0");
    assertThat(bench.cluster.values(TransactionBench.DEAD_LETTERS)).containsExactly("a", "b", "c");
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.offset(1)).isEqualTo(2);
    assertThat(bench.executions.get("a b c")).isEqualTo(1);
  }

  @Test
  void aDeadLetterOfItThatIsTooLargeIsShortenedAndTheOthersGoWithIt() {
    bench.cluster.broker =
        record ->
            hasValue(record, "a b")
                    || (hasValue(record, "b")
                        && record.headers().lastHeader("dlqStackTrace") != null)
                ? new RecordTooLargeException("commanded")
                : null;
    bench.appendOfTrace(0, "t", "false", "a");
    trigger(1, "t", "b");
    bench.advance(Duration.ofSeconds(5));
    assertThat(bench.cluster.values(TransactionBench.DEAD_LETTERS))
        .containsExactlyInAnyOrder("a", "b");
    assertThat(bench.offset(0)).isEqualTo(1);
    assertThat(bench.offset(1)).isEqualTo(1);
  }

  /** Between its records lie others, so it can never be alone in a transaction. */
  @Test
  void oneThatIsRefusedForNowComesThroughLater() {
    bench.cluster.broker =
        record -> hasValue(record, "a b") ? new TopicAuthorizationException("not yours") : null;
    bench.appendOfTrace(0, "t", "false", "a");
    bench.append(0, "v1", "v2");
    trigger(0, "t", "b");
    bench.append(1, "w0");
    bench.advance(Duration.ofSeconds(30));
    assertThat(bench.cluster.values("out")).containsExactly("w0");
    assertThat(bench.offset(0)).isZero();
    bench.cluster.broker = record -> null;
    bench.advance(Duration.ofMinutes(2));
    assertThat(bench.cluster.values("out")).containsExactlyInAnyOrder("w0", "a b", "v1", "v2");
    assertThat(bench.offset(0)).isEqualTo(4);
  }

  /** Whatever is committed at whatever moment divides no trace. */
  @Test
  void noCommitDividesAnyOfManyTraces() {
    Random random = new Random(7);
    List<String> expected = new ArrayList<>();
    List<int[]> places = new ArrayList<>();
    long[] ends = new long[2];
    StringBuilder wrong = new StringBuilder();
    bench.cluster.onStep =
        step -> {
          if (step.endsWith("COMMIT")) {
            for (int[] trace : places) {
              boolean first = bench.offset(trace[0]) > trace[1];
              boolean second = bench.offset(trace[2]) > trace[3];
              if (first != second) {
                wrong.append(String.join(",", String.valueOf(trace[1]), step)).append(' ');
              }
            }
          }
        };
    for (int trace = 0; trace < 300; trace++) {
      int held = random.nextInt(2);
      int trigger = random.nextInt(2);
      bench.appendOfTrace(held, "t" + trace, "false", "h" + trace);
      long heldAt = ends[held]++;
      if (random.nextInt(4) == 0) {
        bench.append(trigger, "slow" + trace);
        ends[trigger]++;
        expected.add("slow" + trace);
      }
      trigger(trigger, "t" + trace, "x" + trace);
      places.add(new int[] {held, (int) heldAt, trigger, (int) ends[trigger]++});
      expected.add("h" + trace + " x" + trace);
      bench.settle();
      if (random.nextInt(3) == 0) {
        bench.slow.forEach((text, stage) -> stage.complete(text));
      }
    }
    bench.settle();
    bench.slow.forEach((text, stage) -> stage.complete(text));
    bench.settle();
    assertThat(wrong).isEmpty();
    List<String> missing = new ArrayList<>(expected);
    missing.removeAll(bench.cluster.values("out"));
    assertThat(missing).isEmpty();
    assertThat(bench.cluster.values("out")).hasSameSizeAs(expected);
    assertThat(bench.offset(0)).isEqualTo(ends[0]);
    assertThat(bench.offset(1)).isEqualTo(ends[1]);
  }
}
