package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The status page as a browser gets it: one file, which asks for nothing but {@code /status.json}.
 * Its policy names its one script and its one style by their hashes, so nothing that comes in with
 * the data could run, were it ever taken for code.
 */
final class StatusHtml {

  private static final String RESOURCE = "status.html";

  private StatusHtml() {}

  static String text() {
    try (InputStream in = StatusHtml.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar of the SDK lacks its " + RESOURCE);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the SDK's own " + RESOURCE, e);
    }
  }

  /** The page of the path {@code /}. */
  static Page page() {
    String html = text();
    Page.Content content =
        new Page.Content(200, "text/html; charset=utf-8", html.getBytes(UTF_8), policy(html));
    return accept -> content;
  }

  static String policy(String html) {
    return "default-src 'none'; script-src "
        + hash(element(html, "script"))
        + "; style-src "
        + hash(element(html, "style"))
        + "; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        + " frame-ancestors 'none'";
  }

  /** What is between the tags of the one element of a name. */
  static String element(String html, String name) {
    int begin = html.indexOf("<" + name + ">") + name.length() + 2;
    return html.substring(begin, html.indexOf("</" + name + ">", begin));
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
