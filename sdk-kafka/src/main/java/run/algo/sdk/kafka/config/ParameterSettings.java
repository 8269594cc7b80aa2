package run.algo.sdk.kafka.config;

import java.util.Optional;
import run.algo.sdk.ConfigurationProblem;

/**
 * One declared parameter.
 *
 * <p>Immutable, so safe for use by several threads; {@code toString} masks the value, which may be
 * a password of the Algo's own.
 *
 * @param name the name, matched without case
 * @param value the config's value, or empty when it has none
 * @param required whether it must have a value
 * @param dataType what the value must be
 * @since 0.1.0
 */
public record ParameterSettings(
    String name, Optional<String> value, boolean required, DataType dataType) {

  /** Masks the value. */
  @Override
  public String toString() {
    return "ParameterSettings[name="
        + name
        + ", value="
        + value.map(text -> ConfigurationProblem.MASK).orElse(ConfigurationProblem.NOT_SET)
        + ", required="
        + required
        + ", dataType="
        + dataType
        + "]";
  }
}
