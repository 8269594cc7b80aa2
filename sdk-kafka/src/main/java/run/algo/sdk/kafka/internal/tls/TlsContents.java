package run.algo.sdk.kafka.internal.tls;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the three files at one moment; null where no file is configured. Not changed after
 * construction.
 */
final class TlsContents {
  final byte @Nullable [] ca;
  final byte @Nullable [] certificate;
  final byte @Nullable [] key;

  TlsContents(byte @Nullable [] ca, byte @Nullable [] certificate, byte @Nullable [] key) {
    this.ca = ca;
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * A digest that tells contents apart, so that no second copy of a key stays in memory to compare
   * with.
   */
  byte[] fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, ca);
      update(digest, certificate);
      update(digest, key);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  // The length before each part keeps bytes that move from one file to the next from going unseen.
  private static void update(MessageDigest digest, byte @Nullable [] part) {
    digest.update(ByteBuffer.allocate(4).putInt(part == null ? -1 : part.length).flip());
    if (part != null) {
      digest.update(part);
    }
  }
}
