package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** That what {@code benchmarks/profile} draws shows what ran. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProfileTest {

  private static final int KILOBYTE = 1024;

  @Test
  void theGraphsShowWhatTookTimeAndMemory(@TempDir Path folder) throws Exception {
    Path recording = folder.resolve("arm-1.jfr");
    AsyncProfiler profiler =
        AsyncProfiler.getInstance(Profile.library(folder).toAbsolutePath().toString());
    profiler.execute("start,event=ctimer,interval=1ms,alloc=16k,threads,jfr,file=" + recording);
    long sum = 0;
    long end = System.nanoTime() + 500_000_000;
    while (System.nanoTime() < end) {
      sum += allocate(sum);
    }
    profiler.execute("stop");

    List<Path> graphs = Profile.draw(recording);

    assertThat(sum).isPositive();
    assertThat(graphs)
        .extracting(graph -> graph.getFileName().toString())
        .containsExactly("arm-1-cpu.html", "arm-1-alloc.html");
    for (Path graph : graphs) {
      assertThat(Files.readString(graph)).as(graph.toString()).contains("ProfileTest");
    }
  }

  private static long allocate(long before) {
    byte[][] memory = new byte[(int) (before & 7) + 8][];
    long count = 0;
    for (int i = 0; i < memory.length; i++) {
      memory[i] = new byte[KILOBYTE];
      count += memory[i].length;
    }
    return count;
  }
}
