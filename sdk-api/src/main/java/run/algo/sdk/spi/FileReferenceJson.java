package run.algo.sdk.spi;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file reference as the value of a record: a JSON object with {@code host}, {@code bucket} and
 * {@code file}, and with {@code size}, {@code sha256} and {@code etag} where they are known.
 *
 * <p>What is read is data from outside, so everything about it is checked; error texts name the
 * field and never quote what it held.
 */
final class FileReferenceJson {

  /** No honest reference comes near: bucket and key together stay below 2 KiB. */
  static final int MAX_BYTES = 64 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // Of two fields of one name another reader may take the other one.
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private FileReferenceJson() {}

  /**
   * Reads a reference.
   *
   * @throws IllegalArgumentException when the bytes are no reference; the message says why
   */
  static FileReference parse(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a file reference has at most " + MAX_BYTES + " bytes, this one has " + json.length);
    }
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "a file reference is a JSON object, but this is no JSON: " + e.getOriginalMessage(), e);
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("a file reference is a JSON object, not " + type(node));
    }
    return new FileReference(
        required(node, "host"),
        required(node, "bucket"),
        required(node, "file"),
        size(node),
        optional(node, "sha256"),
        optional(node, "etag"));
  }

  /** Writes a reference. */
  static byte[] format(FileReference reference) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("host", reference.host());
    node.put("bucket", reference.bucket());
    node.put("file", reference.file());
    reference.size().ifPresent(size -> node.put("size", size));
    reference.sha256().ifPresent(sha256 -> node.put("sha256", sha256));
    reference.etag().ifPresent(etag -> node.put("etag", etag));
    return MAPPER.writeValueAsBytes(node);
  }

  private static String required(JsonNode node, String field) {
    return optional(node, field)
        .orElseThrow(
            () -> new IllegalArgumentException("a file reference needs the field " + field));
  }

  private static Optional<String> optional(JsonNode node, String field) {
    JsonNode value = known(node, field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw wrong(field, "is not text but " + type(value));
    }
    String text = value.stringValue();
    if (text.isEmpty()) {
      throw wrong(field, "is empty");
    }
    if (text.codePoints().anyMatch(Character::isISOControl)) {
      throw wrong(field, "holds a control character");
    }
    return Optional.of(text);
  }

  private static OptionalLong size(JsonNode node) {
    JsonNode value = known(node, "size");
    if (value == null) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong("size", "is not a whole number of bytes below 2^63");
    }
    return OptionalLong.of(value.longValue());
  }

  /** A writer that knows nothing of a field may say so by leaving it out or by a null. */
  private static @Nullable JsonNode known(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private static IllegalArgumentException wrong(String field, String how) {
    return new IllegalArgumentException("field " + field + " of a file reference " + how);
  }

  private static String type(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "text";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      default -> "nothing";
    };
  }
}
