package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That builds run beside each other, each with its own class path. */
class RevisionsIT {

  @Test
  void eachBuildRunsWithItsOwnClassPath(@TempDir Path empty) throws Exception {
    Build head = new Build("head", Build.THIS.classPath());
    Build broken = new Build("broken", empty.toString());
    Contender well = new Contender(Arm.SDK_PARTITION, head);
    Contender ill = new Contender(Arm.SDK_PARTITION, broken);
    Options options = Options.parse("--records", "300", "--rounds", "1", "--arms", "sdk-partition");
    Map<Build, Results> results =
        new LinkedHashMap<>(Comparison.run(options, List.of(List.of(well, ill))));
    assertThat(results.get(head).runs(Arm.SDK_PARTITION)).hasSize(1);
    assertThat(results.get(head).anyFailed()).isFalse();
    assertThat(results.get(broken).failures(Arm.SDK_PARTITION))
        .singleElement()
        .asString()
        .contains("ClassNotFoundException: " + ArmMain.class.getName());
  }
}
