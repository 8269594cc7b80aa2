package run.algo.sdk.benchmarks.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.benchmarks.report.Part;

/** That a part runs, in processes as they are. */
class StoragePartsIT {

  @Test
  void smallObjectsHaveFigures(@TempDir Path folder) throws Exception {
    StorageOptions options =
        StorageOptions.parse(
            ("--cell small --arms store --objects 20 --warm-up 1 --passes 1 --rounds 1"
                    + " --folder "
                    + folder)
                .split(" "));
    Part.Outcome outcome = new SmallPart().measure(options);
    assertThat(outcome.well()).isTrue();
    assertThat(outcome.section().tables().get(0).rows()).hasSize(2);
    assertThat(outcome.section().charts().get(0).values())
        .hasSize(2)
        .allMatch(value -> value.median() > 0);
  }
}
