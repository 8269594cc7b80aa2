package run.algo.sdk.kafka.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The S3 connection string of the operator, {@code http(s)://ACCESS:SECRET@host[:port]}. It is no
 * URI: the credentials stand in it as they are, with any of {@code # / + % @}, so it is split by
 * hand at the last {@code @}.
 */
record StorageHost(URI endpoint, Optional<StorageSettings.Credentials> credentials) {

  private static final Pattern SCHEME = Pattern.compile("(?i)(https?)://(.*)", Pattern.DOTALL);

  /**
   * Reads a connection string.
   *
   * @throws IllegalArgumentException with a message that holds nothing of the text
   */
  static StorageHost parse(String text) {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("does not begin with http:// or https://");
    }
    String rest = matcher.group(2);
    int at = rest.lastIndexOf('@');
    String address = rest.substring(at + 1);
    if (address.indexOf('/') >= 0 || address.indexOf('?') >= 0 || address.indexOf('#') >= 0) {
      throw new IllegalArgumentException("has a path, a query or a fragment behind the host");
    }
    String problem = HostAndPort.problem(address, false);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException("has no valid host[:port]");
    }
    return new StorageHost(
        endpoint(Texts.lower(matcher.group(1)) + "://" + address),
        at < 0 ? Optional.empty() : Optional.of(credentials(rest.substring(0, at))));
  }

  private static URI endpoint(String text) {
    try {
      URI endpoint = new URI(text);
      if (endpoint.getHost() != null) {
        return endpoint;
      }
    } catch (URISyntaxException e) {
      // Told below without the exception, which quotes the text.
    }
    throw new IllegalArgumentException("has a host that cannot stand in a URL");
  }

  private static StorageSettings.Credentials credentials(String login) {
    int colon = login.indexOf(':');
    if (colon < 1 || colon == login.length() - 1) {
      throw new IllegalArgumentException("has an @ but not ACCESS:SECRET before it");
    }
    return new StorageSettings.Credentials(
        new Secret(login.substring(0, colon)), new Secret(login.substring(colon + 1)));
  }

  /** Returns what seems to be the secret, also of a text that cannot be read as a whole. */
  static Optional<String> secretPart(String text) {
    int start = Math.max(0, text.indexOf("://") + 3);
    int at = text.lastIndexOf('@');
    int colon = text.indexOf(':', text.contains("://") ? start : 0);
    return colon >= 0 && colon + 1 < at
        ? Optional.of(text.substring(colon + 1, at))
        : Optional.empty();
  }
}
