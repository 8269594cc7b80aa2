package run.algo.sdk.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** JSON with strict scalars. */
final class JsonCodec<T> implements Codec<T> {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          // A stream is read on after the value, and closed by whoever has opened it.
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          // ALLOW_COERCION_OF_SCALARS leaves text out: a number or boolean would still become one.
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
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
    return present(reader.readValue(bytes));
  }

  @Override
  public T decode(InputStream in) throws IOException {
    T value = present(reader.readValue(in));
    in.transferTo(OutputStream.nullOutputStream()); // the end is where the content is verified
    return value;
  }

  private T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("the value is the JSON null, not a " + type.toCanonical());
    }
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonCodec<?> that && type.equals(that.type);
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public byte[] encode(T value) {
    return writer.writeValueAsBytes(value);
  }
}
