package run.algo.sdk.kafka.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks {@code host:port} without asking a name server. */
final class HostAndPort {

  // A bracketed IPv6 address, with an optional zone, or a name; names of containers may hold
  // underscores.
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(\\[[0-9a-fA-F:.]{2,45}(?:%[0-9a-zA-Z._-]{1,32})?]|[0-9a-zA-Z_][0-9a-zA-Z._-]{0,252})"
              + "(?::([0-9]{1,5}))?");

  private HostAndPort() {}

  /** Returns what is wrong, or an empty text. */
  static String problem(String text, boolean portRequired) {
    if (text.isEmpty()) {
      return "is empty";
    }
    if (text.contains("://")) {
      return "has a scheme";
    }
    Matcher matcher = ADDRESS.matcher(text);
    if (text.length() > 320 || !matcher.matches()) {
      return "is not " + (portRequired ? "host:port" : "host or host:port");
    }
    String port = matcher.group(2);
    if (port == null) {
      return portRequired ? "has no port" : "";
    }
    int number = Integer.parseInt(port);
    return number >= 1 && number <= 65535 ? "" : "has a port that is not from 1 to 65535";
  }
}
