package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.kafka.config.Ordering;

/** Retry strategy {@code Simple}, through the real engine in virtual time. */
class WaitingInPlaceTest {

  private static final Duration LONG = Duration.ofDays(2);

  // Steps and repeats

  @ParameterizedTest
  @MethodSource("run.algo.sdk.kafka.Failing#tables")
  void aRecordIsTriedAsTheStepsSayAndIsThenADeadLetter(
      Failing.Form form, Ordering ordering, String steps, String seconds) {
    Failing failing = new Failing();
    List<String> expected = new ArrayList<>();
    for (String second : seconds.split(" ", -1)) {
      expected.add("a* " + (expected.size() + 1) + " " + Double.parseDouble(second));
    }
    try (AlgoTestDriver driver = failing.drive(form, ordering, steps)) {
      driver.input(TestRecord.of("a*").withKey("k"));
      driver.advance(LONG);
      assertThat(failing.executions).isEqualTo(expected);
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.executions()).isEqualTo(expected.size());
                assertThat(letter.reason()).isEqualTo("algo");
                assertThat(letter.message()).isEqualTo("attempt " + expected.size());
              });
      assertThat(driver.committed(0)).isEqualTo(1);
      assertThat(driver.outputs()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // How often it fails; the seconds at which it is executed
    "0, 0",
    "1, 0 1",
    "2, 0 1 2",
    "3, 0 1 2 12",
    "4, 0 1 2 12 22"
  })
  void oneThatSucceedsInTheEndIsWrittenOnce(int failures, String seconds) {
    for (Failing.Form form : Failing.Form.values()) {
      Failing failing = new Failing();
      try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:1s:2,2:10s:2")) {
        driver.input(TestRecord.of("a" + failures).withKey("k"));
        driver.advance(LONG);
        List<String> expected = new ArrayList<>();
        for (String second : seconds.split(" ", -1)) {
          expected.add(
              "a" + failures + " " + (expected.size() + 1) + " " + Double.parseDouble(second));
        }
        assertThat(failing.executions).as("%s", form).isEqualTo(expected);
        assertThat(driver.outputs()).containsExactly("A" + failures);
        assertThat(driver.deadLetters()).isEmpty();
      }
    }
  }

  @Test
  void itIsExecutedNoMomentBeforeItHasWaited() {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(Failing.Form.ALGO, Ordering.KEY, "1:1h:1")) {
      driver.input("a1");
      driver.advance(Duration.ofHours(1).minusNanos(1));
      assertThat(failing.executions).hasSize(1);
      assertThat(driver.outputs()).isEmpty();
      assertThat(driver.committed(0)).as("it is not committed while it waits").isZero();
      driver.advance(Duration.ofNanos(1));
      assertThat(driver.outputs()).containsExactly("A1");
      assertThat(driver.committed(0)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void whatCannotSucceedIsNotTriedAgain(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:1s:3")) {
      driver.inputBytes(TestRecord.of(new byte[] {(byte) 0xFF}));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("decode");
                assertThat(letter.executions()).isZero();
              });
      assertThat(failing.executions).isEmpty();
    }
  }

  // What waits with it

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void byKeyOnlyTheKeyWaits(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:1s:5")) {
      driver.input(TestRecord.of("a2").withKey("one"));
      driver.input(TestRecord.of("b").withKey("one"));
      driver.input(TestRecord.of("c").withKey("two"));
      driver.input(TestRecord.of("d1").withKey("one"));
      driver.input(TestRecord.of("e").withKey("one"));
      assertThat(driver.outputs()).containsExactly("C");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("C", "A2", "B", "D1", "E");
      assertThat(failing.executions).startsWith("a2 1 0.0", "c 1 0.0", "a2 2 1.0", "a2 3 2.0");
      assertThat(driver.committed(0)).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void byPartitionOnlyThePartitionWaits(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.PARTITION, "1:1s:5")) {
      driver.input(TestRecord.of("a2").withKey("one").withPartition(0));
      driver.input(TestRecord.of("b").withKey("two").withPartition(0));
      driver.input(TestRecord.of("c").withKey("one").withPartition(1));
      assertThat(driver.outputs()).containsExactly("C");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("C", "A2", "B");
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void withoutOrderTheRecordAloneWaits(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.UNORDERED, "1:1s:5")) {
      driver.input(TestRecord.of("a2").withKey("one"));
      driver.input(TestRecord.of("b").withKey("one"));
      driver.input(TestRecord.of("c1").withKey("one"));
      assertThat(driver.outputs()).containsExactly("B");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("B", "C1", "A2");
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void aThousandKeysThatWaitTakeNoSlot(Failing.Form form) {
    Failing failing = new Failing();
    AlgoRunnerBuilder builder =
        failing
            .builder(form)
            .set("ALGO_ORDERING", "key")
            .set("ALGO_BATCH_SIZE", "1")
            .set("ALGO_CONCURRENCY", "2");
    try (AlgoTestDriver driver = failing.drive(builder, "1:1h:1")) {
      for (int i = 0; i < 1_000; i++) {
        driver.input(TestRecord.of("a1").withKey("failing " + i));
      }
      assertThat(failing.executions).hasSize(1_000);
      driver.input(TestRecord.of("b").withKey("good"));
      assertThat(driver.outputs()).containsExactly("B");
      driver.advance(Duration.ofHours(1));
      assertThat(driver.outputs()).hasSize(1_001);
      assertThat(driver.committed(0)).isEqualTo(1_001);
    }
  }

  // Batches

  @Test
  void ofABatchWhatIsBehindInItsScopeGoesAlong() {
    Failing failing = new Failing();
    AlgoRunnerBuilder builder =
        failing
            .builder(Failing.Form.BATCH)
            .set("ALGO_ORDERING", "key")
            .set("ALGO_BATCH_SIZE", "4")
            .set("ALGO_BATCH_LINGER", "1h");
    try (AlgoTestDriver driver = failing.drive(builder, "1:1s:1")) {
      driver.input(TestRecord.of("a").withKey("one"));
      driver.input(TestRecord.of("b1").withKey("one"));
      driver.input(TestRecord.of("c1").withKey("one"));
      driver.input(TestRecord.of("d").withKey("two"));
      assertThat(driver.outputs()).containsExactly("A", "D");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("A", "D", "B1", "C1");
      assertThat(failing.executions)
          .as("of c nothing counts before it has its turn")
          .containsExactly(
              "a 1 0.0",
              "b1 1 0.0",
              "c1 1 0.0",
              "d 1 0.0", // all fill the batch
              "b1 2 3601.0",
              "c1 1 3601.0", // lingering
              "c1 2 7202.0");
    }
  }

  @Test
  void aBatchThatThrowsIsTriedAgainWhole() {
    List<List<String>> runs = new ArrayList<>();
    BatchAlgo<String, String> algo =
        new BatchAlgo<>() {
          @Override
          public void run(List<BatchRecord<String, String>> records) {
            runs.add(records.stream().map(r -> r.value() + " " + r.context().attempt()).toList());
            if (records.get(0).context().attempt() < 3) {
              throw new IllegalStateException("all of it");
            }
            records.forEach(record -> record.complete(record.value()));
          }
        };
    AlgoRunnerBuilder builder =
        AlgoRunner.builder(algo)
            .set("ALGO_ORDERING", "unordered")
            .set("ALGO_BATCH_SIZE", "3")
            .set("ALGO_RETRY_STRATEGY", Failing.simple("1:5s:2"));
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      List.of("a", "b", "c").forEach(driver::input);
      driver.advance(Duration.ofSeconds(10));
      assertThat(driver.outputs()).containsExactly("a", "b", "c");
      assertThat(runs)
          .containsExactly(
              List.of("a 1", "b 1", "c 1"),
              List.of("a 2", "b 2", "c 2"),
              List.of("a 3", "b 3", "c 3"));
    }
  }

  // Gathers, time-outs, halts, the end

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void whatIsGatheredIsTriedAgainTogether(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:1s:1")) {
      driver.input(held("x", "t"));
      driver.input(trigger("a1", "t"));
      driver.input(held("y", "u"));
      driver.input(trigger("b*", "u"));
      assertThat(driver.committed(0)).isZero();
      driver.advance(Duration.ofSeconds(1));
      assertThat(driver.outputs()).containsExactly("A1");
      assertThat(failing.executions)
          .containsExactlyInAnyOrder("a1 1 0.0", "a1 2 1.0", "b* 1 0.0", "b* 2 1.0");
      assertThat(driver.deadLetters()).extracting(TestDeadLetter::text).containsExactly("y", "b*");
      assertThat(driver.deadLetters()).extracting(TestDeadLetter::executions).containsOnly(2);
      assertThat(driver.committed(0)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void whatIsHeldInVainIsNotTriedAgain(Failing.Form form) {
    Failing failing = new Failing();
    AlgoRunnerBuilder builder = failing.builder(form).set("ALGO_GATHER_TIMEOUT", "10m");
    try (AlgoTestDriver driver = failing.drive(builder, "1:1s:3")) {
      driver.input(held("x", "t"));
      driver.advance(Duration.ofMinutes(11));
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::reason)
          .containsExactly("timeout");
      assertThat(driver.committed(0)).isEqualTo(1);
    }
  }

  private static TestRecord<String> held(String text, String trace) {
    return TestRecord.of(text)
        .withKey(trace)
        .withHeader("traceID", trace)
        .withHeader("run", "false");
  }

  private static TestRecord<String> trigger(String text, String trace) {
    return TestRecord.of(text)
        .withKey(trace)
        .withHeader("traceID", trace)
        .withHeader("run", "true");
  }

  @Test
  void aStageThatNeverCompletesIsTriedAgainAtItsDeadline() {
    List<Integer> attempts = new ArrayList<>();
    AsyncAlgo<String, String> algo =
        new AsyncAlgo<>() {
          @Override
          public CompletableFuture<String> run(String text, AlgoContext context) {
            attempts.add(context.attempt());
            return context.attempt() < 3
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(text);
          }
        };
    AlgoRunnerBuilder builder =
        AlgoRunner.builder(algo)
            .set("ALGO_TIMEOUT", "10s")
            .set("ALGO_RETRY_STRATEGY", Failing.simple("1:1m:2"));
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      driver.input("a");
      driver.advance(Duration.ofSeconds(139));
      assertThat(attempts).containsExactly(1, 2);
      driver.advance(Duration.ofSeconds(1));
      assertThat(attempts).containsExactly(1, 2, 3);
      assertThat(driver.outputs()).containsExactly("a");
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void whatHasWaitedWhileItsPartitionIsHaltedGoesOnAfterIt(Failing.Form form) {
    Failing failing = new Failing();
    try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:10s:1")) {
      driver.input(TestRecord.of("a1").withKey("one"));
      driver.failDeadLetters(new org.apache.kafka.common.errors.TopicAuthorizationException("no"));
      driver.inputBytes(TestRecord.of(new byte[] {(byte) 0xFF}).withKey("two"));
      assertThat(driver.halts()).hasSize(1);
      driver.advance(Duration.ofMinutes(1));
      assertThat(failing.executions).as("nothing begins while it is halted").hasSize(1);
      driver.acceptSends();
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.outputs()).containsExactly("A1");
      assertThat(driver.committed(0)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void closingWaitsForNothingThatWaits(Failing.Form form) {
    Failing failing = new Failing();
    AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "1:1h:1");
    driver.input("a1");
    Instant before = driver.now();
    driver.close();
    assertThat(driver.now()).isEqualTo(before);
    assertThat(failing.executions).hasSize(1);
    assertThat(driver.committed(0)).isZero();
  }

  @Test
  void manyRecordsComeToTheirEndsInTheOrderOfTheirKeys() {
    for (Failing.Form form : Failing.Form.values()) {
      Failing failing = new Failing();
      try (AlgoTestDriver driver = failing.drive(form, Ordering.KEY, "2:3s:1,1:1s:2")) {
        Map<String, List<Object>> expected = new TreeMap<>();
        IntStream.range(0, 400)
            .forEach(
                i -> {
                  String key = "k" + i % 7;
                  String text = (char) ('a' + i % 26) + "" + i * 31 % 4;
                  driver.input(TestRecord.of(text).withKey(key));
                  expected
                      .computeIfAbsent(key, k -> new ArrayList<>())
                      .add(text.toUpperCase(Locale.ROOT));
                });
        driver.advance(Duration.ofHours(1));
        Map<String, List<Object>> found = new TreeMap<>();
        driver
            .records()
            .forEach(
                record ->
                    found
                        .computeIfAbsent(record.key().orElseThrow(), k -> new ArrayList<>())
                        .add(record.value()));
        assertThat(found).as("%s", form).isEqualTo(expected);
      }
    }
  }
}
