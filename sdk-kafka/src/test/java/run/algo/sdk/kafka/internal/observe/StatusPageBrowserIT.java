package run.algo.sdk.kafka.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The page over data that is made up, so that there is something of everything. */
@WithChromium
class StatusPageBrowserIT {

  private static final Path PICTURES = Path.of("target", "status-page");

  private final StatusSamples samples = new StatusSamples().busy().settled();
  private final AtomicBoolean broken = new AtomicBoolean();
  private StatusPage page;
  private ObservePort port;

  @AfterEach
  void close() {
    port.close();
    page.close();
  }

  private String serve() {
    page = new StatusPage(samples.source());
    Page data =
        accept -> {
          if (broken.get()) {
            throw new IllegalStateException("as the test wants it");
          }
          byte[] json = JsonMapper.shared().writeValueAsBytes(samples.data().read());
          return new Page.Content(200, "application/json", json);
        };
    Map<String, Page> pages = new HashMap<>(page.pages());
    pages.put("/status.json", data);
    port = ObservePort.open(0, Optional.of("127.0.0.1"), pages);
    return "http://127.0.0.1:" + port.port() + "/";
  }

  private static BrowserTab shown(Chromium chromium, String url) {
    BrowserTab tab = chromium.open(url).width(1200);
    tab.awaitTrue("document.querySelectorAll('#partitions tbody tr').length > 0");
    return tab;
  }

  @Test
  void showsEverythingInBothSchemesAndOnAPhone(Chromium chromium) throws Exception {
    BrowserTab tab = shown(chromium, serve());

    assertThat(tab.text("h1")).isEqualTo("acme/resize:1.4[0]");
    assertThat(tab.evaluate("document.title")).contains("acme/resize:1.4[0]", "running");
    assertThat(tab.text("#ready")).isEqualTo("not ready");
    assertThat(tab.text("#troubles li")).contains("Blocked", "shop.orders-1 is halted");
    assertThat(tab.evaluate("document.querySelectorAll('#troubles li').length")).isEqualTo("4");
    assertThat(tab.text("#troubles")).contains("an execution takes long, 95 s so far");
    assertThat(tab.text("#stage-executing")).isEqualTo("4");
    assertThat(tab.text("#stage-waiting")).isEqualTo("3");
    assertThat(tab.text("#stage-parked")).isEqualTo("6");
    assertThat(tab.text("#stage-dead")).isEqualTo("2");
    assertThat(tab.text("#partitions tbody tr")).contains("shop.orders-1", "halted", "101");
    assertThat(tab.text("#waiting tbody")).contains("shop.orders.retry.30s", "17", "in 12 s");
    assertThat(tab.text("#steps tbody")).contains("30s", "10m", "7 (not configured)");
    assertThat(tab.text("#parked tbody")).contains("shop.orders", "4", "9", "2 min 10 s");
    assertThat(tab.text("#reasons")).contains("in all 2", "decode 1", "algo 1");
    assertThat(tab.text("#letters tbody")).contains("shop.orders-1@99", "IllegalStateException");
    assertThat(tab.text("#slow tbody tr")).contains("shop.orders-2@4702", "1 min 35 s");
    assertThat(tab.text("#ledger tbody tr:nth-child(2)")).contains("refunds", "9", "6", "3");
    assertThat(tab.text("#resources")).contains("13 MiB of 512 MiB", "1,234");
    assertThat(tab.evaluate("document.querySelectorAll('#charts path.line').length"))
        .isEqualTo("6");
    assertThat(tab.evaluate("document.querySelector('#charts path.line').getAttribute('d').length"))
        .satisfies(length -> assertThat(Integer.parseInt(length)).isGreaterThan(3000));

    tab.dark(false);
    String light = tab.evaluate("getComputedStyle(document.body).backgroundColor");
    tab.screenshot(PICTURES.resolve("light.png"));
    tab.dark(true);
    assertThat(tab.evaluate("getComputedStyle(document.body).backgroundColor")).isNotEqualTo(light);
    tab.screenshot(PICTURES.resolve("dark.png"));
    tab.width(360).dark(false);
    assertFits(tab, 360);
    tab.screenshot(PICTURES.resolve("phone.png"));

    for (String picture : List.of("light.png", "dark.png", "phone.png")) {
      assertThat(Files.size(PICTURES.resolve(picture))).isGreaterThan(10_000);
    }
    assertThat(tab.errors()).isEmpty();
  }

