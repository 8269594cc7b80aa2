package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;

class PagesTest {

  private static final Health.Progress WELL =
      new Health.Progress(Duration.ofMinutes(5), () -> RunnerView.NONE);

  private static String body(Page.Content content) {
    return new String(content.body(), UTF_8);
  }

  @Test
  void healthTellsWhy() throws IOException {
    Health well =
        new Health(Duration.ZERO, Duration.ZERO, () -> 5, () -> new Condition.Turning(5), WELL);
    Health ill =
        new Health(
            Duration.ZERO, Duration.ZERO, () -> 5, () -> new Condition.Failed(5, "a.B"), WELL);

    Page.Content up = Pages.health(well).content("");
    Page.Content down = Pages.health(ill).content("");

    assertThat(up.status()).isEqualTo(200);
    assertThat(body(up)).isEqualTo("{\"status\":\"UP\",\"reasons\":[]}");
    assertThat(down.status()).isEqualTo(500);
    assertThat(body(down))
        .isEqualTo("{\"status\":\"DOWN\",\"reasons\":[\"the runner has failed: a.B\"]}");
    assertThat(down.type()).isEqualTo("application/json");
  }

  @Test
  void readyListsEveryReasonAsJson() throws IOException {
    assertThat(Pages.ready(List::of).content("").status()).isEqualTo(200);

    Page.Content content = Pages.ready(() -> List.of("a \"quoted\"\nreason", "b")).content("");

    assertThat(content.status()).isEqualTo(500);
    assertThat(body(content))
        .isEqualTo("{\"status\":\"DOWN\",\"reasons\":[\"a \\\"quoted\\\"\\nreason\",\"b\"]}");
  }

  @Test
  void metricsComeInTheFormatThatIsAskedFor() throws IOException {
    DeploymentIdentity identity = new DeploymentIdentity("", "", "", "", "", "", "", 0);
    try (RunnerMetrics metrics =
        new RunnerMetrics(
            identity,
            new RunnerCounters(List.of("in"), List.of()),
            RunnerMetrics.Sources.NONE,
            Optional.empty())) {
      Page page = Pages.metrics(metrics);

      Page.Content plain = page.content("*/*");
      assertThat(plain.type()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      assertThat(body(plain)).contains("# TYPE algorunner_algo_error untyped");

      Page.Content open =
          page.content(
              "application/vnd.google.protobuf;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,"
                  + "text/plain;version=0.0.4;q=0.5");
      assertThat(open.type())
          .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(body(open)).contains("# TYPE algorunner_algo_error unknown").endsWith("# EOF\n");
    }
  }
}
