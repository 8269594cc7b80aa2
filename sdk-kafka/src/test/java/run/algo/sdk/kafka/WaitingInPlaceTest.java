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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.kafka.config.Ordering;

/**
 * Retry strategy {@code Simple}, through the real engine in virtual time. Long, since its tables of
 * steps run in each form and order with the same few helpers.
 */
class WaitingInPlaceTest {

  private static final Duration LONG = Duration.ofDays(2);

  /** The forms of an Algo. */
  private enum Form {
    ALGO,
    ASYNC,
    BATCH
  }

  /**
   * Fails a record as often as its text says: {@code a3} three times, {@code a} never, {@code a*}
   * always. Emits before it fails.
   */
  private static final class Failing {

    /** Each execution: text, attempt, and seconds since the beginning. */
    final List<String> executions = new ArrayList<>();

    private AlgoTestDriver driver;
    private Instant begin;

    AlgoRunnerBuilder builder(Form form) {
      return switch (form) {
        case ALGO -> AlgoRunner.builder((Algo<String, String>) new One());
        case ASYNC -> AlgoRunner.builder((AsyncAlgo<String, String>) new Staged());
        case BATCH -> AlgoRunner.builder((BatchAlgo<String, String>) new Many());
      };
    }

    private String run(String text, AlgoContext context) {
      Duration since = Duration.between(begin, driver.now());
      executions.add(text + " " + context.attempt() + " " + since.toMillis() / 1000.0);
      String times = text.substring(1);
      if (times.equals("*") || (!times.isEmpty() && context.attempt() <= Integer.parseInt(times))) {
        throw new IllegalStateException("attempt " + context.attempt());
      }
      return text.toUpperCase(Locale.ROOT);
    }

    private final class One implements Algo<String, String> {
      @Override
      public String run(String text, AlgoContext context) {
        return Failing.this.run(text, context);
      }
    }

    private final class Staged implements AsyncAlgo<String, String> {
      @Override
      public CompletableFuture<String> run(String text, AlgoContext context) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try {
          stage.complete(Failing.this.run(text, context));
        } catch (RuntimeException e) {
          stage.completeExceptionally(e);
        }
        return stage;
      }
    }

    private final class Many implements BatchAlgo<String, String> {
      @Override
      public void run(List<BatchRecord<String, String>> records) {
        for (BatchRecord<String, String> record : records) {
          try {
            record.complete(Failing.this.run(record.value(), record.context()));
          } catch (RuntimeException e) {
            record.fail(e);
          }
        }
      }
    }

    AlgoTestDriver drive(Form form, Ordering ordering, String steps) {
      return drive(
          builder(form)
              .set("ALGO_ORDERING", ordering.name().toLowerCase(Locale.ROOT))
              .set("ALGO_BATCH_SIZE", "1"),
          steps);
    }

    AlgoTestDriver drive(AlgoRunnerBuilder builder, String steps) {
      driver = AlgoTestDriver.of(builder.set("ALGO_RETRY_STRATEGY", simple(steps)));
      begin = driver.now();
      return driver;
    }
  }

  /** {@code index:backoff:repeat}, with commas between. */
  private static String simple(String steps) {
    List<String> listed = new ArrayList<>();
    for (String step : steps.split(",", -1)) {
      String[] parts = step.split(":", -1);
      listed.add(
          "{\"index\":%s,\"backoffDuration\":\"%s\",\"repeat\":%s}"
              .formatted(parts[0], parts[1], parts[2]));
    }
    return "{\"strategy\":\"Simple\",\"steps\":[" + String.join(",", listed) + "]}";
  }

  // Steps and repeats

  static Stream<Arguments> tables() {
    return Stream.of(
            // Steps, and by hand: the seconds at which a record that always fails is executed.
            Arguments.of("1:2s:0", "0 2"),
            Arguments.of("1:2s:1", "0 2"),
            Arguments.of("1:2s:3", "0 2 4 6"),
            Arguments.of("1:0s:3", "0 0 0 0"),
            Arguments.of("1:1s:1,2:10s:1", "0 1 11"),
            Arguments.of("1:1s:3,2:10s:0", "0 1 2 3 13"),
            Arguments.of("1:1s:0,2:10s:3", "0 1 11 21 31"),
            Arguments.of("1:1s:3,2:10s:3", "0 1 2 3 13 23 33"),
            Arguments.of("7:10s:2,3:1s:1", "0 1 11 21"),
            Arguments.of("30:5s:1,-4:1s:2,8:2s:0", "0 1 2 4 9"),
            Arguments.of("1:1s:1,2:2s:1,3:4s:1,4:8s:1,5:16s:1", "0 1 3 7 15 31"),
            Arguments.of("9:16s:0,7:4s:2,5:1s:3,8:8s:1,6:2s:1", "0 1 2 3 5 9 13 21 37"),
            Arguments.of("1:1.5h:1,2:1d:1", "0 5400 91800"))
        .flatMap(
            table ->
                Stream.of(Form.values())
                    .flatMap(
                        form ->
                            Stream.of(Ordering.values())
                                .map(
                                    ordering ->
                                        Arguments.of(
                                            form, ordering, table.get()[0], table.get()[1]))));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aRecordIsTriedAsTheStepsSayAndIsThenADeadLetter(
      Form form, Ordering ordering, String steps, String seconds) {
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
    for (Form form : Form.values()) {
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
    try (AlgoTestDriver driver = failing.drive(Form.ALGO, Ordering.KEY, "1:1h:1")) {
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
  @EnumSource(Form.class)
  void whatCannotSucceedIsNotTriedAgain(Form form) {
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
  @EnumSource(Form.class)
  void byKeyOnlyTheKeyWaits(Form form) {
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
  @EnumSource(Form.class)
  void byPartitionOnlyThePartitionWaits(Form form) {
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
  @EnumSource(Form.class)
  void withoutOrderTheRecordAloneWaits(Form form) {
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
  @EnumSource(Form.class)
  void aThousandKeysThatWaitTakeNoSlot(Form form) {
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
            .builder(Form.BATCH)
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
            .set("ALGO_RETRY_STRATEGY", simple("1:5s:2"));
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
  @EnumSource(Form.class)
  void whatIsGatheredIsTriedAgainTogether(Form form) {
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
  @EnumSource(Form.class)
  void whatIsHeldInVainIsNotTriedAgain(Form form) {
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
            .set("ALGO_RETRY_STRATEGY", simple("1:1m:2"));
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
  @EnumSource(Form.class)
  void whatHasWaitedWhileItsPartitionIsHaltedGoesOnAfterIt(Form form) {
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
  @EnumSource(Form.class)
  void closingWaitsForNothingThatWaits(Form form) {
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
    for (Form form : Form.values()) {
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
