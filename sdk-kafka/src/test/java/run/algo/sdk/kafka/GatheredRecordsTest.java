package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.Setting;

/** Records that are held by {@code run=false} and executed once, all together. */
class GatheredRecordsTest {

  private static final Pipe<String> LEFT = Pipe.text("left");
  private static final Pipe<String> RIGHT = Pipe.text("right");
  private static final Pipe<String> OUT = Pipe.text("out");

  /** What was executed, each with the values that were gathered for it. */
  private final List<String> executions = new ArrayList<>();

  enum Form {
    SYNC,
    ASYNC,
    BATCH
  }

  static Stream<Arguments> formsAndOrderings() {
    return Stream.of(Form.values())
        .flatMap(form -> Stream.of(Ordering.values()).map(order -> Arguments.of(form, order)));
  }

  private String execute(@Nullable String input, AlgoContext context) {
    String gathered =
        context.gathered().stream()
            .map(record -> String.valueOf(record.value()))
            .collect(Collectors.joining(" "));
    String seen = input + " of [" + gathered + "]";
    executions.add(seen);
    if (seen.contains("bad")) {
      throw new IllegalStateException("commanded");
    }
    return seen;
  }

  private AlgoTestDriver driver(Form form, Ordering ordering) {
    return driver(form, ordering, "");
  }

  private AlgoTestDriver driver(Form form, Ordering ordering, String config) {
    AlgoRunnerBuilder builder = AlgoRunner.builder();
    for (Pipe<String> pipe : List.of(LEFT, RIGHT)) {
      switch (form) {
        case SYNC -> builder.input(pipe, this::execute, OUT);
        case ASYNC ->
            builder.asyncInput(
                pipe,
                (text, context) -> CompletableFuture.completedFuture(execute(text, context)),
                OUT);
        case BATCH ->
            builder.batchInput(
                pipe,
                records -> {
                  for (BatchRecord<String, String> record : records) {
                    try {
                      record.complete(execute(record.value(), record.context()));
                    } catch (IllegalStateException e) {
                      record.fail(e);
                    }
                  }
                },
                OUT);
      }
    }
    builder
        .set(Setting.ORDERING, ordering.wireName())
        .set(Setting.BATCH_LINGER, "1ms")
        .set(Setting.GATHER_TIMEOUT, "1m");
    if (!config.isEmpty()) {
      builder
          .set(Setting.RUNNER_CONFIG, config)
          .set(Setting.GROUP_ID, "test")
          .set("KAFKA_INPUT_TOPIC_LEFT", "left")
          .set("KAFKA_INPUT_TOPIC_RIGHT", "right")
          .set("KAFKA_OUTPUT_TOPIC_OUT", "out");
    }
    return AlgoTestDriver.of(builder);
  }

  private static TestRecord<String> held(String trace, String value) {
    return TestRecord.of(value)
        .withKey("k")
        .withHeader("traceID", trace)
        .withHeader("run", "false");
  }

  private static TestRecord<String> record(String trace, String value) {
    return TestRecord.of(value).withKey("k").withHeader("traceID", trace);
  }

  private static TestRecord<String> trigger(String trace) {
    return TestRecord.<String>tombstone()
        .withKey("k")
        .withHeader("traceID", trace)
        .withHeader("run", "true");
  }

  private static void linger(AlgoTestDriver driver) {
    driver.advance(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @MethodSource("formsAndOrderings")
  void whatIsHeldIsExecutedOnceWithItsTriggerInTheOrderOfItsArrival(Form form, Ordering ordering) {
    try (AlgoTestDriver driver = driver(form, ordering)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(RIGHT, held("t", "2"));
      driver.input(LEFT, held("t", "3"));
      linger(driver);
      assertThat(executions).isEmpty();
      assertThat(driver.committed(LEFT, 0)).isZero();
      assertThat(driver.committed(RIGHT, 0)).isZero();

      driver.input(LEFT, record("t", "4"));
      linger(driver);
      assertThat(executions).containsExactly("4 of [1 2 3 4]");
      assertThat(driver.outputs(OUT)).containsExactly("4 of [1 2 3 4]");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(3);
      assertThat(driver.committed(RIGHT, 0)).isEqualTo(1);
      assertThat(driver.deadLetters()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("formsAndOrderings")
  void whatIsHeldDoesNotBlockItsScopeAndIsNotCommitted(Form form, Ordering ordering) {
    try (AlgoTestDriver driver = driver(form, ordering)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(LEFT, record("other", "2"));
      linger(driver);
      assertThat(executions).containsExactly("2 of []");
      assertThat(driver.outputs(OUT)).containsExactly("2 of []");
      assertThat(driver.committed(LEFT, 0)).isZero();
      driver.input(LEFT, record("t", "3"));
      linger(driver);
      assertThat(executions).containsExactly("2 of []", "3 of [1 3]");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "t", "T", "true", "TRUE", "True"})
  void aTriggerWithoutAValueOnlyTriggers(String yes) {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.KEY)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(RIGHT, held("t", "2"));
      driver.input(
          LEFT, TestRecord.of("").withKey("k").withHeader("traceID", "t").withHeader("run", yes));
      assertThat(executions).containsExactly("1 of [1 2]");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(2);
      assertThat(driver.committed(RIGHT, 0)).isEqualTo(1);
    }
  }

  @Test
  void aTriggerOfAnInputOfWhichNothingIsHeldHasNoInput() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.KEY)) {
      driver.input(RIGHT, held("t", "2"));
      driver.input(LEFT, trigger("t"));
      assertThat(executions).containsExactly("null of [2]");
    }
  }

