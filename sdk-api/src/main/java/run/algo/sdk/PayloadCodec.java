package run.algo.sdk;

import java.io.IOException;
import run.algo.sdk.codec.Codec;

/** Content as it is. The engine knows it, and neither reads nor writes through it needlessly. */
final class PayloadCodec implements Codec<Payload> {

  static final PayloadCodec INSTANCE = new PayloadCodec();

  private PayloadCodec() {}

  @Override
  public String contentType() {
    return "application/octet-stream";
  }

  @Override
  public Payload decode(byte[] bytes) {
    return Payload.of(bytes);
  }

  @Override
  public byte[] encode(Payload value) throws IOException {
    return value.bytes();
  }
}
