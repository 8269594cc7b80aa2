package run.algo.sdk.kafka.internal.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files TLS is made from.
 *
 * @param ca the trusted authorities; null: those of the JDK
 * @param certificate the client's certificate, its chain behind it; null with {@code key}: the
 *     client shows none
 * @param key the certificate's private key
 */
record TlsPaths(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {

  TlsPaths {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key belong together");
    }
  }

  /**
   * What the files hold now. Paths are followed anew, so a swapped symbolic link on the way is
   * seen.
   */
  TlsContents read() {
    return new TlsContents(bytes(ca), bytes(certificate), bytes(key));
  }

  private static byte @Nullable [] bytes(@Nullable Path file) {
    return file == null ? null : PemFiles.read(file);
  }
}
