package run.algo.sdk.kafka.internal.observe;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request, as far as the port looks at it. Immutable.
 *
 * @param method the method, as it was sent
 * @param path the decoded path, without the query
 * @param accept the {@code Accept} header, empty when there is none
 */
record RequestHead(String method, String path, String accept) {

  /** The request does not begin as HTTP/1 does. */
  static Optional<RequestHead> parse(String text) {
    String[] lines = text.split("\r?\n");
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3 || words[0].isEmpty() || !words[2].startsWith("HTTP/1.")) {
      return Optional.empty();
    }
    String path = path(words[1]);
    return path == null
        ? Optional.empty()
        : Optional.of(new RequestHead(words[0], path, accept(lines)));
  }

  private static @Nullable String path(String target) {
    try {
      String path = new URI(target).getPath();
      return path == null ? "" : path;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static String accept(String[] lines) {
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0 && lines[i].substring(0, colon).equalsIgnoreCase("accept")) {
        return lines[i].substring(colon + 1).strip();
      }
    }
    return "";
  }

  /** Collects a head from the bytes of a connection as they come. Not thread-safe. */
  static final class Collector {

    /** More than this is no request of a probe, a scraper or a browser. */
    static final int MOST_BYTES = 16 * 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private int column;
    private boolean ended;

    /** Takes what belongs to the head; whatever follows that is a body nobody wants. */
    void take(ByteBuffer some) {
      while (some.hasRemaining() && !ended && !tooLong()) {
        byte next = some.get();
        if (next == '\n' && column == 0) {
          ended = begun();
        }
        if (next != '\r') {
          column = next == '\n' ? 0 : column + 1;
        }
        bytes.write(next);
      }
    }

    /** Empty lines before the request do not count. */
    private boolean begun() {
      boolean any = !text().isBlank();
      if (!any) {
        bytes.reset();
      }
      return any;
    }

    /** {@return whether the head is there as a whole} */
    boolean ended() {
      return ended;
    }

    boolean tooLong() {
      return bytes.size() >= MOST_BYTES;
    }

    String text() {
      return bytes.toString(StandardCharsets.ISO_8859_1).stripLeading();
    }
  }
}
