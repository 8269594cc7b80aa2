package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Part;

/** That a record's way through an arm is measured, in processes as they are. */
class LatencyIT {

  @Test
  void everyRecordsLatencyIsFound() throws Exception {
    Part.Terms terms =
        new Part.Terms(
            Path.of(System.getProperty("java.home")),
            Optional.empty(),
            true,
            OptionalInt.of(1),
            OptionalLong.of(300));
    Part.Outcome outcome =
        new Latency(List.of(Arm.SDK_PARTITION)).measure(terms, new Latency.Plan(0, 1, 1, 1));
    assertThat(outcome.well()).as("%s", outcome.section().tables()).isTrue();
    assertThat(outcome.section().text()).contains("300 records a second");
    List<String> row = outcome.section().tables().get(0).rows().get(0);
    assertThat(row.get(0)).isEqualTo("sdk-partition");
    assertThat(outcome.section().charts().get(0).values())
        .singleElement()
        .matches(value -> value.median() > 0.1);
  }
}
