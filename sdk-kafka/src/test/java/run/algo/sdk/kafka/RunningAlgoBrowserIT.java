package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.observe.BrowserTab;
import run.algo.sdk.kafka.internal.observe.Chromium;
import run.algo.sdk.kafka.internal.observe.WithChromium;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** The status page of a running Algo, as a browser shows it. */
@WithChromium
@WithEmbeddedKafka
class RunningAlgoBrowserIT {

  private static final Path PICTURES = Path.of("target", "status-page");

  @Test
  void thePageFollowsTheAlgoAndSaysWhenItIsGone(EmbeddedKafka kafka, Chromium chromium)
      throws Exception {
    BrowserTab tab;
    try (StatusRun run = new StatusRun(kafka)) {
      tab = chromium.open(run.url()).width(1200);
      tab.awaitTrue("document.querySelector('#stage-written')?.textContent === '7'");
      tab.awaitTrue("document.querySelector('#stage-dead').textContent === '1'");
      tab.awaitTrue("document.querySelector('#ready').textContent === 'ready'");

      assertThat(tab.text("#stage-read")).isEqualTo("10");
      assertThat(tab.text("#stage-filtered")).isEqualTo("1");
      assertThat(
              Integer.parseInt(tab.text("#stage-waiting"))
                  + Integer.parseInt(tab.text("#stage-executing")))
          .isEqualTo(1);
      assertThat(tab.text("#state")).isEqualTo("running");
      assertThat(tab.text("#facts")).contains(run.input);
      assertThat(tab.text("#ledger tbody")).contains("in", "10", "7");
      assertThat(tab.text("#letters tbody"))
          .contains(run.input, "algo", "run.algo.sdk.NonRetriableException")
          .doesNotContain("secret-value");
      assertThat(tab.text("#settings")).doesNotContain(StatusRun.SECRET);
      tab.awaitTrue("document.querySelector('#charts path.line').getAttribute('d').length > 20");
      tab.screenshot(PICTURES.resolve("running.png"));
      assertThat(Files.size(PICTURES.resolve("running.png"))).isGreaterThan(10_000);
      assertThat(tab.errors()).isEmpty();
    }

    tab.awaitTrue("!document.querySelector('#gone').hidden");
    assertThat(tab.text("#gone")).contains("The runner does not answer any more.");
    assertThat(tab.text("#stage-read")).isEqualTo("10");
  }
}
