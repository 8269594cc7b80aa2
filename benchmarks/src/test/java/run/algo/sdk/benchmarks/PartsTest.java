package run.algo.sdk.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Part;

class PartsTest {

  @Test
  void eachHasANameOfItsOwnThatTheHelpTells() {
    assertThat(Parts.ORDER)
        .doesNotHaveDuplicates()
        .startsWith("base")
        .containsSubsequence(
            "jdk17",
            "latency",
            "startup",
            "recovery",
            "memory",
            "retry-lateness",
            "s3-small",
            "s3-large");
    for (Part part : Parts.ALL) {
      assertThat(CompareCells.HELP).contains(" " + part.id());
    }
    assertThat(Parts.ALL).containsAll(Parts.QUICK);
  }
}
