package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;
import run.algo.sdk.kafka.internal.observe.Scrape;

/** What the metrics of the protocol count of records that are tried again, by the whole engine. */
class CountedExecutionsTest {

  private static final Duration LONG = Duration.ofDays(1);

  private final Failing failing = new Failing();

  private AlgoTestDriver drive(Failing.Form form, String kind) {
    return failing.driveBy(
        failing.builder(form).set("ALGO_ORDERING", "key").set("ALGO_BATCH_SIZE", "1"),
        Failing.strategy(kind, "1:5s:2"));
  }

  private static Scrape scrape(AlgoTestDriver driver) {
    DeploymentIdentity nobody = new DeploymentIdentity("", "", "", "", "", "", "", 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RunnerMetrics metrics =
        new RunnerMetrics(
            nobody, driver.counters(), RunnerMetrics.Sources.NONE, Optional.empty())) {
      metrics.scrape(out, RunnerMetrics.TEXT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Scrape(out.toString(UTF_8));
  }

  private static void counts(AlgoTestDriver driver, int executions, int ok, int error, int retry) {
    Scrape scrape = scrape(driver);
    assertThat(scrape.value("algorunner_run_duration_seconds_count")).isEqualTo(executions);
    assertThat(scrape.value("algorunner_algo_duration_seconds_count")).isEqualTo(executions);
    for (String part : new String[] {"msg", "data"}) {
      String in = "algorunner_" + part + "_bytes_input_total";
      assertThat(scrape.value(in, "status", "ok")).as(in).isEqualTo(ok);
      assertThat(scrape.value(in, "status", "error")).as(in).isEqualTo(error);
      String out = "algorunner_" + part + "_bytes_output_total";
      assertThat(scrape.value(out, "status", "retry")).as(out).isEqualTo(retry);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void whatIsParkedSinceItFailedWasExecutedAndWhatIsParkedBehindItWasNot(Failing.Form form) {
    try (AlgoTestDriver driver = drive(form, "StatefulOrdered")) {
      driver.input(TestRecord.of("a2").withKey("k"));
      driver.input(TestRecord.of("b").withKey("k"));
      driver.runUntilIdle();
      assertThat(failing.executions).hasSize(1);
      counts(driver, 1, 0, 2, 2);

      driver.advance(Duration.ofSeconds(5));
      assertThat(failing.executions).hasSize(2);
      counts(driver, 2, 0, 4, 4);

      driver.advance(LONG);
      assertThat(driver.outputs()).containsExactly("A2", "B");
      assertThat(failing.executions).hasSize(4);
      counts(driver, 4, 3, 4, 4);
    }
  }

  @ParameterizedTest
  @EnumSource(Failing.Form.class)
  void eachTryInPlaceIsAnExecutionOfOneRecordThatWasRead(Failing.Form form) {
    try (AlgoTestDriver driver = drive(form, "Simple")) {
      driver.input(TestRecord.of("a2").withKey("k"));
      driver.input(TestRecord.of("b*").withKey("other"));
      driver.runUntilIdle();
      counts(driver, 2, 0, 0, 0);

      driver.advance(LONG);
      assertThat(failing.executions).hasSize(6);
      assertThat(driver.outputs()).containsExactly("A2");
      counts(driver, 6, 2, 2, 0);
      assertThat(scrape(driver).value("algorunner_run_duration_seconds_sum"))
          .as("from the read: 0, 5 and 10 seconds each")
          .isGreaterThanOrEqualTo(30);
    }
  }
}
