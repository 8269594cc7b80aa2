package run.algo.sdk.kafka.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.ConfigurationProblem;

/**
 * The values of the parameters for one record: those of the config, overridden by the record's
 * header {@code endpointParams}, a URL query string.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ParameterResolver {

  private final Map<String, ParameterSettings> declared;
  private final Map<String, String> defaults;

  /**
   * Creates a resolver.
   *
   * @param parameters the declared parameters with the values of the config
   */
  public ParameterResolver(List<ParameterSettings> parameters) {
    declared = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Map<String, String> values = new LinkedHashMap<>();
    for (ParameterSettings parameter : parameters) {
      declared.put(parameter.name(), parameter);
      parameter.value().ifPresent(value -> values.put(parameter.name(), value));
    }
    defaults = Collections.unmodifiableMap(values);
  }

  /**
   * Returns the values for a record.
   *
   * @param endpointParams the record's header, or null when it has none
   * @return texts by declared name; a parameter without a value is absent; immutable, and one
   *     shared map for all records without the header
   * @throws IllegalArgumentException when the header is not a query string, or a value is not of
   *     its parameter's type; the record fails
   */
  public Map<String, String> resolve(@Nullable String endpointParams) {
    if (endpointParams == null || endpointParams.isEmpty()) {
      return defaults;
    }
    Map<String, String> values = new LinkedHashMap<>(defaults);
    for (Map.Entry<String, String> override : QueryString.parse(endpointParams)) {
      ParameterSettings parameter = declared.get(override.getKey());
      if (parameter != null) {
        values.put(parameter.name(), override.getValue());
      }
    }
    // Only what counts in the end is checked: a bad value that a later one replaces does no harm.
    values.forEach((name, value) -> check(name, value));
    return Collections.unmodifiableMap(values);
  }

  private void check(String name, String value) {
    ParameterSettings parameter = declared.get(name);
    if (parameter == null || value.equals(defaults.get(name))) {
      return;
    }
    if (value.isEmpty() && parameter.required()) {
      throw new IllegalArgumentException(
          "endpointParams: parameter " + shown(name) + " is required, but its value is empty");
    }
    if (!parameter.dataType().accepts(value)) {
      String text = Texts.looksSecret(name) ? ConfigurationProblem.MASK : '"' + shown(value) + '"';
      throw new IllegalArgumentException(
          "endpointParams: parameter "
              + shown(name)
              + " must be "
              + ConfigurationProblem.printable(parameter.dataType().description(), 300)
              + ", but is "
              + text);
    }
  }

  private static String shown(String text) {
    return ConfigurationProblem.printable(text, 80);
  }
}
