package run.algo.sdk.codec;

import java.lang.reflect.Type;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** JSON with strict scalars. */
final class JsonCodec<T> implements Codec<T> {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JavaType type;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  JsonCodec(Type type) {
    this.type = MAPPER.constructType(type);
    this.reader = MAPPER.readerFor(this.type);
    this.writer = MAPPER.writerFor(this.type);
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public T decode(byte[] bytes) {
    T value = reader.readValue(bytes);
    if (value == null) {
      throw new IllegalArgumentException("the value is the JSON null, not a " + type.toCanonical());
    }
    return value;
  }

  @Override
  public byte[] encode(T value) {
    return writer.writeValueAsBytes(value);
  }
}
