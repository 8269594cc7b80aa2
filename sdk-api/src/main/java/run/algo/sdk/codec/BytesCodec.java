package run.algo.sdk.codec;

/** Bytes as they are. */
final class BytesCodec implements Codec<byte[]> {

  static final BytesCodec INSTANCE = new BytesCodec();

  private BytesCodec() {}

  @Override
  public String contentType() {
    return "application/octet-stream";
  }

  @Override
  public byte[] decode(byte[] bytes) {
    return bytes;
  }

  @Override
  public byte[] encode(byte[] value) {
    return value;
  }
}
