package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.report.Part;

/** That the lateness of retries is found, in a process as it is. */
class RetryLatenessIT {

  @Test
  void everyRecordsLatenessIsFound() throws Exception {
    Part.Terms terms =
        new Part.Terms(
            Path.of(System.getProperty("java.home")),
            Optional.empty(),
            true,
            OptionalInt.empty(),
            OptionalLong.empty());
    Part.Outcome outcome =
        new RetryLateness(List.of(new RetryLateness.Waiting(200, 1, 1))).measure(terms);
    assertThat(outcome.well()).as("%s", outcome.section().tables()).isTrue();
    List<String> row = outcome.section().tables().get(0).rows().get(0);
    assertThat(row.subList(0, 2)).containsExactly("200 over 1 s", "1");
    assertThat(outcome.section().charts().get(0).values())
        .hasSize(3)
        .allMatch(value -> value.median() > 0);
  }
}
