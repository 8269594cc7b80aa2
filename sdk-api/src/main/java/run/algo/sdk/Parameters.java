package run.algo.sdk;

import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an execution. Names are matched without case. The values were checked against
 * their declared types before the execution began, so a reader fails only when it asks for another
 * type than was declared.
 *
 * <p>Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class Parameters {

  private static final Parameters NONE = new Parameters(Map.of());

  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /** {@return no parameters} */
  public static Parameters none() {
    return NONE;
  }

  /**
   * Parameters from a map.
   *
   * @param values the values by name
   * @return the parameters; the map is copied
   * @throws NullPointerException when a name or value is {@code null}
   */
  public static Parameters of(Map<String, String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    values.forEach((name, value) -> copy.put(name, Objects.requireNonNull(value, name)));
    return new Parameters(Collections.unmodifiableMap(copy));
  }

  /**
   * A parameter that may be absent.
   *
   * @param name the parameter's name
   * @return its value, empty when it has none
   */
  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * A parameter as text.
   *
   * @param name the parameter's name
   * @return its value
   * @throws NoSuchElementException when it has none
   */
  public String text(String name) {
    return required(name);
  }

  /**
   * A parameter as an integer.
   *
   * @param name the parameter's name
   * @return its value
   * @throws NoSuchElementException when it has none
   * @throws IllegalArgumentException when it is not an integer
   */
  public int intValue(String name) {
    String text = required(name);
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw notA("an integer", name, text, e);
    }
  }

  /**
   * A parameter as a number.
   *
   * @param name the parameter's name
   * @return its value
   * @throws NoSuchElementException when it has none
   * @throws IllegalArgumentException when it is not a number
   */
  public double doubleValue(String name) {
    String text = required(name);
    String number = text.strip();
    // Java's own suffixes ("1d", "2f") are no part of a number anywhere else.
    if (!number.isEmpty() && "dDfF".indexOf(number.charAt(number.length() - 1)) >= 0) {
      throw notA("a number", name, text, null);
    }
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw notA("a number", name, text, e);
    }
  }

  /**
   * A parameter as a boolean: {@code true} or {@code false} in any case, or Go's {@code 1}, {@code
   * t}, {@code 0}, {@code f}.
   *
   * @param name the parameter's name
   * @return its value
   * @throws NoSuchElementException when it has none
   * @throws IllegalArgumentException when it is not a boolean
   */
  public boolean booleanValue(String name) {
    String text = required(name);
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default -> throw notA("a boolean (true or false)", name, text, null);
    };
  }

  /**
   * A parameter as one of an enum's constants, matched without case and with {@code -} for {@code
   * _}.
   *
   * @param name the parameter's name
   * @param type the enum
   * @param <E> the enum
   * @return its value
   * @throws NoSuchElementException when it has none
   * @throws IllegalArgumentException when it is none of the constants
   */
  public <E extends Enum<E>> E option(String name, Class<E> type) {
    String text = required(name);
    String wanted = text.strip().replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(wanted)) {
        return constant;
      }
    }
    String names =
        Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
    throw notA("one of " + names, name, text, null);
  }

  /** {@return all parameters that have a value, by name; immutable} */
  public Map<String, String> asMap() {
    return values;
  }

  private String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new NoSuchElementException(
          "parameter " + name + " has no value; with a value are " + values.keySet());
    }
    return value;
  }

  private static IllegalArgumentException notA(
      String what, String name, String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "parameter " + name + " is not " + what + ": \"" + text + "\"", cause);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
