package run.algo.examples.conformance;

import run.algo.sdk.codec.Codec;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A JSON object, and nothing else: a tombstone does not decode either. */
final class CommandCodec implements Codec<Command> {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public Command decode(byte[] bytes) {
    JsonNode json = MAPPER.readTree(bytes);
    if (json instanceof ObjectNode object) {
      return new Command(object, bytes);
    }
    throw new IllegalArgumentException("a command is a JSON object, not " + json.getNodeType());
  }

  @Override
  public byte[] encode(Command value) {
    return value.bytes();
  }

  @Override
  public Command decodeTombstone() {
    throw new IllegalArgumentException("a command is a JSON object, not a tombstone");
  }
}
