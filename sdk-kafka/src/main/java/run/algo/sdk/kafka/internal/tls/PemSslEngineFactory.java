package run.algo.sdk.kafka.internal.tls;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS for Kafka clients from PEM files that may rotate on disk. Name it in {@code
 * ssl.engine.factory.class} and the files in {@link #CA_LOCATION}, {@link #CERTIFICATE_LOCATION}
 * and {@link #KEY_LOCATION}; Kafka's own settings for stores ({@code ssl.keystore.*}, {@code
 * ssl.truststore.*}) have no effect then.
 *
 * <p>Keys may be PKCS#8, PKCS#1 or SEC1, RSA or EC, unencrypted; see {@link PemFiles}. The files
 * are looked at when a connection is made, at most once per second, and serve connections made from
 * then on; open connections stay as they are. Files that cannot be used, such as a certificate and
 * a key that do not match, leave the old ones in use, with one warning per distinct failure.
 * Kubernetes never refreshes a {@code subPath} mount: mount the folder.
 *
 * <p>Protocols are TLS 1.3 and 1.2, or those of the two in {@code ssl.enabled.protocols}; {@code
 * ssl.cipher.suites} and {@code ssl.endpoint.identification.algorithm} mean what they mean to
 * Kafka. Thread safe.
 *
 * @since 0.1.0
 */
public final class PemSslEngineFactory implements SslEngineFactory {
  /** Path of the PEM file with the trusted authorities. Default: the trust of the JDK. */
  public static final String CA_LOCATION = "algo.tls.ca.location";

  /**
   * Path of the PEM file with the client's certificate, first, and its chain. Default: no client
   * certificate. Needs {@link #KEY_LOCATION}.
   */
  public static final String CERTIFICATE_LOCATION = "algo.tls.certificate.location";

  /**
   * Path of the PEM file with the certificate's private key. Needs {@link #CERTIFICATE_LOCATION}.
   */
  public static final String KEY_LOCATION = "algo.tls.key.location";

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private final LongSupplier nanoTime;
  private @Nullable Configured configured;

  /** For Kafka, which calls {@link #configure} next. */
  public PemSslEngineFactory() {
    this(System::nanoTime);
  }

  PemSslEngineFactory(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** What one call of configure settled. */
  private static final class Configured {
    final RotatingTls tls;
    final String[] protocols;
    final String @Nullable [] cipherSuites;

    Configured(RotatingTls tls, String[] protocols, String @Nullable [] cipherSuites) {
      this.tls = tls;
      this.protocols = protocols;
      this.cipherSuites = cipherSuites;
    }
  }

  /**
   * Reads the settings and the files.
   *
   * @throws ConfigException if a setting is wrong, or a file is missing, unreadable or damaged, or
   *     certificate and key do not match; the message names the file and the remedy
   */
  @Override
  public synchronized void configure(Map<String, ?> configs) {
    TlsPaths paths = paths(configs);
    List<String> protocols = protocols(configs);
    List<String> suites = list(configs.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG));
    try {
      configured =
          new Configured(
              new RotatingTls(paths, nanoTime),
              protocols.toArray(new String[0]),
              suites.isEmpty() ? null : suites.toArray(new String[0]));
    } catch (PemException e) {
      throw wrong("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /**
   * An engine for one connection to a broker, after a look at the files if the last one is a second
   * old.
   *
   * @param endpointIdentification {@code https} to check the host name against the broker's
   *     certificate; blank or null to leave it unchecked
   */
  @Override
  public SSLEngine createClientSslEngine(
      String peerHost, int peerPort, @Nullable String endpointIdentification) {
    Configured now = configured();
    SSLEngine engine = now.tls.refreshed().context().createSSLEngine(peerHost, peerPort);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(now.protocols);
    if (now.cipherSuites != null) {
      parameters.setCipherSuites(now.cipherSuites);
    }
    parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /**
   * Not supported: this is a factory for clients.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
    throw new UnsupportedOperationException(
        "PemSslEngineFactory is for Kafka clients only: remove it from ssl.engine.factory.class of this broker");
  }

  /** Whether the settings name other files; what the files hold needs no rebuilding. */
  @Override
  public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
    return !configured().tls.paths().equals(paths(nextConfigs));
  }

  /** The three settings of this class. */
  @Override
  public Set<String> reconfigurableConfigs() {
    return Set.of(CA_LOCATION, CERTIFICATE_LOCATION, KEY_LOCATION);
  }

  /**
   * The client's chain and key, under an empty password, as last loaded; null without a client
   * certificate.
   */
  @Override
  public @Nullable KeyStore keystore() {
    return configured().tls.current().keystore();
  }

  /** The trusted authorities as last loaded; null when they are the JDK's. */
  @Override
  public @Nullable KeyStore truststore() {
    return configured().tls.current().truststore();
  }

  /** When the client's certificate as last loaded ends to be valid; empty without one. */
  public Optional<Instant> expiry() {
    return configured().tls.current().expiry();
  }

  /** Holds nothing to close; engines keep working. */
  @Override
  public void close() {}

  private synchronized Configured configured() {
    if (configured == null) {
      throw new IllegalStateException(
          "PemSslEngineFactory is not configured: call configure first");
    }
    return configured;
  }

  private static TlsPaths paths(Map<String, ?> configs) {
    Path certificate = path(configs, CERTIFICATE_LOCATION);
    Path key = path(configs, KEY_LOCATION);
    if (certificate == null && key != null) {
      throw wrong(KEY_LOCATION + " is set without " + CERTIFICATE_LOCATION + ": set both or none");
    }
    if (certificate != null && key == null) {
      throw wrong(CERTIFICATE_LOCATION + " is set without " + KEY_LOCATION + ": set both or none");
    }
    return new TlsPaths(path(configs, CA_LOCATION), certificate, key);
  }

  private static @Nullable Path path(Map<String, ?> configs, String name) {
    Object value = configs.get(name);
    if (value == null) {
      return null;
    }
    String text = value.toString();
    if (text.isBlank()) {
      // Taken for absent, a blank authority would silently widen trust to all that the JDK trusts.
      throw wrong(name + " is blank: name a PEM file, or leave the setting out");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong(name + " is not a path: name a PEM file", e);
    }
  }

  private static List<String> protocols(Map<String, ?> configs) {
    List<String> names = list(configs.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG));
    for (String name : names) {
      if (!PROTOCOLS.contains(name)) {
        throw wrong(
            SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG
                + " holds "
                + name
                + ": use "
                + String.join(" and ", PROTOCOLS)
                + ", or one of them");
      }
    }
    return names.isEmpty() ? PROTOCOLS : names;
  }

  // Kafka hands lists over parsed; a plain map may hold its text form.
  private static List<String> list(@Nullable Object value) {
    List<String> names = new ArrayList<>();
    if (value instanceof Collection) {
      ((Collection<?>) value).forEach(name -> names.add(String.valueOf(name).strip()));
    } else if (value != null) {
      for (String name : value.toString().split(",", -1)) {
        names.add(name.strip());
      }
    }
    names.removeIf(String::isEmpty);
    return names;
  }

  private static ConfigException wrong(String message) {
    return new ConfigException(message);
  }

  private static ConfigException wrong(String message, Throwable cause) {
    ConfigException exception = new ConfigException(message);
    exception.initCause(cause);
    return exception;
  }
}
