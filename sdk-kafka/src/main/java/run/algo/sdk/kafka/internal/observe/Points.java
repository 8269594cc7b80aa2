package run.algo.sdk.kafka.internal.observe;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;

/** Single series of a scrape. */
final class Points {

  private Points() {}

  static CounterDataPointSnapshot counter(long value, Labels labels) {
    return CounterDataPointSnapshot.builder().value((double) value).labels(labels).build();
  }

  static GaugeDataPointSnapshot gauge(double value, Labels labels) {
    return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  /** The sum of all. */
  static HistogramDataPointSnapshot histogram(List<DurationHistogram> parts, Labels labels) {
    double[] bounds = DurationHistogram.boundsSeconds();
    long[] counts = new long[bounds.length];
    double sum = 0;
    for (DurationHistogram part : parts) {
      part.addCounts(counts);
      sum += part.sumSeconds();
    }
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
        .sum(sum)
        .build();
  }
}
