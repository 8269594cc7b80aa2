package run.algo.examples.conformance;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/** Length and SHA-256 of bytes that pass by. */
final class Digest {

  private final MessageDigest sha256;
  private long bytes;

  Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static Digest of(byte[] content) {
    Digest digest = new Digest();
    digest.update(content, content.length);
    return digest;
  }

  void update(byte[] block, int length) {
    sha256.update(block, 0, length);
    bytes += length;
  }

  /** Adds the fields to a result; once. */
  ObjectNode putInto(ObjectNode result) {
    return result.put("bytes", bytes).put("sha256", HexFormat.of().formatHex(sha256.digest()));
  }
}
