package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.TransactionBench.numbered;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.engine.ScriptedCluster.Fault;
import run.algo.sdk.kafka.internal.engine.ScriptedCluster.Step;
import run.algo.sdk.kafka.internal.record.Outcome;

/** The engine with transactions, whatever becomes of them. */
class TransactionsTest {

  private static final String[] SOME = numbered("v", 0, 50);

  private final TransactionBench bench = new TransactionBench(Ordering.KEY, count -> 0);

  private static Fault abortable() {
    return new Fault(new KafkaException("a batch has expired"), false, false);
  }

  private static Fault fatal(boolean carriedOut) {
    return new Fault(new ProducerFencedException("another one"), true, carriedOut);
  }

  /** Every record of partition 0 has been executed once and has its one result, in order. */
  private void assertOnce(TransactionBench of, String... values) {
    assertThat(of.cluster.values("out")).containsExactly(values);
    assertThat(of.offset(0)).isEqualTo(values.length);
    assertThat(of.executions.values()).allMatch(times -> times == 1);
    assertThat(of.cluster.steps).filteredOn(step -> step.endsWith("SEND")).isNotEmpty();
    assertThat(of.counters.settled(Outcome.WRITTEN)).isEqualTo(values.length);
    assertThat(of.loop.halts()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void outputsAndOffsetsAreCommittedTogetherAndInOrder(Ordering ordering) {
    TransactionBench each = new TransactionBench(ordering, count -> 0);
    String[] values = numbered("v", 0, 350);
    each.append(0, Arrays.copyOf(values, 150));
    each.settle();
    each.append(0, Arrays.copyOfRange(values, 150, 350));
    each.settle();
    assertOnce(each, values);
    assertThat(each.transactions.commits()).isGreaterThan(1);
    assertThat(each.transactions.aborts()).isZero();
    assertThat(each.cluster.steps).contains("a COMMIT", "b COMMIT");
  }

  @Test
  void nothingIsVisibleBeforeTheCommit() {
    bench.append(0, SOME);
    bench.loop.step();
    while (!bench.cluster.steps.contains("a FLUSH") && bench.time.runOne()) {
      bench.loop.step();
    }
    assertThat(bench.cluster.committed).isEmpty();
    assertThat(bench.counters.settled(Outcome.WRITTEN)).isZero();
    bench.settle();
    assertOnce(bench, SOME);
  }

  @Test
  void whatLeadsToNothingMovesTheOffset() {
    bench.append(0, "drop0", "drop1");
    bench.settle();
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.cluster.committed).isEmpty();
  }

  @Test
  void whatIsTriedAgainIsWrittenOnceAndInLine() {
    bench.append(0, "v0", "again1", "v2");
    bench.append(1, "w0");
    bench.settle();
    assertThat(bench.offset(0)).isEqualTo(1);
    assertThat(bench.offset(1)).isEqualTo(1);
    assertThat(bench.executions).containsEntry("again1", 1).containsEntry("v2", 1);
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.offset(0)).isEqualTo(3);
    assertThat(bench.cluster.values("out"))
        .hasSize(4)
        .containsSubsequence("v0", "again1", "v2")
        .contains("w0");
    assertThat(bench.cluster.values("side")).isEmpty();
    assertThat(bench.executions).containsEntry("again1", 2).containsEntry("v2", 1);
    assertThat(bench.transactions.aborts()).isZero();
  }

