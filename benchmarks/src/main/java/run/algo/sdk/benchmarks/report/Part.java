package run.algo.sdk.benchmarks.report;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A section of the report that can be measured, alone or with the others. */
public interface Part {

  /** {@return its section's name: in options, file names and links} */
  String id();

  /** {@return its section's head} */
  String title();

  /**
   * Measures, and prints what it finds on the way.
   *
   * @param terms how
   * @return what the report is to say
   * @throws Exception when it cannot be measured at all
   */
  Outcome measure(Terms terms) throws Exception;

  /**
   * Whether it can be measured on these terms.
   *
   * @param terms how
   * @return what is missing, to be printed; empty = nothing
   */
  default Optional<String> missing(Terms terms) {
    return Optional.empty();
  }

  /**
   * How to measure.
   *
   * @param jdk the JDK of the measured processes
   * @param jdk17 a JDK 17, for what is to be measured on it
   * @param quick with few records and rounds, to see that it works
   * @param rounds how often everything runs, where the part is not to say it
   * @param rate records a second of a steady load, where the part is not to find it
   */
  record Terms(
      Path jdk, Optional<Path> jdk17, boolean quick, OptionalInt rounds, OptionalLong rate) {}

  /**
   * What was found.
   *
   * @param section for the report
   * @param well whether no run has failed; a bar that does not hold is no failure
   */
  record Outcome(Section section, boolean well) {}
}
