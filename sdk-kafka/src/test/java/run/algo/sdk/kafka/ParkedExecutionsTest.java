package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.Ordering;

/** Retry strategies that park, through the real engine in virtual time. */
class ParkedExecutionsTest {

  private static final Duration LONG = Duration.ofDays(2);

  private final Failing failing = new Failing();

  private AlgoTestDriver drive(Failing.Form form, Ordering ordering, String kind, String steps) {
    return failing.driveBy(
        failing
            .builder(form)
            .set("ALGO_ORDERING", ordering.name().toLowerCase(Locale.ROOT))
            .set("ALGO_BATCH_SIZE", "1"),
        Failing.strategy(kind, steps));
  }

  @ParameterizedTest
  @MethodSource("run.algo.sdk.kafka.Failing#tables")
  void aRecordIsTriedAsTheStepsSayAndIsThenADeadLetter(
      Failing.Form form, Ordering ordering, String steps, String seconds) {
    List<String> expected = new ArrayList<>();
    for (String second : seconds.split(" ", -1)) {
      expected.add("a* " + (expected.size() + 1) + " " + Double.parseDouble(second));
    }
    String kind = ordering == Ordering.KEY ? "StatefulUnordered" : "StatefulOrdered";
    try (AlgoTestDriver driver = drive(form, ordering, kind, steps)) {
      driver.input(TestRecord.of("a*").withKey("k"));
      driver.runUntilIdle();
      assertThat(driver.committed(0)).as("it does not hold up its partition").isEqualTo(1);
      driver.advance(LONG);
      assertThat(failing.executions).isEqualTo(expected);
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.executions()).isEqualTo(expected.size());
                assertThat(letter.reason()).isEqualTo("algo");
              });
      assertThat(driver.outputs()).isEmpty();
    }
  }

  static Stream<Arguments> formsAndOrders() {
    return Stream.of(Failing.Form.values())
        .flatMap(form -> Stream.of(Ordering.values()).map(order -> Arguments.of(form, order)));
  }

  @ParameterizedTest
  @MethodSource("formsAndOrders")
  void theLaterRecordsOfTheKeyWaitAndNoOthers(Failing.Form form, Ordering ordering) {
    try (AlgoTestDriver driver = drive(form, ordering, "StatefulOrdered", "1:5s:2")) {
      driver.input(TestRecord.of("a2").withKey("k"));
      driver.input(TestRecord.of("b").withKey("k"));
      driver.input(TestRecord.of("c").withKey("other"));
      driver.input(TestRecord.of("d1"));
      driver.input(TestRecord.of("e"));
      driver.runUntilIdle();
      assertThat(driver.committed(0)).isEqualTo(5);
      assertThat(driver.outputs()).as("the key that is none is a key").containsExactly("C");
      driver.advance(Duration.ofSeconds(7));
      driver.input(TestRecord.of("f").withKey("k"));
      driver.input(TestRecord.of("g"));
      driver.runUntilIdle();
      assertThat(driver.outputs()).containsExactly("C", "D1", "E", "G");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("C", "D1", "E", "G", "A2", "B", "F");
      driver.input(TestRecord.of("h").withKey("k"));
      driver.runUntilIdle();
      assertThat(driver.outputs()).endsWith("F", "H");
      assertThat(driver.committed(0)).isEqualTo(8);
    }
    assertThat(failing.executions)
        .contains("a2 1 0.0", "a2 2 5.0", "a2 3 10.0", "b 1 10.0", "d1 1 0.0", "d1 2 5.0");
    assertThat(failing.executions).filteredOn(each -> each.startsWith("b")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void withoutOrderEachWaitsForItself(Failing.Form form) {
    try (AlgoTestDriver driver = drive(form, Ordering.KEY, "StatefulUnordered", "1:5s:2,2:9s:1")) {
      driver.input(TestRecord.of("a2").withKey("k"));
      driver.input(TestRecord.of("b").withKey("k"));
      driver.input(TestRecord.of("c1").withKey("k"));
      driver.runUntilIdle();
      assertThat(driver.outputs()).containsExactly("B");
      assertThat(driver.committed(0)).isEqualTo(3);
      driver.advance(Duration.ofSeconds(5));
      assertThat(driver.outputs()).containsExactly("B", "C1");
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("B", "C1", "A2");
    }
    assertThat(failing.executions)
        .containsExactlyInAnyOrder(
            "a2 1 0.0", "b 1 0.0", "c1 1 0.0", "a2 2 5.0", "c1 2 5.0", "a2 3 10.0");
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void inABatchOnlyTheLaterRecordsOfTheKeyGoAlong(Ordering ordering) {
    try (AlgoTestDriver driver =
        failing.driveBy(
            failing
                .builder(Failing.Form.BATCH)
                .set("ALGO_ORDERING", ordering.name().toLowerCase(Locale.ROOT))
                .set("ALGO_BATCH_SIZE", "4"),
            Failing.strategy("StatefulOrdered", "1:5s:1"))) {
      driver.input(TestRecord.of("a1").withKey("k"));
      driver.input(TestRecord.of("b").withKey("other"));
      driver.input(TestRecord.of("c").withKey("k"));
      driver.input(TestRecord.of("d").withKey("other"));
      driver.advance(Duration.ofSeconds(1)); // what went along lingers
      assertThat(driver.outputs()).containsExactly("B", "D");
      assertThat(driver.committed(0)).isEqualTo(4);
      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("B", "D", "A1", "C");
    }
    assertThat(failing.executions.subList(0, 4))
        .containsExactlyInAnyOrder("a1 1 0.0", "b 1 0.0", "c 1 0.0", "d 1 0.0");
    // What is discarded counts as no try. By partition all behind it are made again.
    assertThat(failing.executions).hasSize(ordering == Ordering.PARTITION ? 7 : 6);
    assertThat(failing.executions).filteredOn(each -> each.startsWith("c 1")).hasSize(2);
  }

  private static final class FirstFails implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      if (text.equals("0") && context.attempt() == 1) {
        throw new IllegalStateException("not yet");
      }
      return text;
    }
  }

  @ParameterizedTest
  @EnumSource(Ordering.class)
  void aLongQueueIsDrainedInOrder(Ordering ordering) {
    AlgoRunnerBuilder builder =
        AlgoRunner.builder(new FirstFails())
            .set("ALGO_ORDERING", ordering.name().toLowerCase(Locale.ROOT))
            .set("ALGO_RETRY_STRATEGY", Failing.strategy("StatefulOrdered", "1:5s:1"));
    List<Object> expected = new ArrayList<>();
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      for (int i = 0; i < 2000; i++) {
        driver.input(TestRecord.of(Integer.toString(i)).withKey("k"));
        expected.add(Integer.toString(i));
      }
      driver.runUntilIdle();
      assertThat(driver.outputs()).isEmpty();
      assertThat(driver.committed(0)).isEqualTo(2000);
      driver.advance(Duration.ofSeconds(5));
      assertThat(driver.outputs()).isEqualTo(expected);
    }
  }

  @Test
  void whatIsGatheredWaitsInItsPlace() {
    try (AlgoTestDriver driver =
        drive(Failing.Form.ALGO, Ordering.KEY, "StatefulOrdered", "1:5s:1")) {
      driver.input(TestRecord.of("a1").withKey("k"));
      driver.input(
          TestRecord.of("b").withKey("k").withHeader("run", "false").withHeader("traceID", "t"));
      driver.input(
          TestRecord.of("c").withKey("k").withHeader("run", "true").withHeader("traceID", "t"));
      driver.input(TestRecord.of("d").withKey("other"));
      driver.runUntilIdle();
      assertThat(driver.outputs()).containsExactly("D");
      assertThat(driver.committed(0)).as("up to what is held").isEqualTo(1);
      driver.advance(Duration.ofSeconds(6));
      assertThat(driver.outputs()).containsExactly("D", "A1", "C");
      assertThat(driver.committed(0)).isEqualTo(4);
    }
  }

  @Test
  void aHaltOfTheStoreEndsByItself() {
    try (AlgoTestDriver driver =
        drive(Failing.Form.ALGO, Ordering.KEY, "StatefulOrdered", "1:5s:1")) {
      driver.failDeadLetters(new TopicAuthorizationException("letters"));
      driver.input(TestRecord.of("a*").withKey("k"));
      driver.input(TestRecord.of("b").withKey("k"));
      driver.advance(Duration.ofSeconds(6));
      assertThat(driver.halts()).singleElement().asString().contains("in.dlq");
      assertThat(driver.outputs()).as("those behind it wait for its outcome").isEmpty();
      driver.acceptSends();
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.deadLetters()).hasSize(1);
      assertThat(driver.outputs()).containsExactly("B");
    }
  }
}
