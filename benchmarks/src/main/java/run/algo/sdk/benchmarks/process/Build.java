package run.algo.sdk.benchmarks.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the processes of arms are made of: a revision of the sources, compiled.
 *
 * @param name its name in tables; none where there is one build only
 * @param classPath of the processes, the benchmarks' own classes in front
 */
record Build(String name, String classPath) {

  /** That of this process. */
  static final Build THIS = new Build("", System.getProperty("java.class.path"));

  /** The process of an arm, as a file of a class path. */
  private static final String ARM_MAIN = ArmMain.class.getName().replace('.', '/') + ".class";

  Build {
    if (!name.matches("[A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "the build is called " + name + ": use letters, digits, dots, hyphens");
    }
  }

  /**
   * One that others have compiled.
   *
   * @param name its name in tables
   * @param classPath see the record
   * @throws IllegalArgumentException where the revision is too old to have arms
   */
  static Build of(String name, String classPath) {
    Build build = new Build(name, classPath);
    if (build.parts().stream().noneMatch(part -> Files.exists(Path.of(part, ARM_MAIN)))) {
      throw new IllegalArgumentException(
          name
              + " is too old to be compared: its benchmarks have no class "
              + ArmMain.class.getName());
    }
    return build;
  }

  /**
   * The same SDK with the benchmarks of another build.
   *
   * @param other whose benchmarks are taken
   */
  Build withBenchmarksOf(Build other) {
    List<String> all = new ArrayList<>();
    all.add(other.benchmarks());
    parts().stream().filter(part -> !part.equals(benchmarks())).forEach(all::add);
    return new Build(name, String.join(File.pathSeparator, all));
  }

  private String benchmarks() {
    return parts().stream()
        .filter(part -> Files.exists(Path.of(part, ARM_MAIN)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " has no benchmarks"));
  }

  private List<String> parts() {
    return Arrays.asList(classPath.split(File.pathSeparator));
  }
}
