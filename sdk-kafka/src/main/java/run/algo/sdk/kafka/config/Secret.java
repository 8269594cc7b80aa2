package run.algo.sdk.kafka.config;

import java.util.Objects;
import run.algo.sdk.ConfigurationProblem;

/**
 * A text that must not be printed: {@link #toString()} masks it.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Secret {

  private final String value;

  /**
   * Wraps a secret.
   *
   * @param value the secret itself
   */
  public Secret(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /**
   * Returns the secret itself, for the one place that must use it.
   *
   * @return the text
   */
  public String reveal() {
    return value;
  }

  /** Equal when the texts are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns a mask of fixed length. */
  @Override
  public String toString() {
    return ConfigurationProblem.MASK;
  }
}
