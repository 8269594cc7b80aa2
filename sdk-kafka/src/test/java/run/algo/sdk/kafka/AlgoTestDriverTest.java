package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordPosition;

/** Every promise of the driver, through the engine that it drives. */
class AlgoTestDriverTest {

  private static final Pipe<String> LINES = Pipe.text("lines");
  private static final Pipe<String> WORDS = Pipe.text("words");
  private static final Pipe<Count> COUNTS = Pipe.json("counts", Count.class);

  /** A value that JSON can write. */
  record Count(String word, int length) {}

  /** Fails on "bad". */
  static final class Uppercase implements Algo<String, String> {
    @Override
    public @Nullable String run(@Nullable String text, AlgoContext context) {
      if (text == null) {
        return "TOMBSTONE";
      }
      if (text.equals("bad")) {
        throw new IllegalStateException("this one is bad");
      }
      return text.equals("drop") ? null : text.toUpperCase(Locale.ROOT);
    }
  }

  @Test
  void anInputIsExecutedWrittenAndCommitted() {
    try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
      driver.input("hello");
      assertThat(driver.outputs()).containsExactly("HELLO");
      assertThat(driver.committed(0)).isEqualTo(1);
      driver.input("drop");
      driver.input("you");
      assertThat(driver.outputs()).containsExactly("HELLO", "YOU");
      assertThat(driver.committed(0)).isEqualTo(3);
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(driver.halts()).isEmpty();
    }
  }

  @Test
  void aFailedRecordBecomesADeadLetterWithAllThatTheProtocolSays() {
    try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
      driver.input("good");
      driver.input(
          TestRecord.of("bad")
              .withKey("k")
              .withHeader("mine", "kept")
              .withPartition(2)
              .withTimestamp(Instant.ofEpochMilli(1234)));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.topic()).isEqualTo("in.dlq");
                assertThat(letter.reason()).isEqualTo("algo");
                assertThat(letter.exceptionClass()).isEqualTo("java.lang.IllegalStateException");
                assertThat(letter.message()).isEqualTo("this one is bad");
                assertThat(letter.executions()).isEqualTo(1);
                assertThat(letter.position()).isEqualTo(new RecordPosition("in", 2, 0, 1234));
                assertThat(letter.key()).contains("k");
                assertThat(letter.text()).isEqualTo("bad");
                assertThat(letter.bytes()).isEqualTo("bad".getBytes(UTF_8));
                assertThat(letter.headers().text("mine")).contains("kept");
                assertThat(letter.headers().text("dlqGroup")).contains("test");
              });
      assertThat(driver.committed(2)).isEqualTo(1);
      assertThat(driver.committed(1)).isZero();
      assertThat(driver.outputs()).containsExactly("GOOD");
    }
  }

  @Test
  void bytesThatAreNotOfTheFormatDoNotReachTheAlgo() {
    try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
      driver.inputBytes(TestRecord.of(new byte[] {(byte) 0xFF}));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("decode");
                assertThat(letter.executions()).isZero();
                assertThat(letter.bytes()).containsExactly(0xFF);
              });
      driver.input(TestRecord.tombstone());
      assertThat(driver.outputs()).containsExactly("TOMBSTONE");
    }
  }

  @Test
  void pipesHaveTheirOwnInputsOutputsAndTypes() {
    Algo<String, Count> count =
        (text, context) -> {
          if (context.hasOutput(WORDS)) {
            context.emit(Output.of(WORDS, text).withKey("word").withHeader("mine", "set"));
          }
          return new Count(text, text.length());
        };
    Algo<Count, Void> back =
        (value, context) -> {
          context.emit(WORDS, value.word() + context.input());
          return null;
        };
    AlgoRunnerBuilder builder =
        AlgoRunner.builder()
            .input(LINES, count, COUNTS)
            .input(Pipe.json("back", Count.class), back);
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder.output(WORDS))) {
      driver.input(LINES, TestRecord.of("one").withHeader("theirs", "carried"));
      assertThat(driver.outputs(COUNTS)).containsExactly(new Count("one", 3));
      assertThat(driver.records(WORDS))
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.value()).isEqualTo("one");
                assertThat(record.key()).contains("word");
                assertThat(record.headers().text("mine")).contains("set");
                assertThat(record.headers().text("theirs")).contains("carried");
                assertThat(record.headers().text("fileName")).contains("lines-0-0");
                assertThat(record.partition()).isEqualTo(OptionalInt.empty());
                assertThat(record.timestamp()).isEqualTo(Optional.empty());
              });
      driver.input(Pipe.json("back", Count.class), new Count("two", 1));
      assertThat(driver.outputs(WORDS)).containsExactly("one", "twoback");
      assertThat(driver.committed(LINES, 0)).isEqualTo(1);
      assertThat(driver.committed(Pipe.text("back"), 0)).isEqualTo(1);

      assertThatThrownBy(() -> driver.input("x"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2 inputs");
      assertThatThrownBy(driver::outputs)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2 outputs");
      assertThatThrownBy(() -> driver.outputs(LINES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no output lines");
      assertThatThrownBy(() -> driver.input(WORDS, "x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no input words");
    }
  }

  @Test
  void anOptionalOutputHasATopicOnlyWhenOneIsSet() {
    Algo<String, Void> algo =
        (text, context) -> {
          if (context.hasOutput(WORDS)) {
            context.emit(WORDS, text);
          }
          return null;
        };
    AlgoRunnerBuilder builder = AlgoRunner.builder().input(LINES, algo).optionalOutput(WORDS);
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      driver.input(LINES, "a");
      assertThat(driver.committed(LINES, 0)).isEqualTo(1);
      assertThatThrownBy(() -> driver.outputs(WORDS)).isInstanceOf(IllegalArgumentException.class);
    }
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(builder.set("KAFKA_OUTPUT_TOPIC_WORDS", "written"))) {
      driver.input(LINES, "a");
      assertThat(driver.outputs(WORDS)).containsExactly("a");
    }
  }

  /** Keeps its stages for the test to complete. */
  static final class Slow implements AsyncAlgo<String, String> {
    final Map<String, CompletableFuture<String>> stages = new HashMap<>();

    @Override
    public CompletionStage<String> run(String text, AlgoContext context) {
      CompletableFuture<String> stage = new CompletableFuture<>();
      stages.put(text, stage);
      return stage;
    }
  }

  @Test
  void asyncAlgosKeepTheOrderThatIsSet() {
    Slow slow = new Slow();
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(AlgoRunner.builder(slow).set("ALGO_ORDERING", "key"))) {
      driver.input(TestRecord.of("a1").withKey("a"));
      driver.input(TestRecord.of("a2").withKey("a"));
      driver.input(TestRecord.of("b1").withKey("b"));
      assertThat(slow.stages).containsOnlyKeys("a1", "b1");
      slow.stages.get("b1").complete("B");
      driver.runUntilIdle();
      assertThat(driver.outputs()).containsExactly("B");
      assertThat(driver.committed(0)).as("a1 is under way").isZero();
      slow.stages.get("a1").completeExceptionally(new IllegalStateException("no"));
      driver.runUntilIdle();
      assertThat(slow.stages).containsKey("a2");
      assertThat(driver.deadLetters()).extracting(TestDeadLetter::text).containsExactly("a1");
      assertThat(driver.committed(0)).isEqualTo(1);
    }
  }

  @Test
  void whatOtherThreadsCompleteIsAwaited() throws Exception {
    Slow slow = new Slow();
    try (AlgoTestDriver driver = AlgoTestDriver.of(slow)) {
      IntStream.range(0, 8).forEach(i -> driver.input(TestRecord.of("v" + i).withPartition(i)));
      assertThat(driver.await(Duration.ofMillis(1))).as("nobody completes them").isFalse();
      List<Thread> threads = new ArrayList<>();
      slow.stages.forEach((text, stage) -> threads.add(new Thread(() -> stage.complete(text))));
      threads.forEach(Thread::start);
      assertThat(driver.await(Duration.ofSeconds(30))).isTrue();
      assertThat(driver.outputs()).hasSize(8).doesNotHaveDuplicates();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** Tells how many it got. */
  static final class Batches implements BatchAlgo<String, String> {
    final List<Integer> sizes = new ArrayList<>();

    @Override
    public void run(List<BatchRecord<String, String>> records) {
      sizes.add(records.size());
      for (BatchRecord<String, String> record : records) {
        if ("bad".equals(record.value())) {
          record.fail(new IllegalStateException("bad"));
        } else {
          record.complete(record.value() + records.size());
        }
      }
    }
  }

  @Test
  void batchesRunWhenTheyAreFullOrHaveLingered() {
    Batches batches = new Batches();
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder(batches)
                .set("ALGO_ORDERING", "unordered")
                .set("ALGO_BATCH_SIZE", "3")
                .set("ALGO_BATCH_LINGER", "100ms"))) {
      driver.input("a");
      driver.input("bad");
      assertThat(batches.sizes).isEmpty();
      driver.input("c");
      assertThat(batches.sizes).containsExactly(3);
      assertThat(driver.outputs()).containsExactly("a3", "c3");
      assertThat(driver.deadLetters()).hasSize(1);
      Instant before = driver.now();
      driver.input("d");
      driver.advance(Duration.ofMillis(99));
      assertThat(batches.sizes).hasSize(1);
      assertThat(driver.committed(0)).isEqualTo(3);
      driver.advance(Duration.ofMillis(1));
      assertThat(batches.sizes).containsExactly(3, 1);
      assertThat(driver.committed(0)).isEqualTo(4);
      assertThat(driver.now()).isEqualTo(before.plusMillis(100));
    }
  }

  @Test
  void aRefusedWriteHaltsItsPartitionAndGoesOnInTime() {
    Algo<String, String> echo = (text, context) -> text;
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(AlgoRunner.builder().input(LINES, echo, WORDS))) {
      driver.failSends(WORDS, new TopicAuthorizationException("words"));
      driver.input(LINES, "a");
      driver.input(LINES, "b");
      assertThat(driver.halts())
          .singleElement()
          .asString()
          .contains("lines-0 is halted at offset 0");
      driver.advance(Duration.ofMinutes(5));
      assertThat(driver.outputs(WORDS)).isEmpty();
      assertThat(driver.committed(LINES, 0)).isZero();
      driver.acceptSends();
      driver.advance(Duration.ofSeconds(30));
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.outputs(WORDS)).containsExactly("a", "b");
      assertThat(driver.committed(LINES, 0)).isEqualTo(2);
    }
  }

  @Test
  void deadLettersMayBeRefusedAndTooLargeOutputsFailTheirRecord() {
    Algo<String, String> grows = (text, context) -> text.repeat(2_000_000);
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(AlgoRunner.builder().input(LINES, grows, WORDS))) {
      driver.failDeadLetters(new TopicAuthorizationException("lines.dlq"));
      driver.input(LINES, "x");
      assertThat(driver.halts()).hasSize(1);
      driver.acceptSends();
      driver.advance(Duration.ofSeconds(1));
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::reason, TestDeadLetter::exceptionClass)
          .containsExactly(tuple("too-large", RecordTooLargeException.class.getName()));
    }
  }

  @Test
  void failuresHaltWhereThatIsSet() {
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(AlgoRunner.builder(new Uppercase()).set("ALGO_ON_FAILURE", "halt"))) {
      driver.input("bad");
      driver.input("good");
      driver.input(TestRecord.of("other").withPartition(1));
      assertThat(driver.halts()).hasSize(1);
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(driver.outputs()).containsExactly("OTHER");
      assertThat(driver.committed(0)).isZero();
    }
  }

  /** Writes what it knows of the record. */
  static final class Context implements Algo<byte[], String> {
    @Override
    public String run(byte[] value, AlgoContext context) {
      return context.parameters().text("greeting")
          + " "
          + context.position()
          + " "
          + context.key().orElse("-");
    }
  }

  @Test
  void parametersAndTopicsComeFromARunnerConfig() {
    String config =
        """
        {"owner": "me", "name": "greeter", "parameters": [{"name": "greeting", "value": "hi"}]}
        """;
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder(new Context())
                .set("ALGO_RUNNER_CONFIG", config)
                .set("ALGO_GROUP_ID", "mine")
                .environment(
                    Map.of("KAFKA_INPUT_TOPIC_A", "from", "KAFKA_OUTPUT_TOPIC_B", "to")))) {
      driver.input(TestRecord.of(new byte[1]).withKey("k"));
      driver.input(TestRecord.of(new byte[1]).withHeader("endpointParams", "greeting=ho"));
      assertThat(driver.outputs())
          .satisfiesExactly(
              first ->
                  assertThat(first).asString().startsWith("hi ").contains("from").endsWith(" k"),
              second -> assertThat(second).asString().startsWith("ho "));
    }
  }

  @Test
  void recordsThatWaitBehindAFullFlowSurviveANewPartition() {
    Slow slow = new Slow();
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder(slow).set("ALGO_MAX_IN_FLIGHT", "2").set("ALGO_CONCURRENCY", "2"))) {
      for (int i = 0; i < 5; i++) {
        driver.input("v" + i);
      }
      driver.input(TestRecord.of("other").withPartition(1));
      for (int i = 0; i < 5; i++) {
        String value = "v" + i;
        assertThat(slow.stages).containsKey(value);
        slow.stages.get(value).complete(value);
        driver.runUntilIdle();
      }
      assertThat(driver.outputs()).containsExactly("v0", "v1", "v2", "v3", "v4");
      assertThat(driver.committed(0)).isEqualTo(5);
    }
  }

  @Test
  void mistakesOfTheTestAreToldApartFromFailuresOfTheAlgo() {
    try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
      assertThatThrownBy(() -> driver.input(42))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("java.lang.Integer");
      assertThatThrownBy(() -> driver.advance(Duration.ofMillis(-1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> TestRecord.of("x").withPartition(-1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(driver.deadLetters()).isEmpty();
    }
    AlgoRunnerBuilder wrong = AlgoRunner.builder(new Uppercase()).set("ALGO_ORDERING", "sideways");
    assertThatThrownBy(() -> AlgoTestDriver.of(wrong))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("sideways");
  }

  @Test
  void afterTheCloseTheResultsCanBeReadAndNothingCanBeGiven() {
    Slow slow = new Slow();
    AlgoTestDriver driver = AlgoTestDriver.of(slow);
    driver.input("done");
    slow.stages.get("done").complete("done");
    driver.runUntilIdle();
    driver.input("under way");
    driver.close();
    driver.close();
    assertThat(driver.outputs()).containsExactly("done");
    assertThat(driver.committed(0)).isEqualTo(1);
    assertThatThrownBy(() -> driver.input("late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