  @Test
  void aStragglerHoldsBackItsPartitionAlone() {
    bench.append(0, "v0", "slow1", "v2");
    bench.append(1, "w0", "w1");
    bench.settle();
    assertThat(bench.offset(0)).isEqualTo(1);
    assertThat(bench.offset(1)).isEqualTo(2);
    assertThat(bench.cluster.values("out")).containsExactlyInAnyOrder("v0", "w0", "w1");
    bench.slow.get("slow1").complete("slow1");
    bench.settle();
    assertThat(bench.offset(0)).isEqualTo(3);
    assertThat(bench.cluster.values("out")).endsWith("slow1", "v2");
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"SEND", "FLUSH", "OFFSETS", "COMMIT"})
  void aFailedTransactionIsWrittenAgainWithoutExecutingAgain(Step step) {
    bench.cluster.fail(step, abortable());
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(2));
    assertOnce(bench, SOME);
    assertThat(bench.transactions.aborts()).isEqualTo(1);
    assertThat(bench.transactions.replacements()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"BEGIN", "SEND", "FLUSH", "OFFSETS", "COMMIT"})
  void aFencedProducerIsReplaced(Step step) {
    bench.cluster.fail(step, fatal(false));
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(2));
    assertOnce(bench, SOME);
    assertThat(bench.transactions.aborts()).isEqualTo(1);
    assertThat(bench.transactions.replacements()).isEqualTo(1);
  }

  @Test
  void aProducerThatCannotAbortIsReplaced() {
    bench.cluster.fail(Step.FLUSH, abortable());
    bench.cluster.fail(
        Step.ABORT, new Fault(new InvalidPidMappingException("expired"), true, false));
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(2));
    assertOnce(bench, SOME);
    assertThat(bench.transactions.replacements()).isEqualTo(1);
  }

  @Test
  void aProducerThatCannotBeMadeIsMadeAgain() {
    TransactionBench late = new TransactionBench(Ordering.KEY, count -> 0);
    for (int i = 0; i < 4; i++) {
      late.cluster.fail(Step.INIT, new Fault(new TimeoutException("no coordinator"), false, false));
    }
    late.append(0, SOME);
    late.advance(Duration.ofSeconds(10));
    assertOnce(late, SOME);
  }

  @Test
  void aCommitWhoseAnswerIsLateIsAskedForAgain() {
    bench.cluster.fail(Step.COMMIT, new Fault(new TimeoutException("late"), false, false));
    bench.append(0, SOME);
    bench.settle();
    assertOnce(bench, SOME);
    assertThat(bench.transactions.aborts()).isZero();
  }

  /** Its transaction must not be written again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitThatSeemedToFailIsLookedUp(boolean withoutAnswerAtFirst) {
    bench.cluster.fail(Step.COMMIT, fatal(true));
    bench.lookups = !withoutAnswerAtFirst;
    bench.append(0, SOME);
    bench.settle();
    bench.append(0, "w");
    bench.settle();
    if (withoutAnswerAtFirst) {
      assertThat(bench.counters.settled(Outcome.WRITTEN)).isZero();
      assertThat(bench.cluster.values("out")).containsExactly(SOME);
      bench.lookups = true;
    }
    bench.advance(Duration.ofSeconds(3));
    List<String> all = new ArrayList<>(List.of(SOME));
    all.add("w");
    assertOnce(bench, all.toArray(new String[0]));
  }

  /** After an answer that was not heard even an abort that succeeds would tell nothing. */
  @Test
  void aCommitThatFailsAfterALostAnswerIsLookedUp() {
    bench.cluster.fail(Step.COMMIT, new Fault(new TimeoutException("lost"), false, false));
    bench.cluster.fail(Step.COMMIT, new Fault(new KafkaException("no"), false, false));
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(3));
    assertOnce(bench, SOME);
    assertThat(bench.transactions.replacements()).isEqualTo(1);
  }

  @Test
  void whatFollowsAFailedTransactionIsAbortedAndWrittenAfterIt() {
    List<String> steps = bench.cluster.steps;
    bench.append(1, "w0"); // by one lane or the other
    bench.settle();
    String first = steps.contains("a COMMIT") ? "b" : "a";
    String second = first.equals("a") ? "b" : "a";
    steps.clear();
    bench.holdAfter(first, Step.FLUSH);
    bench.append(0, "v0", "v1");
    bench.settle();
    bench.append(0, "v2", "v3");
    bench.settle();
    assertThat(steps).contains(first + " FLUSH", second + " FLUSH");
    assertThat(steps).doesNotContain(first + " OFFSETS", second + " OFFSETS");
    bench.cluster.fail(Step.OFFSETS, abortable());
    bench.letGo();
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.cluster.values("out")).containsExactly("w0", "v0", "v1", "v2", "v3");
    assertThat(bench.offset(0)).isEqualTo(4);
    assertThat(bench.executions.values()).allMatch(times -> times == 1);
    assertThat(bench.transactions.aborts()).isEqualTo(2);
    assertThat(steps.indexOf(first + " ABORT")).isLessThan(steps.indexOf(second + " ABORT"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneRecordThatIsTooLargeCostsOneAbortAndOneDeadLetter(boolean byTheBroker) {
    RecordTooLargeException error = new RecordTooLargeException("too large");
    refuse(byTheBroker, "out", "v20", error);
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(5));
    List<String> good = new ArrayList<>(List.of(SOME));
    good.remove("v20");
    assertThat(bench.cluster.values("out")).containsExactlyElementsOf(good);
    assertThat(bench.cluster.values(TransactionBench.DEAD_LETTERS)).containsExactly("v20");
    assertThat(bench.offset(0)).isEqualTo(SOME.length);
    assertThat(bench.transactions.aborts()).isEqualTo(1);
    assertThat(bench.executions.values()).allMatch(times -> times == 1);
    // The client would send what follows again and again, until the gap in its sequence is closed.
    assertThat(bench.transactions.replacements()).isEqualTo(byTheBroker ? 1 : 0);
    if (byTheBroker) {
      List<String> steps = bench.cluster.steps;
      String id = steps.stream().filter(s -> s.endsWith(" closed")).findFirst().get();
      int closed = steps.lastIndexOf(id);
      assertThat(steps.get(closed + 1)).isEqualTo(id.replace("closed", "INIT"));
      assertThat(steps).noneMatch(step -> step.endsWith("ABORT"));
    }
  }

  private void refuse(boolean byTheBroker, String topic, String value, RuntimeException error) {
    java.util.function.Function<
            org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]>, RuntimeException>
        refusal =
            record ->
                record.topic().equals(topic)
                        && (value == null
                            || value.equals(
                                new String(
                                    record.value(), java.nio.charset.StandardCharsets.UTF_8)))
                    ? error
                    : null;
    if (byTheBroker) {
      bench.cluster.broker = refusal;
    } else {
      bench.cluster.client = refusal;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeniedTopicHaltsItsPartitionAndNoOther(boolean byTheBroker) {
    refuse(byTheBroker, "side", null, new TopicAuthorizationException(Set.of("side")));
    bench.append(0, "v0", "side1", "side2", "v3");
    bench.append(1, "w0");
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.loop.halts()).containsOnlyKeys(new TopicPartition(TransactionBench.TOPIC, 0));
    assertThat(bench.offset(0)).isEqualTo(1);
    assertThat(bench.offset(1)).isEqualTo(1);
    // It is tried again and again, alone: what else there is does not suffer.
    long aborts = bench.transactions.aborts();
    bench.cluster.sent.clear();
    for (int i = 1; i <= 20; i++) {
      bench.time.pass(Duration.ofSeconds(5).toNanos()); // with one at the same moment
      bench.append(1, "w" + i);
      bench.advance(Duration.ofSeconds(5));
      assertThat(bench.offset(1)).isEqualTo(1 + i);
    }
    assertThat(bench.cluster.sent)
        .filteredOn(value -> value.startsWith("w"))
        .hasSize(20)
        .doesNotHaveDuplicates();
    assertThat(bench.transactions.aborts()).isGreaterThan(aborts).isLessThan(aborts + 20);
    assertThat(bench.cluster.values("side")).isEmpty();
    bench.cluster.broker = record -> null;
    bench.cluster.client = record -> null;
    bench.advance(Duration.ofSeconds(70));
    assertThat(bench.loop.halts()).isEmpty();
    assertThat(bench.offset(0)).isEqualTo(4);
    assertThat(bench.cluster.values("side")).containsExactly("side1", "side2");
    assertThat(bench.cluster.values("out")).contains("v0", "v3").doesNotHaveDuplicates();
    assertThat(bench.executions.values()).allMatch(times -> times == 1);
  }

  /** First one output of a record is in the way, then the other, then neither. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRecordWhoseOutputsAreRefusedInTurnGoesOn(boolean byTheBroker) {
    refuse(byTheBroker, "side", null, new TopicAuthorizationException(Set.of("side")));
    bench.append(0, "both0", "v1");
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.loop.halts()).isNotEmpty();
    refuse(byTheBroker, "out", null, new TopicAuthorizationException(Set.of("out")));
    bench.advance(Duration.ofSeconds(5));
    assertThat(bench.loop.halts()).isNotEmpty();
    refuse(byTheBroker, "none", null, new TopicAuthorizationException(Set.of("none")));
    bench.advance(Duration.ofSeconds(70));
    assertThat(bench.loop.halts()).isEmpty();
    assertThat(bench.cluster.values("side")).containsExactly("both0");
    assertThat(bench.cluster.values("out")).containsExactly("both0", "v1");
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.executions.values()).allMatch(times -> times == 1);
  }

  @Test
  void aPartitionThatIsTakenAwayIsCommittedUpToItsStraggler() {
    bench.append(0, "v0", "v1", "slow2", "v3");
    bench.waiting(
        () -> {
          bench.loop.step();
          while (bench.time.runOne()) {}
          bench.loop.step();
          bench.consumer.rebalance(List.of(new TopicPartition(TransactionBench.TOPIC, 1)));
        });
    assertThat(bench.offset(0)).isEqualTo(2);
    assertThat(bench.cluster.values("out")).containsExactly("v0", "v1");
    bench.slow.get("slow2").complete("slow2");
    bench.advance(Duration.ofSeconds(2));
    assertThat(bench.cluster.values("out")).as("late").containsExactly("v0", "v1");
    assertThat(bench.counters.settled(Outcome.RELEASED)).isEqualTo(2);
  }

  @Test
  void aGroupThatHasMovedOnIsNoTrouble() {
    bench.cluster.fail(
        Step.OFFSETS, new Fault(new CommitFailedException("a new generation"), false, false));
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(1));
    assertOnce(bench, SOME);
    assertThat(bench.loop.trouble()).isEmpty();
  }

  @Test
  void whatFailsAgainAndAgainIsToldAndTriedMoreSeldom() {
    for (int i = 0; i < 10; i++) {
      bench.cluster.fail(Step.FLUSH, abortable());
    }
    bench.append(0, SOME);
    bench.advance(Duration.ofSeconds(1));
    long first = bench.transactions.aborts();
    assertThat(first).isBetween(3L, 5L);
    assertThat(bench.loop.trouble()).get().asString().contains("a batch has expired");
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.transactions.aborts()).isLessThanOrEqualTo(first + 1);
    bench.advance(Duration.ofSeconds(60));
    assertOnce(bench, SOME);
    assertThat(bench.loop.trouble()).isEmpty();
  }

  @Test
  void theCloseCommitsWhatIsPrepared() {
    bench.append(0, SOME);
    bench.waiting(
        () -> {
          bench.loop.step();
          bench.loop.end();
        });
    List<String> outputs = bench.cluster.values("out");
    assertThat(outputs).isEqualTo(List.of(SOME).subList(0, outputs.size()));
    assertThat(bench.offset(0)).isEqualTo(outputs.size());
    assertThat(bench.executions).hasSize(outputs.size());
  }
}
