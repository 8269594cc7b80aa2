package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the declared parameters and checks their values. */
final class ParametersReader {

  private static final Set<String> INTEGERS =
      Set.of("int", "integer", "int32", "int64", "long", "short");
  private static final Set<String> DECIMALS =
      Set.of("double", "float", "float32", "float64", "decimal", "number");
  private static final Set<String> BOOLEANS = Set.of("bool", "boolean");
  private static final Set<String> TEXTS = Set.of("", "text", "string");
  private static final Set<String> OPTIONS = Set.of("option", "options", "select", "enum", "list");

  private record Sorted(int order, ParameterSettings parameter) {}

  private final Problems problems;

  ParametersReader(Problems problems) {
    this.problems = problems;
  }

  List<ParameterSettings> read(List<JsonCursor> parameters) {
    List<Sorted> result = new ArrayList<>();
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (JsonCursor parameter : parameters) {
      int order = parameter.integer("sortOrder").orElse(0);
      boolean required = parameter.bool("required").orElse(false);
      Optional<String> name = parameter.text("name");
      Optional<String> value = parameter.text("value");
      DataType type = dataType(parameter);
      if (name.isEmpty() || name.get().isBlank()) {
        parameter.problem("name", "is missing");
        continue;
      }
      if (!names.add(name.get())) {
        parameter.problem("name", "is the name of an earlier parameter; names match without case");
        continue;
      }
      result.add(
          new Sorted(
              order, check(parameter, new ParameterSettings(name.get(), value, required, type))));
    }
    return result.stream()
        .sorted(Comparator.comparingInt(Sorted::order))
        .map(Sorted::parameter)
        .toList();
  }

  /**
   * Go cannot tell an empty value from none, so it is none here, too, save for an optional text.
   */
  private ParameterSettings check(JsonCursor at, ParameterSettings parameter) {
    DataType type = parameter.dataType();
    Optional<String> value =
        parameter
            .value()
            .filter(
                text ->
                    !text.isEmpty()
                        || (!parameter.required() && type.kind() == DataType.Kind.TEXT));
    String name = problems.shown(parameter.name());
    if (value.isEmpty() && parameter.required()) {
      at.problem("value", "is missing, but the parameter " + name + " is required");
    }
    if (value.isPresent() && !type.accepts(value.get())) {
      // The value is not shown: a parameter may well be somebody's password.
      at.problem(
          "value",
          "of the parameter " + name + " must be " + problems.shown(type.description(), 200));
    }
    return new ParameterSettings(parameter.name(), value, parameter.required(), type);
  }

  private DataType dataType(JsonCursor parameter) {
    String name;
    List<String> options;
    if (parameter.isObject("dataType")) {
      JsonCursor type = parameter.object("dataType").orElseThrow();
      name = type.textOrEmpty("name");
      options = type.textsOr("options", "value", "name");
    } else {
      name = parameter.textOrEmpty("dataType");
      options = List.of();
    }
    if (!options.isEmpty()) {
      return new DataType(DataType.Kind.OPTION, name, options);
    }
    return new DataType(kind(parameter, Texts.lower(name.strip())), name, options);
  }

  private DataType.Kind kind(JsonCursor parameter, String name) {
    if (INTEGERS.contains(name)) {
      return DataType.Kind.INTEGER;
    }
    if (DECIMALS.contains(name)) {
      return DataType.Kind.DECIMAL;
    }
    if (BOOLEANS.contains(name)) {
      return DataType.Kind.BOOLEAN;
    }
    if (OPTIONS.contains(name)) {
      parameter.problem("dataType", "is a choice without options");
      return DataType.Kind.TEXT;
    }
    if (!TEXTS.contains(name)) {
      problems.warn(
          parameter.path()
              + ".dataType \""
              + problems.shown(name)
              + "\" of the runner config is unknown; the parameter is read as text");
    }
    return DataType.Kind.TEXT;
  }
}