  /** Nothing has to be scrolled sideways to be seen. */
  private static void assertFits(BrowserTab tab, int width) {
    assertThat(tab.evaluate("String(innerWidth)")).isEqualTo(Integer.toString(width));
    assertThat(
            tab.evaluate(
                "[...document.querySelectorAll('body *')]"
                    + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1"
                    + " && !e.closest('thead') && !e.closest('pre'))"
                    + ".map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).join('; ')"))
        .isEmpty();
    assertThat(tab.evaluate("String(document.documentElement.scrollWidth)"))
        .isEqualTo(Integer.toString(width));
  }

  @Test
  void settingsAndStacksUnfoldAndStayOpen(Chromium chromium) {
    BrowserTab tab = shown(chromium, serve());

    tab.evaluate("document.querySelector('#settings-box').open = true");
    tab.evaluate("document.querySelector('#slow details').open = true");
    tab.awaitTrue("unfolded.size > 0");
    samples.topic = "shop.later"; // so that the table is made anew
    tab.awaitTrue("document.querySelector('#partitions').textContent.includes('shop.later')");
    samples.topic = "shop.orders";
    tab.awaitTrue("document.querySelector('#partitions').textContent.includes('shop.orders-0')");

    assertThat(tab.text("#settings tbody")).contains("KAFKA_AUTH_PASSWORD", "***");
    assertThat(tab.text("#slow details pre")).contains("com.acme.Resize.run(Resize.java:31)");
  }

  @Test
  void namesFromOutsideStayText(Chromium chromium) {
    String hostile = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>";
    samples.topic = hostile;
    samples.notReady = List.of(hostile);

    BrowserTab tab = shown(chromium, serve());

    assertThat(tab.text("#troubles li")).contains(hostile);
    assertThat(tab.text("#partitions tbody tr")).contains(hostile + "-1");
    assertThat(tab.evaluate("document.querySelectorAll('img, main script').length")).isEqualTo("0");
    assertThat(tab.evaluate("document.title")).contains("acme/resize");
    tab.width(360);
    assertFits(tab, 360);
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void whatGotIntoThePageAllTheSameWouldNotRun(Chromium chromium) {
    BrowserTab tab = shown(chromium, serve());

    tab.evaluate(
        "{ const s = document.createElement('script'); s.textContent = 'window.owned = 1';"
            + " document.body.append(s); }");
    tab.awaitTrue("document.querySelectorAll('script').length === 2");

    assertThat(tab.evaluate("typeof window.owned")).isEqualTo("undefined");
    assertThat(tab.errors()).anyMatch(error -> error.contains("Content Security Policy"));
  }

  @Test
  void saysThatTheRunnerDoesNotAnswerAndRecovers(Chromium chromium) {
    BrowserTab tab = shown(chromium, serve());
    assertThat(tab.evaluate("String(document.querySelector('#gone').hidden)")).isEqualTo("true");

    broken.set(true);
    tab.awaitTrue("!document.querySelector('#gone').hidden");
    assertThat(tab.text("#gone"))
        .contains("The runner does not answer any more. What follows is from");
    assertThat(tab.evaluate("document.title")).contains("no answer");
    assertThat(tab.text("#stage-executing")).isEqualTo("4");

    broken.set(false);
    tab.awaitTrue("document.querySelector('#gone').hidden");
    assertThat(tab.evaluate("document.title")).contains("running");
  }
}
