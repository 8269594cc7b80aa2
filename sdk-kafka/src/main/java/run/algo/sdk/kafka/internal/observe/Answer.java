package run.algo.sdk.kafka.internal.observe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer over HTTP: the only one of its connection, which ends with it.
 *
 * @param status the status
 * @param content what is shown, if anything
 * @param bodiless whether only the length of the content is told, as {@code HEAD} asks for
 */
record Answer(int status, Optional<Page.Content> content, boolean bodiless) {

  private static final Map<Integer, String> REASONS =
      Map.of(
          200, "OK",
          400, "Bad Request",
          404, "Not Found",
          405, "Method Not Allowed",
          431, "Request Header Fields Too Large",
          500, "Internal Server Error",
          503, "Service Unavailable");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Nothing but a status. */
  static Answer of(int status) {
    return new Answer(status, Optional.empty(), true);
  }

  /** The bytes that go out, in their order. */
  ByteBuffer[] bytes(Instant now) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ');
    head.append(REASONS.getOrDefault(status, "Other")).append("\r\n");
    line(head, "Date", DATE.format(now));
    line(head, "Connection", "close");
    line(head, "Cache-Control", "no-store");
    line(head, "X-Content-Type-Options", "nosniff");
    line(head, "Referrer-Policy", "no-referrer");
    line(
        head,
        "Content-Security-Policy",
        content.map(Page.Content::policy).orElse(Page.Content.NOTHING));
    if (status == 405) {
      line(head, "Allow", "GET, HEAD");
    }
    content.ifPresent(shown -> line(head, "Content-Type", shown.type()));
    int length = content.map(shown -> shown.body().length).orElse(0);
    line(head, "Content-Length", Integer.toString(length));
    head.append("\r\n");
    ByteBuffer first = ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    return content.isEmpty() || bodiless
        ? new ByteBuffer[] {first}
        : new ByteBuffer[] {first, ByteBuffer.wrap(content.get().body())};
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
