package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusDataTest {

  private final StatusSamples samples = new StatusSamples().settled();

  @Test
  void theStagesAddUpToWhatWasRead() {
    Status.Stages stages = samples.data().read().stages();

    assertThat(stages).isEqualTo(new Status.Stages(31, 3, 4, 5, 4, 3, 6, 2, 3, 1));
    assertThat(
            stages.waiting()
                + stages.executing()
                + stages.written()
                + stages.filtered()
                + stages.retried()
                + stages.parked()
                + stages.deadLettered()
                + stages.released()
                + stages.skipped())
        .isEqualTo(stages.read());
  }

  @Test
  void moreExecutionsThanRecordsInFlightAreOfAnOlderView() {
    StatusSamples idle = new StatusSamples();
    idle.counters.input("orders").read(1);

    Status.Stages stages = idle.data().read().stages();

    assertThat(stages.executing()).isEqualTo(1);
    assertThat(stages.waiting()).isZero();
  }

  @Test
  void theLedgerIsByInput() {
    assertThat(samples.data().read().ledger())
        .containsExactly(
            new Status.Ledger("orders", 22, 7, 5, 4, 3, 0, 2, 0, 1),
            new Status.Ledger("refunds", 9, 0, 0, 0, 0, 6, 0, 3, 0));
  }

  @Test
  void partitionsInTroubleComeFirst() {
    Status status = samples.data().read();

    assertThat(status.partitions())
        .extracting(partition -> partition.topic() + "-" + partition.partition())
        .containsExactly(
            "shop.orders-1",
            "shop.orders-3",
            "shop.orders-0",
            "shop.orders-2",
            "shop.orders.retry.30s-0");
    Status.Partition halted = status.partitions().get(0);
    assertThat(halted.state()).isEqualTo("halted");
    assertThat(halted.position()).hasValue(1_000_001);
    assertThat(halted.lag()).hasValue(101);
    assertThat(status.partitions().get(4).lag()).isEmpty();
  }

  @Test
  void stepsHaveWhatTheyWereGivenAndUnknownOnesAreShownToo() {
    assertThat(samples.data().read().steps())
        .containsExactly(
            new Status.Step(0, "RetryTopics", "30s", 3, 2),
            new Status.Step(1, "RetryTopics", "10m", 5, 0),
            new Status.Step(7, "", "", 0, 1));
  }

  @Test
  void whatWaitsAndWhatIsParkedIsByTopic() {
    Status status = samples.data().read();

    assertThat(status.waiting())
        .containsExactly(
            new Status.Waiting("shop.orders", false, 3, 0, 44),
            new Status.Waiting("shop.orders.retry.30s", true, 17, 12.4, 0));
    assertThat(status.parked()).containsExactly(new Status.Parked("shop.orders", 4, 9, 130));
  }

  @Test
  void deadLettersAreTheLatestFirstAndNeverTheirMessages() {
    Status.DeadLetters letters = samples.data().read().deadLetters();

    assertThat(letters.total()).isEqualTo(2);
    assertThat(letters.reasons())
        .containsExactly(new Status.Reason("decode", 1), new Status.Reason("algo", 1));
    assertThat(letters.latest()).hasSize(2);
    assertThat(letters.latest())
        .extracting(Status.Letter::exception)
        .containsOnly("java.lang.IllegalStateException", "java.lang.IllegalArgumentException");
    assertThat(JsonMapper.shared().writeValueAsString(samples.data().read()))
        .contains("IllegalStateException")
        .doesNotContain("secret");
  }

  @Test
  void theSlowestComeFirstWithTheirStack() {
    Status.Executions executions = samples.data().read().executions();

    assertThat(executions.slowest())
        .extracting(Status.Execution::seconds)
        .containsExactly(95.2, 22.0);
    assertThat(executions.slowest().get(0).stack()).hasSize(2);
    assertThat(executions.running()).isEqualTo(4);
  }

  @Test
  void beforeTheFirstViewItSaysSo() {
    samples.view = Optional.of(RunnerView.NONE);

    Status status = samples.data().read();

    assertThat(status.runner().viewAge()).isEmpty();
    assertThat(status.partitions()).isEmpty();
    assertThat(status.troubles()).extracting(Status.Trouble::text).isEqualTo(samples.notReady);
  }

  @Test
  void aViewThatIsOldIsATroubleOfARunnerThatRuns() {
    samples.viewed = StatusSamples.NOW.minusSeconds(20);
    assertThat(samples.data().read().troubles())
        .contains(new Status.Trouble(true, "the poll thread has told nothing for 20 s"));
    assertThat(samples.data().read().runner().viewAge()).hasValue(20);

    samples.state = "FAILED";
    assertThat(samples.data().read().troubles())
        .noneMatch(trouble -> trouble.text().contains("poll thread"));
  }

  @Test
  void inJsonWhatIsNotKnownIsNull() throws IOException {
    Page.Content content;
    try (StatusPage page = new StatusPage(samples.source())) {
      content = page.pages().get("/status.json").content("");
    }

    assertThat(content.status()).isEqualTo(200);
    assertThat(content.type()).isEqualTo("application/json");
    JsonNode json = JsonMapper.shared().readTree(new String(content.body(), UTF_8));
    assertThat(json.at("/partitions/0/lag").asLong()).isEqualTo(101);
    assertThat(json.at("/partitions/4/lag").isNull()).isTrue();
    assertThat(json.at("/history/minute/runMedian").isNull()).isTrue();
    assertThat(json.at("/settings/1/value").asString()).isEqualTo("***");
    assertThat(json.at("/deadLetters/latest/0/at").asString()).matches("\\d{4}-.*Z");
  }

  @Test
  void theLagIsThatOfThePartitionsWhoseLagIsKnown() {
    assertThat(StatusPage.lag(samples.source().view().get()))
        .isEqualTo(OptionalLong.of(100 + 101 + 102 + 103));
    assertThat(StatusPage.lag(RunnerView.NONE)).isEmpty();
  }

  @Test
  void stepsOfOneIndexAreShownAsOne() {
    RetryStrategy through =
        RetryStrategy.of(
            RetryStrategyKind.RETRY_TOPICS, RetryStep.of(0, "30s", 2), RetryStep.of(1, "10m", 5));
    RetryStrategy inPlace = RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(0, "1s", 9));

    assertThat(
            StatusSource.Step.of(
                List.of(input("a", through), input("b", through), input("c", inPlace))))
        .containsExactly(
            new StatusSource.Step(0, "RetryTopics, Simple", "30s, 1s", 9),
            new StatusSource.Step(1, "RetryTopics", "10m", 5));
  }

  private static InputSettings input(String name, RetryStrategy strategy) {
    return new InputSettings(name, List.of(name), List.of(), true, Map.of(name, strategy));
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(SdkVersion.read()).matches("\\d+\\.\\d+\\.\\d+.*");
  }
}
