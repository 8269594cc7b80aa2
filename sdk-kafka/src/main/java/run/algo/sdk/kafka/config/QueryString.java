package run.algo.sdk.kafka.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads URL query strings as Go's {@code url.ParseQuery} does, but strict about UTF-8. */
final class QueryString {

  private QueryString() {}

  /**
   * Returns names and values in their order.
   *
   * @throws IllegalArgumentException when the text is malformed
   */
  static List<Map.Entry<String, String>> parse(String query) {
    List<Map.Entry<String, String>> result = new ArrayList<>();
    int start = 0;
    while (start <= query.length()) {
      int end = query.indexOf('&', start);
      if (end < 0) {
        end = query.length();
      }
      if (end > start) {
        String pair = query.substring(start, end);
        if (pair.indexOf(';') >= 0) {
          // As in Go: whether it separates or not, somebody is misunderstood.
          throw new IllegalArgumentException("endpointParams: a semicolon must be percent-encoded");
        }
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        result.add(Map.entry(decode(name), decode(value)));
      }
      start = end + 1;
    }
    return result;
  }

  private static String decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (codePoint == '%') {
        bytes.write(hex(text, at + 1) << 4 | hex(text, at + 2));
        at += 3;
        continue;
      }
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        throw notUtf8();
      }
      String character = codePoint == '+' ? " " : Character.toString(codePoint);
      bytes.writeBytes(character.getBytes(StandardCharsets.UTF_8));
      at += Character.charCount(codePoint);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw notUtf8();
    }
  }

  private static int hex(String text, int at) {
    // Character.digit alone would take digits of other scripts.
    int digit =
        at < text.length() && text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
    if (digit < 0) {
      throw new IllegalArgumentException(
          "endpointParams: a percent sign must be followed by two hexadecimal digits");
    }
    return digit;
  }

  private static IllegalArgumentException notUtf8() {
    return new IllegalArgumentException("endpointParams: is not UTF-8");
  }
}
