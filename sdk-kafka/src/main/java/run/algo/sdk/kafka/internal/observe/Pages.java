package run.algo.sdk.kafka.internal.observe;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The pages of a runner. */
public final class Pages {

  private Pages() {}

  /**
   * {@code /metrics}: all metrics in a text format of Prometheus.
   *
   * @param metrics the metrics
   * @return the page
   */
  public static Page metrics(RunnerMetrics metrics) {
    return accept -> {
      String format = RunnerMetrics.format(accept);
      ByteArrayOutputStream body = new ByteArrayOutputStream(64 * 1024);
      metrics.scrape(body, format);
      return new Page.Content(200, format, body.toByteArray());
    };
  }

  /**
   * {@code /health}: 200, or 500 when a restart can help.
   *
   * @param health the check
   * @return the page
   */
  public static Page health(Health health) {
    return accept -> {
      Optional<String> ailment = health.ailment();
      return verdict(ailment.isEmpty(), ailment.stream().toList());
    };
  }

  /**
   * {@code /ready}: 200, or 500 when something keeps the runner from its work.
   *
   * @param reasons what does
   * @return the page
   */
  public static Page ready(Supplier<List<String>> reasons) {
    return accept -> {
      List<String> now = reasons.get();
      return verdict(now.isEmpty(), now);
    };
  }

  private static Page.Content verdict(boolean good, List<String> reasons) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("status", good ? "UP" : "DOWN");
    fields.put("reasons", reasons);
    return Page.Content.json(good ? 200 : 500, fields);
  }
}
