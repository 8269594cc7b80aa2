package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.kafka.internal.observe.BrowserTab;
import run.algo.sdk.kafka.internal.observe.Chromium;
import run.algo.sdk.kafka.internal.observe.WithChromium;

/** The status page of a runner with something of every trouble, as a browser shows it. */
@WithChromium
class TroublesBrowserIT {

  private static final Path PICTURE = Path.of("target", "status-page", "troubles.png");

  private static String shows(String id, String text) {
    return "document.querySelector('#" + id + "').textContent.includes('" + text + "')";
  }

  @Test
  void thePageShowsEachTrouble(@TempDir Path folder, Chromium chromium) throws Exception {
    try (TroubledRun run = new TroubledRun(folder)) {
      BrowserTab tab = chromium.open(run.url()).width(1200);
      tab.awaitTrue("document.querySelector('#stage-retried')?.textContent === '3'");
      tab.awaitTrue("document.querySelector('#stage-parked').textContent === '4'");
      tab.awaitTrue("document.querySelector('#stage-dead').textContent === '1'");
      tab.awaitTrue(shows("waiting", run.companion("orders", "10m")));
      tab.awaitTrue(shows("parked", run.topics.get("events")));
      tab.awaitTrue(shows("partitions", "halted at offset 0"));
      tab.awaitTrue(shows("partitions", "stuck"));
      tab.awaitTrue("document.querySelectorAll('#slow details').length > 0");
      tab.awaitTrue("document.querySelector('#stage-written').textContent === '9'");

      assertThat(tab.text("h1")).isEqualTo("acme/mixed:1[0]");
      assertThat(tab.text("#ready")).isEqualTo("not ready");
      assertThat(tab.text("#troubles"))
          .contains(
              run.topics.get("bills") + "-0 is halted", run.topics.get("jobs") + "-0 is stuck");
      assertThat(tab.text("#stage-executing")).isEqualTo("1");
      assertThat(tab.text("#steps tbody tr:nth-child(1)")).contains("RetryTopics", "10m", "3");
      assertThat(tab.text("#steps tbody tr:nth-child(2)")).contains("StatefulOrdered", "1h");
      assertThat(tab.text("#waiting tbody tr")).contains("10m", "3", "in 9 min");
      assertThat(tab.text("#parked tbody tr")).contains(run.topics.get("events"), "2", "4");
      assertThat(tab.text("#reasons")).contains("in all 1", "storage 1");
      assertThat(tab.text("#slow tbody")).contains(run.topics.get("jobs") + "-0@1", "executing");
      tab.evaluate("document.querySelector('#slow details').open = true");
      assertThat(tab.text("#slow details pre")).contains("TroubledRun$Hanging.run");
      assertThat(tab.text("#resources")).contains("memory in flight", "commits confirmed");
      tab.screenshot(PICTURE);
      assertThat(Files.size(PICTURE)).isGreaterThan(10_000);
      assertThat(tab.errors()).isEmpty();
    }
  }
}
