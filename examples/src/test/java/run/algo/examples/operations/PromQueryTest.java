package run.algo.examples.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromQueryTest {

  @Test
  void readsMetricsMatchersAndGroupings() {
    PromQuery query =
        PromQuery.parse(
            "topk(5, sum by (topic, partition) (rate(a_total{x=\"1\",y=~\"$y\"}[5m]))) / 2"
                + " > 0.5 * max(b) - time()");

    assertThat(query.metrics())
        .extracting(PromQuery.Metric::name, PromQuery.Metric::function)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a_total", "rate"),
            org.assertj.core.groups.Tuple.tuple("b", ""));
    assertThat(query.metrics().get(0).matchers())
        .containsEntry("x", new PromQuery.Match("=", "1"))
        .containsEntry("y", new PromQuery.Match("=~", "$y"));
    assertThat(query.resultLabels()).containsExactly("topic", "partition");
    assertThat(query.groupings().get(0).metrics()).containsExactly(query.metrics().get(0));
  }

  @Test
  void labelsOfAJoinAreThoseOfAllMetrics() {
    PromQuery query = PromQuery.parse("a * on (job, instance) group_left (pod) b");

    assertThat(query.groupings().get(0).labels()).containsExactly("job", "instance");
    assertThat(query.groupings().get(0).metrics()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rat(a[5m])",
        "rate(a[5m)",
        "rate(a[soon])",
        "rate(a[5m]))",
        "sum(rate(a[5m])",
        "sum(a) by (x)",
        "sum by (x) ()",
        "sum by (x (a)",
        "a{x=1}",
        "a{x~\"1\"}",
        "a[5m]",
        "a & b"
      })
  void whatItCannotReadIsAnError(String query) {
    assertThatThrownBy(() -> PromQuery.parse(query)).isInstanceOf(IllegalArgumentException.class);
  }
}
