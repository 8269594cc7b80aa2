package run.algo.sdk;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The settings do not allow a start. Carries every problem that was found, not only the first one.
 *
 * <p>The message holds one line a problem, {@code variable = value: message; remedy}; secrets are
 * masked. A main class that catches it exits with {@link #EXIT_CODE}.
 *
 * @since 0.1.0
 */
public final class AlgoConfigurationException extends RuntimeException {

  /**
   * Exit code of a process that cannot start with its settings: {@code EX_CONFIG} of sysexits.h.
   */
  public static final int EXIT_CODE = 78;

  private static final long serialVersionUID = 1L;

  // An array, since a list need not be serializable as an exception must be.
  private final ConfigurationProblem[] problems;

  /**
   * Creates the exception.
   *
   * @param problems what is wrong, at least one
   * @throws IllegalArgumentException when the list is empty
   */
  public AlgoConfigurationException(List<ConfigurationProblem> problems) {
    super(message(problems));
    this.problems = problems.toArray(ConfigurationProblem[]::new);
  }

  private static String message(List<ConfigurationProblem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a configuration exception needs at least one problem");
    }
    return problems.stream().map(ConfigurationProblem::line).collect(Collectors.joining("\n"));
  }

  /**
   * Returns what is wrong, in the order in which it was found.
   *
   * @return at least one problem; the list is immutable
   */
  public List<ConfigurationProblem> problems() {
    return List.of(problems);
  }
}
