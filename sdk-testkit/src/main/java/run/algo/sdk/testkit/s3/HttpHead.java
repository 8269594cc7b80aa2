package run.algo.sdk.testkit.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** First line and headers of an HTTP/1.1 message, as they were sent. */
final class HttpHead {

  private static final int MAX_BYTES = 64 * 1024;

  private final List<String> lines;

  private HttpHead(List<String> lines) {
    this.lines = lines;
  }

  /** Reads a head, or null where the connection ends before one. */
  static @Nullable HttpHead read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int bytes = 0;
    while (true) {
      int b = in.read();
      if (b < 0) {
        if (bytes == 0) {
          return null;
        }
        throw new EOFException("the connection ended within a head");
      }
      if (++bytes > MAX_BYTES) {
        throw new IOException("a head is longer than " + MAX_BYTES + " bytes");
      }
      if (b == '\n') {
        String text = line.toString(ISO_8859_1).stripTrailing();
        line.reset();
        if (!text.isEmpty()) {
          lines.add(text);
        } else if (!lines.isEmpty()) {
          return new HttpHead(lines);
        }
      } else {
        line.write(b);
      }
    }
  }

  String method() {
    return word(0);
  }

  String path() {
    String target = word(1);
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  String query() {
    String target = word(1);
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /** The status of a response. */
  int status() {
    return Integer.parseInt(word(1));
  }

  /** A parameter of the query as it was sent, empty when it is not there. */
  String parameter(String name) {
    for (String part : query().split("&", -1)) {
      if (part.startsWith(name + "=")) {
        return part.substring(name.length() + 1);
      }
    }
    return "";
  }

  @Nullable String header(String name) {
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  boolean says(String name, String value) {
    String text = header(name);
    return text != null && text.toLowerCase(Locale.ROOT).contains(value);
  }

  /** Length of the body that follows, 0 when no header tells one. */
  long contentLength() {
    String length = header("Content-Length");
    return length == null ? 0 : Long.parseLong(length);
  }

  /** The bytes of the head without the given header, with the empty line behind it. */
  byte[] without(String name) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      if (!line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        text.append(line).append("\r\n");
      }
    }
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  byte[] bytes() {
    return without("\r");
  }

  private String word(int index) {
    String[] words = lines.get(0).split(" ", 3);
    return words.length > index ? words[index] : "";
  }
}