  @Test
  void aTriggerWithNothingHeldAndNoValueIsFiltered() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.PARTITION)) {
      driver.input(LEFT, trigger("t"));
      assertThat(executions).isEmpty();
      assertThat(driver.outputs(OUT)).isEmpty();
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(driver.committed(LEFT, 0)).isEqualTo(1);
    }
  }

  @Test
  void emptyValuesWithoutTheHeaderAreDelivered() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.PARTITION)) {
      driver.input(LEFT, record("t", ""));
      driver.input(LEFT, TestRecord.<String>tombstone().withHeader("traceID", "t"));
      driver.input(LEFT, held("t", "1"));
      driver.input(LEFT, record("t", ""));
      assertThat(executions).containsExactly(" of []", "null of []", " of [1 ]");
    }
  }

  @Test
  void aRecordWithRunTrueAndAValueGoesByItselfWhereNothingIsHeld() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.PARTITION)) {
      driver.input(LEFT, record("t", "1").withHeader("run", "true"));
      driver.input(LEFT, record("t", "2").withHeader("run", "perhaps"));
      assertThat(executions).containsExactly("1 of []", "2 of []");
    }
  }

  @Test
  void aTraceGathersAnew() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.KEY)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(LEFT, record("t", "2"));
      driver.input(LEFT, held("t", "3"));
      driver.input(LEFT, record("t", "4"));
      driver.input(LEFT, record("t", "5"));
      assertThat(executions).containsExactly("2 of [1 2]", "4 of [3 4]", "5 of []");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(5);
    }
  }

  @Test
  void theRecordsTellWhatIsKnownOfThem() {
    List<GatheredRecord> seen = new ArrayList<>();
    List<String> right = new ArrayList<>();
    AlgoRunnerBuilder builder =
        AlgoRunner.builder()
            .input(
                LEFT,
                (text, context) -> {
                  seen.addAll(context.gathered());
                  right.addAll(context.gathered(RIGHT));
                  return text;
                },
                OUT)
            .input(RIGHT, (text, context) -> text, OUT);
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      driver.input(
          RIGHT,
          held("t", "1").withKey("r").withHeader("fileName", "one").withHeader("mine", "yes"));
      driver.input(LEFT, record("t", "2"));
      assertThat(right).containsExactly("1");
      assertThat(seen)
          .extracting(
              GatheredRecord::input,
              GatheredRecord::value,
              record -> record.key().orElse(""),
              GatheredRecord::fileName,
              record -> record.headers().text("mine").orElse(""),
              record -> record.position().topic(),
              record -> record.position().offset())
          .containsExactly(
              tuple("right", "1", "r", "one", "yes", "right", 0L),
              tuple("left", "2", "k", "t", "", "left", 0L));
      assertThat(driver.records(OUT))
          .singleElement()
          .satisfies(
              output -> {
                assertThat(output.key()).contains("k");
                assertThat(output.headers().text("traceID")).contains("t");
                assertThat(output.headers().text("run")).isEmpty();
              });
    }
  }

  @ParameterizedTest
  @MethodSource("formsAndOrderings")
  void aGatherThatFailsIsDeadLetteredWholeTheTriggerLast(Form form, Ordering ordering) {
    try (AlgoTestDriver driver = driver(form, ordering)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(RIGHT, held("t", "bad"));
      driver.input(LEFT, record("t", "3"));
      linger(driver);
      assertThat(driver.outputs(OUT)).isEmpty();
      assertThat(driver.deadLetters())
          .extracting(
              TestDeadLetter::topic,
              TestDeadLetter::text,
              TestDeadLetter::reason,
              TestDeadLetter::executions,
              letter -> letter.position().offset())
          .containsExactlyInAnyOrder(
              tuple("left.dlq", "1", "algo", 1, 0L),
              tuple("right.dlq", "bad", "algo", 1, 0L),
              tuple("left.dlq", "3", "algo", 1, 1L));
      assertThat(
              driver.deadLetters().stream()
                  .filter(letter -> letter.topic().equals("left.dlq"))
                  .map(TestDeadLetter::text))
          .containsExactly("1", "3");
      assertThat(driver.deadLetters())
          .filteredOn(letter -> letter.text().equals("1"))
          .singleElement()
          .satisfies(letter -> assertThat(letter.headers().text("run")).contains("false"));
      assertThat(driver.committed(LEFT, 0)).isEqualTo(2);
      assertThat(driver.committed(RIGHT, 0)).isEqualTo(1);
    }
  }

  @Test
  void oneThatDoesNotDecodeFailsThemAll() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.KEY)) {
      driver.inputBytes(
          LEFT,
          TestRecord.of(new byte[] {(byte) 0xFF})
              .withHeader("traceID", "t")
              .withHeader("run", "false"));
      driver.input(LEFT, record("t", "2"));
      assertThat(executions).isEmpty();
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::reason, TestDeadLetter::executions)
          .containsExactly(tuple("decode", 0), tuple("decode", 0));
      assertThat(driver.committed(LEFT, 0)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("formsAndOrderings")
  void whatIsHeldForTooLongIsDeadLettered(Form form, Ordering ordering) {
    try (AlgoTestDriver driver = driver(form, ordering)) {
      driver.input(LEFT, held("t", "1"));
      driver.advance(Duration.ofSeconds(30));
      driver.input(RIGHT, held("t", "2"));
      driver.input(RIGHT, held("later", "3"));
      driver.advance(Duration.ofSeconds(29));
      assertThat(driver.deadLetters()).isEmpty();
      driver.advance(Duration.ofSeconds(2));
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::text, TestDeadLetter::reason, TestDeadLetter::executions)
          .containsExactlyInAnyOrder(tuple("1", "timeout", 0), tuple("2", "timeout", 0));
      assertThat(driver.deadLetters().get(0).message()).contains("ALGO_GATHER_TIMEOUT");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(1);
      assertThat(driver.committed(RIGHT, 0)).isEqualTo(1);
      driver.input(LEFT, record("t", "4"));
      linger(driver);
      assertThat(executions).containsExactly("4 of []");
    }
  }

  @Test
  void aMissingRequiredInputFailsThem() {
    String config = "{\"inputs\":[{\"name\":\"left\"},{\"name\":\"right\",\"isRequired\":true}]}";
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.KEY, config)) {
      driver.input(LEFT, held("t", "1"));
      driver.input(LEFT, record("t", "2"));
      driver.input(RIGHT, held("u", "3"));
      driver.input(LEFT, trigger("u"));
      driver.input(LEFT, record("v", "4"));
      assertThat(executions).containsExactly("null of [3]", "4 of []");
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::text, TestDeadLetter::executions)
          .containsExactly(tuple("1", 0), tuple("2", 0));
      assertThat(driver.deadLetters().get(0).message()).contains("right");
    }
  }

  @Test
  void deadLettersThatCannotBeWrittenHaltAndComeWhole() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.PARTITION)) {
      driver.failDeadLetters(new TopicAuthorizationException("not yours"));
      driver.input(LEFT, held("t", "bad"));
      driver.input(LEFT, record("t", "2"));
      driver.input(LEFT, record("u", "3"));
      assertThat(driver.halts()).isNotEmpty();
      assertThat(driver.committed(LEFT, 0)).isZero();
      driver.acceptSends();
      driver.advance(Duration.ofMinutes(2));
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.deadLetters()).extracting(TestDeadLetter::text).containsExactly("bad", "2");
      assertThat(executions).containsExactly("2 of [bad 2]", "3 of []");
      assertThat(driver.committed(LEFT, 0)).isEqualTo(3);
    }
  }

  @Test
  void manyTracesAtOnceAreExecutedEachWithItsOwn() {
    try (AlgoTestDriver driver = driver(Form.SYNC, Ordering.UNORDERED)) {
      for (int part = 0; part < 4; part++) {
        for (int trace = 0; trace < 50; trace++) {
          driver.input(part % 2 == 0 ? LEFT : RIGHT, held("t" + trace, trace + "." + part));
        }
      }
      List<String> expected = new ArrayList<>();
      for (int trace = 49; trace >= 0; trace--) {
        String t = String.valueOf(trace);
        driver.input(LEFT, record("t" + trace, t));
        expected.add("%s of [%s.0 %s.1 %s.2 %s.3 %s]".formatted(t, t, t, t, t, t));
        // Those in front are not executed yet.
        assertThat(driver.committed(RIGHT, 0)).isEqualTo(trace == 0 ? 100 : 0);
      }
      assertThat(executions).containsExactlyElementsOf(expected);
      assertThat(driver.committed(LEFT, 0)).isEqualTo(150);
    }
  }
}
