package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreProvider;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3RequestKind;

/**
 * Whatever somebody writes to an input topic as a reference: it is a dead letter, or the file that
 * the deployment may read; nothing else is read, dialled or touched. With the store and the
 * settings of a deployment.
 */
@Timeout(120)
class HostileReferencesIT {

  private static final long SEED = 20_261_121;
  private static final int REFERENCES = 10_000;

  private static final String OWN = "own.bucket";
  private static final String READABLE = "readable.bucket";
  private static final String OTHER = "other.bucket";

  private static final String[] SEGMENTS = {
    "a",
    "b",
    "secret",
    "..",
    ".",
    "",
    "...",
    "\\u0000",
    "\\\\",
    "..\\\\",
    "/",
    "//",
    "%2e%2e",
    "%2f",
    "\\u2024\\u2024",
    "\\uFF0E\\uFF0E",
    "\\u2215",
    "\\uFF0F",
    "\\u202E",
    "\\uD800",
    "\\uDC00",
    "\\r\\nHost: evil",
    "?x=y",
    "#",
    "etc/passwd",
    "C:",
    "~",
    "${jndi:ldap://x}",
    "?versionId=1",
    "&",
    ";",
    "@",
    "u\\u0308",
    "\\u0301",
    "\\ud83d\\ude00",
    "planted"
  };

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final List<String> read = new ArrayList<>();

  /** Asks for each way in turn. */
  private final class Reader implements Algo<Payload, String> {
    private int calls;

    @Override
    public String run(Payload payload, AlgoContext context) throws Exception {
      String content =
          switch (calls++ % 3) {
            case 0 -> Files.readString(payload.path());
            case 1 -> {
              try (InputStream in = payload.open()) {
                yield new String(in.readAllBytes(), UTF_8);
              }
            }
            default -> new String(payload.bytes(), UTF_8);
          };
      read.add(content);
      return content;
    }
  }

