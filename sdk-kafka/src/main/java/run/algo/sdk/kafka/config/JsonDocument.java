package run.algo.sdk.kafka.config;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON text of a setting: parses it and reports problems under the setting's name. */
final class JsonDocument {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String setting;
  private final String value;
  private final String remedy;
  private final Problems problems;

  /**
   * Creates a document.
   *
   * @param setting the setting that the text comes from
   * @param value what is shown as its value: never the text itself
   * @param remedy what to do about problems
   */
  JsonDocument(String setting, String value, String remedy, Problems problems) {
    this.setting = setting;
    this.value = value;
    this.remedy = remedy;
    this.problems = problems;
  }

  /** Returns the object that the text is, or nothing after reporting one problem. */
  Optional<JsonCursor> parse(String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      // Its message may quote the text, which may hold secrets: place and kind must do.
      TokenStreamLocation at = e.getLocation();
      String place =
          at == null || at.getLineNr() < 1
              ? ""
              : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      boolean duplicate = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate");
      problems.add(
          setting,
          value,
          (duplicate ? "names a field twice in one object" : "is not valid JSON") + place,
          remedy);
      return Optional.empty();
    }
    if (root == null || !root.isObject()) {
      problem(
          "$",
          "must be an object, but is "
              + (root == null || root.isMissingNode() ? "empty" : JsonCursor.kind(root)));
      return Optional.empty();
    }
    return Optional.of(new JsonCursor(root, "$", this));
  }

  void problem(String path, String message) {
    problems.add(setting, value, path + " " + message, remedy);
  }

  String shown(String part) {
    return problems.shown(part);
  }
}
