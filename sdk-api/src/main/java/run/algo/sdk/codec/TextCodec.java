package run.algo.sdk.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;

/** UTF-8 text. */
final class TextCodec implements Codec<String> {

  static final TextCodec INSTANCE = new TextCodec();

  private static final char REPLACEMENT = '\uFFFD';

  private TextCodec() {}

  @Override
  public String contentType() {
    return "text/plain";
  }

  @Override
  public String decode(byte[] bytes) throws CharacterCodingException {
    // The lenient constructor is intrinsic and far faster than a CharsetDecoder; it marks what is
    // malformed by U+FFFD, and only a text that holds one has to be read strictly to tell apart.
    String text = new String(bytes, UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  @Override
  public byte[] encode(String value) throws CharacterCodingException {
    // getBytes would write an unpaired surrogate as a question mark: another text than was given.
    int length = value.length();
    for (int i = 0; i < length; i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        if (i + 1 == length || !Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1))) {
          throw new MalformedInputException(1);
        }
        i++;
      }
    }
    return value.getBytes(UTF_8);
  }
}
