package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object and where it stands. Reads its fields strictly: a null counts as absent, a wrong
 * type is a problem with the path and counts as absent afterwards, unknown fields are not looked
 * at.
 */
final class JsonCursor {

  private final JsonNode node;
  private final String path;
  private final JsonDocument document;

  JsonCursor(JsonNode node, String path, JsonDocument document) {
    this.node = node;
    this.path = path;
    this.document = document;
  }

  String path() {
    return path;
  }

  void problem(String field, String message) {
    document.problem(fieldPath(field), message);
  }

  Optional<String> text(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    return asText(value, fieldPath(field));
  }

  /** Returns a text, or the empty one. */
  String textOrEmpty(String field) {
    return text(field).orElse("");
  }

  Optional<Boolean> bool(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      wrongType(fieldPath(field), value, "a bool");
      return Optional.empty();
    }
    return Optional.of(value.booleanValue());
  }

  OptionalInt integer(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      wrongType(fieldPath(field), value, "a whole number of 32 bits");
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.intValue());
  }

  Optional<JsonCursor> object(String field) {
    JsonNode value = value(field);
    return value == null ? Optional.empty() : asObject(value, fieldPath(field));
  }

  /** Returns the objects of an array. */
  List<JsonCursor> objects(String field) {
    List<JsonCursor> result = new ArrayList<>();
    elements(field).forEach((at, value) -> asObject(value, at).ifPresent(result::add));
    return result;
  }

  /**
   * Returns the texts of an array whose elements are texts, or objects that have the text in one of
   * some fields.
   */
  List<String> textsOr(String field, String... fields) {
    List<String> result = new ArrayList<>();
    elements(field)
        .forEach(
            (at, value) -> {
              if (value.isObject()) {
                JsonCursor object = new JsonCursor(value, at, document);
                for (String name : fields) {
                  Optional<String> text = object.text(name);
                  if (text.isPresent()) {
                    result.add(text.get());
                    return;
                  }
                }
              } else {
                asText(value, at).ifPresent(result::add);
              }
            });
    return result;
  }

  /** Returns the objects among the values of an object, by name. */
  Map<String, JsonCursor> entries(String field) {
    Map<String, JsonCursor> result = new LinkedHashMap<>();
    object(field)
        .ifPresent(
            entries ->
                entries.node.forEachEntry(
                    (name, value) -> {
                      if (!value.isNull()) {
                        asObject(value, entries.fieldPath(name))
                            .ifPresent(entry -> result.put(name, entry));
                      }
                    }));
    return result;
  }

  /** Whether the field is an object, for fields that may be a text as well. */
  boolean isObject(String field) {
    JsonNode value = value(field);
    return value != null && value.isObject();
  }

  private Map<String, JsonNode> elements(String field) {
    JsonNode array = value(field);
    Map<String, JsonNode> result = new LinkedHashMap<>();
    if (array == null) {
      return result;
    }
    if (!array.isArray()) {
      wrongType(fieldPath(field), array, "an array");
      return result;
    }
    for (int i = 0; i < array.size(); i++) {
      JsonNode value = array.get(i);
      if (value != null && !value.isNull()) {
        result.put(fieldPath(field) + "[" + i + "]", value);
      }
    }
    return result;
  }

  private @Nullable JsonNode value(String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private Optional<String> asText(JsonNode value, String at) {
    if (!value.isString()) {
      wrongType(at, value, "a text");
      return Optional.empty();
    }
    return Optional.of(value.stringValue());
  }

  private Optional<JsonCursor> asObject(JsonNode value, String at) {
    if (!value.isObject()) {
      wrongType(at, value, "an object");
      return Optional.empty();
    }
    return Optional.of(new JsonCursor(value, at, document));
  }

  private void wrongType(String at, JsonNode value, String wanted) {
    document.problem(at, "must be " + wanted + ", but is " + kind(value));
  }

  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "an array";
      case BOOLEAN -> "a bool";
      case NUMBER -> "the number " + number(value);
      case OBJECT -> "an object";
      case STRING -> "a text";
      default -> "null";
    };
  }

  /** A number as written, as far as it is short; digits of a megabyte must not be printed. */
  private static String number(JsonNode value) {
    String text = value.toString();
    return text.length() <= 24 ? text : text.substring(0, 24) + "…";
  }

  private String fieldPath(String field) {
    // A name that is no identifier, such as a key of topics, stands in brackets, as in JSONPath.
    return field.matches("[A-Za-z][A-Za-z0-9]*")
        ? path + "." + field
        : path + "['" + document.shown(field) + "']";
  }
}
