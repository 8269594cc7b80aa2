package run.algo.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TracesTest {

  private final Traces traces = new Traces("run");

  @Test
  void takesEachLineOnce() {
    assertThat(traces.isNew(traces.id(7))).isTrue();
    assertThat(traces.isNew(traces.id(7))).isFalse();
    assertThat(traces.isNew(traces.id(0))).isTrue();
    assertThat(traces.seen()).isEqualTo(2);
  }

  @Test
  void leavesOutWhatIsNotOfThisRun() {
    assertThat(traces.isNew(new Traces("other").id(7))).isFalse();
    assertThat(traces.isNew("quickstart-run-")).isFalse();
    assertThat(traces.isNew("quickstart-run-x")).isFalse();
    assertThat(traces.isNew("quickstart-run--1")).isFalse();
    assertThat(traces.isNew("quickstart-run-4294967295")).isFalse();
    assertThat(traces.seen()).isZero();
  }
}
