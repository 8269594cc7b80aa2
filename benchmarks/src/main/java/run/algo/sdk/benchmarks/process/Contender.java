package run.algo.sdk.benchmarks.process;

import java.util.List;

/**
 * Who runs in a comparison: an arm of a build.
 *
 * @param arm what runs
 * @param build what it is compiled from
 */
record Contender(Arm arm, Build build) {

  /** Its name in tables and file names. */
  String label() {
    return build.name().isEmpty() ? arm.label() : arm.label() + "@" + build.name();
  }

  /** Arms of this build, each for itself. */
  static List<List<Contender>> of(List<Arm> arms) {
    return arms.stream().map(arm -> List.of(new Contender(arm, Build.THIS))).toList();
  }
}
