package run.algo.sdk.kafka.internal.observe;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** Metrics as clients have them. */
final class ClientMetrics {

  private ClientMetrics() {}

  static Metric metric(String name, String group, Map<String, String> tags, Object value) {
    MetricName full = new MetricName(name, group, "", tags);
    return new Metric() {
      @Override
      public MetricName metricName() {
        return full;
      }

      @Override
      public Object metricValue() {
        return value;
      }
    };
  }
}
