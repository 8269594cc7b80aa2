package run.algo.sdk.kafka.internal.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;

/**
 * Files as the operator mounts them: an authority, a client's certificate and its key, and a key of
 * another one.
 *
 * @param ca certificate of the authority
 * @param certificate certificate of the client
 * @param key key of the client
 * @param otherKey key that does not belong to the certificate
 */
public record PemTestFiles(Path ca, Path certificate, Path key, Path otherKey) {

  /** Writes the files into a folder. */
  public static PemTestFiles in(Path folder) throws IOException {
    TestPki authority = TestPki.authority("ca");
    KeyPair keys = TestPki.ec("secp256r1");
    return new PemTestFiles(
        Files.writeString(folder.resolve("ca.crt"), TestPki.pem(authority.certificate)),
        Files.writeString(folder.resolve("user.crt"), TestPki.pem(authority.issue("user", keys))),
        Files.writeString(folder.resolve("user.key"), TestPki.pkcs8(keys)),
        Files.writeString(folder.resolve("other.key"), TestPki.pkcs8(TestPki.ec("secp256r1"))));
  }
}
