package run.algo.sdk.kafka.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds out whether a file can be what a setting says. */
final class PemCheck {

  private static final int LARGEST = 1 << 20;

  private PemCheck() {}

  /** Returns what is wrong with a file of certificates. */
  static Optional<String> certificates(String location) {
    return check(location, "CERTIFICATE-----", "certificate");
  }

  /** Returns what is wrong with the file of a private key. */
  static Optional<String> privateKey(String location) {
    return check(location, "PRIVATE KEY-----", "private key");
  }

  private static Optional<String> check(String location, String label, String what) {
    try {
      Path path = Path.of(location);
      if (!Files.exists(path)) {
        return Optional.of("the file does not exist");
      }
      if (!Files.isRegularFile(path)) {
        return Optional.of("is not a file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        String text = new String(in.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
        return text.contains("-----BEGIN ") && text.contains(label)
            ? Optional.empty()
            : Optional.of("is not PEM: it holds no " + what);
      }
    } catch (InvalidPathException e) {
      return Optional.of("is not a path");
    } catch (IOException | SecurityException e) {
      return Optional.of("cannot be read");
    }
  }
}
