package run.algo.sdk.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3RequestKind;
import run.algo.sdk.testkit.tls.TestCertificates;

/** Whom the store talks to, and that nobody but its settings has a say in it. */
class S3HostileReferencesIT {

  private static final long SEED = 20_261_121;
  private static final int REFERENCES = 10_000;
  private static final Path INPUT = Path.of("/input");

  private static final String[] PARTS = {
    "a",
    "b",
    "..",
    ".",
    "",
    "...",
    "\u0000",
    "\\",
    "..\\",
    "/",
    "//",
    "%2e%2e",
    "%2f",
    "%00",
    "\u2024\u2024",
    "\uFF0E\uFF0E",
    "\u2215",
    "\uFF0F",
    "\u202E",
    "\uD800",
    "\r\nHost: evil",
    "?x=y",
    "#",
    "etc/passwd",
    "C:",
    "~",
    "${jndi:ldap://x}",
    "secret",
    "?versionId=1",
    "&",
    ";",
    "@",
    "ü"
  };

  private static FileReference reference(String host, String bucket, String file) {
    return new FileReference(
        host, bucket, file, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void noReferenceReachesAnotherHostOrBucket() throws Exception {
    Random random = new Random(SEED);
    try (EmbeddedS3 s3 = EmbeddedS3.start();
        EmbeddedS3 decoy = EmbeddedS3.start();
        S3FileStore other = new S3FileStore(s3.settings("other.bucket", INPUT));
        S3FileStore store = new S3FileStore(s3.settings("own.bucket", INPUT))) {
      for (String key : new String[] {"a", "b", "secret", "a/b", "etc/passwd"}) {
        other.write(FileTarget.of(key), "secret".getBytes(UTF_8));
      }
      store.write(FileTarget.of("a"), "own".getBytes(UTF_8));
      String own = s3.endpoint().getAuthority();
      String foreign = decoy.endpoint().getAuthority();
      int read = 0;
      int refused = 0;
      for (int i = 0; i < REFERENCES; i++) {
        FileReference reference =
            reference(
                host(random, own, foreign),
                bucket(random),
                random.nextInt(20) == 0 ? "a" : file(random));
        try (InputStream in = store.read(reference, Duration.ZERO)) {
          assertThat(new String(in.readAllBytes(), UTF_8)).as("%s", reference).isEqualTo("own");
          read++;
        } catch (IllegalArgumentException | IOException e) {
          // What the port says; anything else fails the test.
          refused++;
        }
      }
      assertThat(read).as("the honest ones among them").isPositive();
      assertThat(refused).isGreaterThan(REFERENCES / 2);
      assertThat(Stream.of(S3RequestKind.values()).mapToLong(decoy::requests).sum()).isZero();
    }
  }

  private static String host(Random random, String own, String foreign) {
    return switch (random.nextInt(12)) {
      case 0 -> foreign;
      case 1 -> own + "@" + foreign;
      case 2 -> foreign + "/" + own;
      case 3 -> own + "\u0000." + foreign;
      case 4 -> own + ".";
      case 5 -> "http://" + foreign;
      case 6 -> own.replace('1', '\uFF11');
      case 7 -> "";
      default -> own;
    };
  }

  private static String bucket(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "other.bucket";
      case 1 -> "own.bucket/../other.bucket";
      case 2 -> "OWN.BUCKET";
      case 3 -> "own.bucket\u0000";
      case 4 -> "arn:aws:s3:us-east-1:1:accesspoint/x";
      case 5 -> "";
      case 6 -> "../other.bucket";
      default -> "own.bucket";
    };
  }

  private static String file(Random random) {
    if (random.nextInt(200) == 0) {
      return "x".repeat(1 << (10 + random.nextInt(11)));
    }
    StringBuilder file = new StringBuilder();
    int parts = 1 + random.nextInt(5);
    for (int i = 0; i < parts; i++) {
      if (i > 0 && random.nextInt(3) > 0) {
        file.append('/');
      }
      file.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return file.toString();
  }

  @Test
  void aBucketThatTheDeploymentMayReadIsReadAndNotListedOnesAreNot() throws Exception {
    try (EmbeddedS3 s3 = EmbeddedS3.start();
        S3FileStore other = new S3FileStore(s3.settings("other.bucket", INPUT))) {
      FileReference theirs = other.write(FileTarget.of("a"), "x".getBytes(UTF_8));
      FileStoreSettings own = s3.settings("own.bucket", INPUT);
      FileStoreSettings reading =
          new FileStoreSettings(
              own.endpoint(),
              own.region(),
              own.bucket(),
              Set.of("other.bucket"),
              INPUT,
              own.credentials());
      try (S3FileStore store = new S3FileStore(reading);
          InputStream in = store.read(theirs)) {
        assertThat(in.readAllBytes()).isEqualTo("x".getBytes(UTF_8));
      }
      try (S3FileStore store = new S3FileStore(own)) {
        assertThatThrownBy(() -> store.read(theirs))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("ALGO_STORAGE_READ_BUCKETS");
      }
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (EmbeddedS3 decoy = EmbeddedS3.builder().anonymous().start();
        S3FileStore there = new S3FileStore(decoy.settings("own.bucket", INPUT))) {
      there.write(FileTarget.of("a"), "secret".getBytes(UTF_8));
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange
                .getResponseHeaders()
                .add("Location", decoy.endpoint() + exchange.getRequestURI().getRawPath());
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
          });
      server.start();
      URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      try (S3FileStore store =
          new S3FileStore(
              new FileStoreSettings(
                  endpoint, "us-east-1", "own.bucket", Set.of(), INPUT, Optional.empty()))) {
        FileReference reference = reference(endpoint.getAuthority(), "own.bucket", "a");
        assertThatThrownBy(() -> store.read(reference, Duration.ZERO))
            .isInstanceOf(IOException.class);
        assertThat(decoy.requests(S3RequestKind.GET_OBJECT)).isZero();
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void httpsIsVerifiedWithTheAuthorityGiven(@TempDir Path folder) throws Exception {
    TestCertificates certificates = TestCertificates.create(folder.resolve("tls"));
    TestCertificates strangers = TestCertificates.create(folder.resolve("strangers"));
    try (EmbeddedS3 s3 = EmbeddedS3.builder().certificates(certificates).start()) {
      byte[] content = new byte[FileStoreOptions.MIN_PART_SIZE + 1];
      FileReference reference;
      try (S3FileStore store = new S3FileStore(secure(s3, Optional.of(certificates.caFile())))) {
        reference = store.write(FileTarget.of("a"), content);
        try (InputStream in = store.read(reference)) {
          assertThat(in.readAllBytes()).hasSize(content.length);
        }
      }
      for (Optional<Path> wrong :
          List.of(Optional.<Path>empty(), Optional.of(strangers.caFile()))) {
        try (S3FileStore store = new S3FileStore(secure(s3, wrong))) {
          assertThatThrownBy(() -> store.read(reference, Duration.ZERO))
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  private static FileStoreSettings secure(EmbeddedS3 s3, Optional<Path> caFile) {
    FileStoreSettings settings = s3.settings("own.bucket", INPUT);
    FileStoreOptions options = FileStoreOptions.DEFAULTS;
    return new FileStoreSettings(
        settings.endpoint(),
        settings.region(),
        settings.bucket(),
        Set.of(),
        INPUT,
        settings.credentials(),
        new FileStoreOptions(
            FileStoreOptions.MIN_PART_SIZE,
            options.parts(),
            options.crc32c(),
            options.timeout(),
            caFile));
  }

  @Test
  void withoutCredentialsItAsksUnsigned() throws Exception {
    try (EmbeddedS3 s3 = EmbeddedS3.builder().anonymous().start();
        S3FileStore store = new S3FileStore(s3.settings("own.bucket", INPUT))) {
      FileReference reference = store.write(FileTarget.of("a"), "x".getBytes(UTF_8));
      try (InputStream in = store.read(reference)) {
        assertThat(in.readAllBytes()).isEqualTo("x".getBytes(UTF_8));
      }
    }
  }
}
