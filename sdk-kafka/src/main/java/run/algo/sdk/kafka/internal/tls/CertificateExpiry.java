package run.algo.sdk.kafka.internal.tls;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** When the certificates of files expire. Files are read anew each time: they are rotated. */
public final class CertificateExpiry {

  private CertificateExpiry() {}

  /**
   * When the first certificate of each file expires.
   *
   * @param files the files by the names that they are told under
   * @return by name; a file that cannot be read now is left out, since whoever needs it tells why
   */
  public static Map<String, Instant> of(Map<String, Path> files) {
    Map<String, Instant> expiries = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> {
          try {
            PemFiles.certificates(file).stream()
                .map(X509Certificate::getNotAfter)
                .min(Comparator.naturalOrder())
                .ifPresent(first -> expiries.put(name, first.toInstant()));
          } catch (RuntimeException e) {
            // left out, as said
          }
        });
    return expiries;
  }
}
