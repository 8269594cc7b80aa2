package run.algo.examples.conformance;

import run.algo.sdk.NonRetriableException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one record commands.
 *
 * @param json the command
 * @param bytes the record's value as it was read; do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: it lives for one execution
record Command(ObjectNode json, byte[] bytes) {

  /** The command's id as it is, JSON null when it has none. */
  JsonNode id() {
    JsonNode id = json.get("id");
    return id == null ? json.nullNode() : id;
  }

  String op() {
    JsonNode op = json.path("op");
    if (!op.isString()) {
      throw new NonRetriableException("a command needs the text \"op\"");
    }
    return op.stringValue();
  }

  /** A whole number that the command must have. */
  long number(String field) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new NonRetriableException(
          "op " + op() + " needs \"" + field + "\", a whole number from 0");
    }
    return value.longValue();
  }

  /** A whole number of any sign, 0 when absent. */
  long numberOrZero(String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return 0;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new NonRetriableException("\"" + field + "\" of op " + op() + " is no whole number");
    }
    return value.longValue();
  }

  /** A text, the other one when absent. */
  String textOr(String field, String other) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return other;
    }
    if (!value.isString()) {
      throw new NonRetriableException("\"" + field + "\" of op " + op() + " is no text");
    }
    return value.stringValue();
  }

  /** A boolean, false when absent. */
  boolean flag(String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new NonRetriableException("\"" + field + "\" of op " + op() + " is no boolean");
    }
    return value.booleanValue();
  }
}