  @Test
  void noneReadsOutsideItsRightsAndTheProcessGoesOn() throws Exception {
    Path input = Files.createDirectory(folder.resolve("input"));
    Path planted = Files.writeString(folder.resolve("planted"), "secret");
    Path inInput = Files.writeString(input.resolve("planted"), "secret");
    try (EmbeddedS3 s3 = EmbeddedS3.start();
        ServerSocket decoy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      decoy.setSoTimeout(1);
      for (String bucket : List.of(OWN, READABLE, OTHER)) {
        fill(s3, bucket);
      }
      String host = s3.endpoint().getAuthority();
      String foreign = "127.0.0.1:" + decoy.getLocalPort();
      byte[] good = FileReferences.of(host, OWN, "good").toJson();
      int goods = 0;
      try (AlgoTestDriver driver = driver(s3, input)) {
        for (int i = 0; i < REFERENCES; i++) {
          driver.inputBytes(record(json(host, foreign)));
          if (i % 100 == 99) {
            driver.inputBytes(record(good));
            goods++;
            assertThat(read.get(read.size() - 1)).isEqualTo("good");
          }
        }
        assertThat(driver.halts()).isEmpty();
        assertThat(driver.committed(0)).isEqualTo(REFERENCES + goods);
        assertThat(driver.deadLetters())
            .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("storage"));
        assertThat(driver.deadLetters().size() + read.size()).isEqualTo(REFERENCES + goods);
        assertThat(driver.deadLetters()).hasSizeGreaterThan(REFERENCES * 3 / 4);
      }
      assertThat(read).as("what was read").isSubsetOf("good", "own", "readable");
      assertThat(read).as("the honest ones among them").contains("own", "readable");
      assertNoConnection(decoy);
      assertThat(s3.requests(S3RequestKind.PUT_OBJECT)).as("written by the test").isEqualTo(12);
    }
    assertThat(planted).hasContent("secret");
    assertThat(inInput).hasContent("secret");
    try (Stream<Path> left = Files.list(input)) {
      assertThat(left).containsExactly(inInput);
    }
  }

  private static void fill(EmbeddedS3 s3, String bucket) throws IOException {
    try (FileStore store =
        ServiceLoader.load(FileStoreProvider.class)
            .findFirst()
            .orElseThrow()
            .open(s3.settings(bucket, Path.of("/input")))) {
      String content = bucket.substring(0, bucket.indexOf('.'));
      for (String key : List.of("a", "a/b", "b")) {
        store.write(FileTarget.of(key), content.getBytes(UTF_8));
      }
      store.write(
          FileTarget.of(bucket.equals(OWN) ? "good" : "secret"),
          (bucket.equals(OWN) ? "good" : content).getBytes(UTF_8));
    }
  }

  private AlgoTestDriver driver(EmbeddedS3 s3, Path input) {
    return AlgoTestDriver.of(
        AlgoRunner.builder()
            .input(Pipe.payload("files"), new Reader(), Pipe.text("out"))
            .environment(
                Map.of(
                    "MC_HOST_algorun",
                    s3.connectionString(),
                    "STORAGE_BUCKET_NAME",
                    OWN,
                    "ALGO_STORAGE_READ_BUCKETS",
                    READABLE,
                    "ALGO_MEMORY_BUDGET",
                    "64MiB",
                    "ALGO_INPUT_DIR",
                    input.toString())));
  }

  private static TestRecord<byte[]> record(byte[] json) {
    return TestRecord.of(json).withHeader("messageDataType", "FileReference");
  }

  private static void assertNoConnection(ServerSocket decoy) throws IOException {
    try {
      decoy.accept().close();
      throw new AssertionError("the host of a reference was dialled");
    } catch (SocketTimeoutException e) {
      assertThat(e).as("nobody came").isNotNull();
    }
  }

  /** A reference, or what shall pass for one. */
  private byte[] json(String host, String foreign) {
    return switch (random.nextInt(20)) {
      case 0 -> noReference(host);
      case 1 -> truncated(host);
      default -> {
        StringBuilder json = new StringBuilder("{");
        field(json, "host", host(host, foreign));
        json.append(',');
        field(json, "bucket", bucket());
        json.append(',');
        field(json, "file", file());
        odd(json, host);
        yield json.append('}').toString().getBytes(UTF_8);
      }
    };
  }

  private static void field(StringBuilder json, String name, String value) {
    json.append('"').append(name).append("\":\"").append(value).append('"');
  }

  private String host(String own, String foreign) {
    return switch (random.nextInt(20)) {
      case 0 -> foreign;
      case 1 -> own + "@" + foreign;
      case 2 -> foreign + "/" + own;
      case 3 -> own + "\\u0000." + foreign;
      case 4 -> own + ".";
      case 5 -> "http://" + foreign;
      case 6 -> own.replace('1', '\uFF11');
      case 7 -> "";
      case 8 -> own.replace(".", "\u2024");
      default -> own;
    };
  }

  private String bucket() {
    return switch (random.nextInt(14)) {
      case 0, 1 -> OTHER;
      case 2 -> OWN + "/../" + OTHER;
      case 3 -> "OWN.BUCKET";
      case 4 -> OWN + "\\u0000";
      case 5 -> "arn:aws:s3:us-east-1:1:accesspoint/x";
      case 6 -> "";
      case 7 -> "own\u2024bucket";
      case 8, 9 -> READABLE;
      default -> OWN;
    };
  }

  private String file() {
    if (random.nextInt(8) == 0) {
      return "a";
    }
    if (random.nextInt(500) == 0) {
      return "x".repeat(1 << (8 + random.nextInt(13)));
    }
    StringBuilder file = new StringBuilder();
    int segments = 1 + random.nextInt(5);
    for (int i = 0; i < segments; i++) {
      if (i > 0 && random.nextInt(3) > 0) {
        file.append('/');
      }
      file.append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
    }
    return file.toString();
  }

  /** Adds what an honest writer would not. */
  private void odd(StringBuilder json, String host) {
    switch (random.nextInt(16)) {
      case 0 -> json.append(",\"size\":-1");
      case 1 -> json.append(",\"size\":9223372036854775807");
      case 2 -> json.append(",\"size\":1e999999999");
      case 3 -> json.append(",\"size\":").append("9".repeat(2000));
      case 4 -> json.append(",\"size\":\"3\"");
      case 5 -> json.append(",\"sha256\":\"").append("0".repeat(64)).append('"');
      case 6 -> json.append(",\"sha256\":[]");
      case 7 -> json.append(",\"file\":\"secret\"");
      case 8 -> json.append(",\"bucket\":\"" + OTHER + "\"");
      case 9 -> json.append(",\"host\":\"").append(host).append('"');
      case 10 -> json.append(",\"etag\":{\"a\":1}");
      case 11 -> json.append(",\"x\":null,\"size\":null,\"sha256\":null");
      default -> {}
    }
  }

  private byte[] noReference(String host) {
    return switch (random.nextInt(12)) {
      case 0 -> new byte[0];
      case 1 -> "null".getBytes(UTF_8);
      case 2 -> "[".repeat(5_000).getBytes(UTF_8);
      case 3 -> ("{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)).getBytes(UTF_8);
      case 4 -> ("{\"file\":\"" + "x".repeat(1 << 20) + "\"}").getBytes(UTF_8);
      case 5 -> "{\"host\":1,\"bucket\":2,\"file\":3}".getBytes(UTF_8);
      case 6 -> new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2};
      case 7 -> "{\"host\":null,\"bucket\":null,\"file\":null}".getBytes(UTF_8);
      case 8 ->
          (new String(FileReferences.of(host, OWN, "a").toJson(), UTF_8) + "{}").getBytes(UTF_8);
      case 9 ->
          "{\"host\":{\"host\":[]},\"bucket\":[\"own.bucket\"],\"file\":true}".getBytes(UTF_8);
      case 10 -> "\"a\"".getBytes(UTF_8);
      default -> {
        byte[] noise = new byte[random.nextInt(100)];
        random.nextBytes(noise);
        yield noise;
      }
    };
  }

  private byte[] truncated(String host) {
    String json = new String(FileReferences.of(host, OWN, "a").toJson(), UTF_8);
    return json.substring(0, random.nextInt(json.length())).getBytes(UTF_8);
  }

  /** References that say no more than where. */
  static final class FileReferences {
    private FileReferences() {}

    static FileReference of(String host, String bucket, String file) {
      return new FileReference(
          host, bucket, file, OptionalLong.empty(), Optional.empty(), Optional.empty());
    }
  }
}
