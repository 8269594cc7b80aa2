package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.spi.RetryPlan;

class RetriesTest {

  private static final RetryStrategy STRATEGY =
      RetryStrategy.of(
          RetryStrategyKind.RETRY_TOPICS, RetryStep.of(2, "1.5h", 0), RetryStep.of(1, "30s", 3));

  private static AlgoRunnerBuilder builder(Retries retries) {
    return AlgoRunner.builder()
        .input(Pipe.text("lines"), (text, context) -> null)
        .environment(
            Map.of(
                "KAFKA_BROKERS", "localhost:9092",
                "KAFKA_INPUT_TOPIC_LINES", "lines",
                "ALGO_GROUP_ID", "algorun-test",
                "ALGO_RETRY_STRATEGY", "{\"strategy\":\"of the environment\"}"))
        .set("ALGO_RETRY_STRATEGY", "{\"strategy\":\"of set\"}")
        .retries(retries);
  }

  private static AlgoSettings load(RetryStrategy strategy) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "localhost:9092");
    environment.put("KAFKA_INPUT_TOPIC_LINES", "lines");
    environment.put("ALGO_GROUP_ID", "algorun-test");
    environment.put("ALGO_RETRY_STRATEGY", strategy.toJson());
    return AlgoSettings.load(SettingsSource.of(environment));
  }

  @Test
  void aStrategyIsReadBackAsItWasWritten() {
    RetryStrategy read = load(STRATEGY).inputs().get(0).retry("lines").orElseThrow();
    assertThat(read.strategy()).isEqualTo(RetryStrategyKind.RETRY_TOPICS);
    assertThat(read.deadLetterSuffix()).isEqualTo("dlq");
    assertThat(read.steps())
        .containsExactly(
            new RetryStep(1, "30s", Duration.ofSeconds(30), 3),
            new RetryStep(2, "1.5h", Duration.ofMinutes(90), 1));

    RetryStrategy other =
        new RetryStrategy(
            RetryStrategyKind.SIMPLE, "lost", List.of(RetryStep.of(-7, "0s", Integer.MAX_VALUE)));
    assertThat(load(other).inputs().get(0).retry()).contains(other);
  }

  @Test
  void aTextIsWrittenAsJsonWhateverItHolds() {
    RetryStrategy odd = new RetryStrategy(RetryStrategyKind.SIMPLE, "a\"},\"b\\\n", List.of());
    assertThatThrownBy(() -> load(odd))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("$.deadLetterSuffix \"a\"},\"b")
        .hasMessageContaining("cannot stand in the name of a topic");
  }

  /** The variable of the builder's settings is no strategy at all. */
  @Test
  void theStrategyBeatsTheVariableWhereverItIsSet() {
    assertThatCode(() -> builder(Retries.of(STRATEGY)).build().close()).doesNotThrowAnyException();
    assertThatCode(() -> builder(Retries.of(STRATEGY)).testDriver().close())
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> builder(Retries.asConfigured()).build())
        .hasMessageContaining("of set");
    assertThatThrownBy(() -> builder(Retries.of(STRATEGY)).retries(Retries.asConfigured()).build())
        .hasMessageContaining("of set");
  }

  @Test
  void aStepThatCannotServeIsToldOfWithTheSettings() {
    Retries retries =
        Retries.of(RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(4, "-1s", 1)));
    assertThatThrownBy(() -> builder(retries).build())
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("$.steps[0].backoffDuration of step 4 \"-1s\": is negative")
        .hasMessageContaining("write a backoff such as 300ms");
  }

  @Test
  void aStepMeansWhatItSays() {
    assertThatThrownBy(() -> RetryStep.of(3, "soon", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("backoff of retry step 3: duration \"soon\"");
    RetryStep odd = new RetryStep(5, "30s", Duration.ofMinutes(1), 1);
    assertThatThrownBy(() -> Retries.of(RetryStrategy.of(RetryStrategyKind.SIMPLE, odd)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("retry step 5 says 30s and PT1M: make it by RetryStep.of");
    RetryStep unread = new RetryStep(5, "a while", Duration.ofMinutes(1), 1);
    Retries retries = Retries.of(RetryStrategy.of(RetryStrategyKind.SIMPLE, unread));
    assertThatThrownBy(() -> builder(retries).build())
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("of step 5 \"a while\": ");
  }

  @Test
  void aPlanIsTheStrategyWithJitterAndBudget() {
    List<run.algo.sdk.spi.RetryStep> steps =
        List.of(
            new run.algo.sdk.spi.RetryStep(1, Duration.ofSeconds(30), 3),
            new run.algo.sdk.spi.RetryStep(2, Duration.ofMinutes(90), 0));
    assertThat(Retries.asConfigured().plan(STRATEGY)).isEqualTo(new RetryPlan(steps));
    assertThat(Retries.asConfigured().jitter(0.2).budget(Duration.ofHours(1)).plan(STRATEGY))
        .isEqualTo(new RetryPlan(steps, 0.2, Optional.of(Duration.ofHours(1))));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void aJitterThatIsNoFractionIsRefusedAtOnce(double jitter) {
    assertThatThrownBy(() -> Retries.asConfigured().jitter(jitter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jitter");
  }

  @Test
  void aNegativeBudgetIsRefusedAtOnce() {
    assertThatThrownBy(() -> Retries.asConfigured().budget(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("budget");
  }

  @Test
  void eachMethodKeepsWhatTheOthersSaidAndLeavesItsOriginalAlone() {
    Retries first = Retries.of(STRATEGY);
    Retries last =
        first
            .haltOn(failure -> false)
            .jitter(0.5)
            .retryOn(failure -> true)
            .budget(Duration.ofMinutes(5))
            .deadLetterOn(failure -> false);
    assertThat(last.strategy()).contains(STRATEGY);
    assertThat(last.plan(STRATEGY).jitter()).isEqualTo(0.5);
    assertThat(last.plan(STRATEGY).budget()).contains(Duration.ofMinutes(5));
    assertThat(first.plan(STRATEGY).jitter()).isZero();
    assertThat(first.plan(STRATEGY).budget()).isEmpty();
  }

  @Test
  void theBuilderHandsThemToTheWiring() {
    Retries retries = Retries.asConfigured().jitter(0.1);
    assertThat(builder(retries).wiring.build().retries()).isSameAs(retries);
    assertThat(AlgoRunner.builder().input(Pipe.text("a"), (text, context) -> null).wiring.build())
        .extracting(Wiring::retries)
        .isSameAs(Retries.asConfigured());
  }
}
