package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;

/** Which failures are retried, are dead letters at once or halt, through the real engine. */
class WhatIsRetriedTest {

  private static final Duration LONG = Duration.ofHours(1);

  /** Throws what the text says. */
  private static final class Thrower implements Algo<String, String> {
    final List<String> executions = new ArrayList<>();

    @Override
    public String run(String text, AlgoContext context) throws Exception {
      executions.add(text);
      switch (text) {
        case "io" -> throw new IOException("no connection");
        case "argument" -> throw new IllegalArgumentException("bad data");
        case "license" -> throw new UnsupportedOperationException("the license has expired");
        case "never" -> throw new RuntimeException(new NonRetriableException("bad data"));
        default -> {
          return text;
        }
      }
    }
  }

  private final Thrower algo = new Thrower();

  private AlgoTestDriver drive(RetryStrategyKind kind) {
    return AlgoTestDriver.of(
        AlgoRunner.builder(algo)
            .retries(
                Retries.of(RetryStrategy.of(kind, RetryStep.of(1, "1s", 2)))
                    .retryOn(failure -> failure instanceof IOException)
                    .deadLetterOn(failure -> failure instanceof IllegalArgumentException)
                    .haltOn(failure -> failure instanceof UnsupportedOperationException)));
  }

  @ParameterizedTest
  @CsvSource({
    "SIMPLE, io, 3",
    "SIMPLE, argument, 1",
    "SIMPLE, never, 1",
    "STATEFUL_ORDERED, io, 3",
    "STATEFUL_ORDERED, argument, 1",
    "STATEFUL_ORDERED, never, 1",
    "STATEFUL_UNORDERED, io, 3",
    "STATEFUL_UNORDERED, never, 1",
    "RETRY_TOPICS, argument, 1",
    "RETRY_TOPICS, never, 1"
  })
  void onlyWhatMayPassIsTriedAgain(RetryStrategyKind kind, String failure, int executions) {
    try (AlgoTestDriver driver = drive(kind)) {
      driver.input(TestRecord.of(failure).withKey("k"));
      driver.input(TestRecord.of("fine").withKey("k"));
      driver.advance(LONG);
      assertThat(algo.executions).filteredOn(failure::equals).hasSize(executions);
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.executions()).isEqualTo(executions));
      assertThat(driver.outputs()).containsExactly("fine");
      assertThat(driver.halts()).isEmpty();
      assertThat(driver.committed(0)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(RetryStrategyKind.class)
  void whatHaltsKeepsItsOffsetAndWhatIsBehindIt(RetryStrategyKind kind) {
    try (AlgoTestDriver driver = drive(kind)) {
      driver.input(TestRecord.of("fine"));
      driver.input(TestRecord.of("license"));
      driver.input(TestRecord.of("behind"));
      driver.advance(LONG);
      assertThat(algo.executions).containsExactly("fine", "license");
      assertThat(driver.halts()).singleElement().asString().contains("offset 1");
      assertThat(driver.committed(0)).isEqualTo(1);
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(driver.outputs()).containsExactly("fine");
    }
  }
}
