package run.algo.sdk.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.kafka.config.Ordering;

/**
 * Fails a record as often as its text says: {@code a3} three times, {@code a} never, {@code a*}
 * always. Emits before it fails.
 */
final class Failing {

  /** The forms of an Algo. */
  enum Form {
    ALGO,
    ASYNC,
    BATCH
  }

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
    return driveBy(builder, simple(steps));
  }

  AlgoTestDriver driveBy(AlgoRunnerBuilder builder, String strategy) {
    driver = AlgoTestDriver.of(builder.set("ALGO_RETRY_STRATEGY", strategy));
    begin = driver.now();
    return driver;
  }

  /** The JSON of strategy Simple. */
  static String simple(String steps) {
    return strategy("Simple", steps);
  }

  /** The JSON of a strategy; steps as {@code index:backoff:repeat}, with commas between. */
  static String strategy(String kind, String steps) {
    List<String> listed = new ArrayList<>();
    for (String step : steps.split(",", -1)) {
      String[] parts = step.split(":", -1);
      listed.add(
          "{\"index\":%s,\"backoffDuration\":\"%s\",\"repeat\":%s}"
              .formatted(parts[0], parts[1], parts[2]));
    }
    return "{\"strategy\":\"" + kind + "\",\"steps\":[" + String.join(",", listed) + "]}";
  }

  /** Tables of steps, in each form and order. */
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
}
