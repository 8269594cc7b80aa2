package run.algo.examples.conformance;

import java.util.Map;
import run.algo.sdk.AlgoContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What every execution tells of itself. */
final class Results {

  private Results() {}

  /**
   * The fields that all results have.
   *
   * @param startedMs wall clock when this execution began
   */
  static ObjectNode of(JsonNode id, String op, long n, AlgoContext context, long startedMs) {
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, String> parameter : context.parameters().asMap().entrySet()) {
      parameters.put(parameter.getKey(), parameter.getValue());
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.set("id", id);
    return result
        .put("op", op)
        .put("n", n)
        .put("attempt", context.attempt())
        .put("traceId", context.traceId())
        .put("key", context.key().orElse(null))
        .put("partition", context.position().partition())
        .put("offset", context.position().offset())
        .put("timestampMs", context.position().timestamp())
        .put("startedMs", startedMs)
        .put("contentType", context.contentType().orElse(null))
        .set("parameters", parameters)
        .put("instance", context.instanceName());
  }

  /** Emits it, where results have a topic. */
  static void emit(ObjectNode result, AlgoContext context) {
    if (context.hasOutput(Table.RESULTS)) {
      context.emit(Table.RESULTS, result);
    }
  }
}
