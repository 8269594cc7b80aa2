package run.algo.sdk.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import run.algo.sdk.testkit.contract.FileStoreContract;
import run.algo.sdk.testkit.docker.DockerImage;
import run.algo.sdk.testkit.docker.WithDocker;

/**
 * The store is what every store is to be, over a server as it is deployed: MinIO, where its image
 * can be had, otherwise S3Proxy.
 */
@WithDocker({S3FileStoreDockerIT.MINIO, S3FileStoreDockerIT.S3PROXY})
class S3FileStoreDockerIT extends FileStoreContract {

  static final String MINIO = "minio/minio:RELEASE.2025-09-07T16-13-09Z";
  static final String S3PROXY = "andrewgaul/s3proxy:latest";

  private static final Credentials LOGIN = new Credentials("the-access", "the-secret-of-it");
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private static boolean minio;
  private static GenericContainer<?> container;
  private static URI endpoint;

  private String bucket = "";

  @BeforeAll
  static void start(DockerImage image) {
    minio = image.name().equals(MINIO);
    container = minio ? minio(image) : s3Proxy(image);
    container.start();
    endpoint = URI.create("http://" + container.getHost() + ":" + container.getFirstMappedPort());
  }

  @AfterAll
  static void stop() {
    container.stop();
  }

  private static GenericContainer<?> minio(DockerImage image) {
    return new GenericContainer<>(image.name())
        .withEnv("MINIO_ROOT_USER", LOGIN.accessKey())
        .withEnv("MINIO_ROOT_PASSWORD", LOGIN.secretKey())
        .withCommand("server", "/data")
        .withExposedPorts(9000)
        .waitingFor(Wait.forHttp("/minio/health/ready").forPort(9000));
  }

  private static GenericContainer<?> s3Proxy(DockerImage image) {
    return new GenericContainer<>(image.name())
        .withEnv(
            Map.of(
                "S3PROXY_IDENTITY",
                LOGIN.accessKey(),
                "S3PROXY_CREDENTIAL",
                LOGIN.secretKey(),
                // Its keys are names of files: those of Java are in the encoding of the locale.
                "LC_ALL",
                "C.UTF-8",
                // It keeps no tags, and would refuse the header that sets them.
                "JAVA_TOOL_OPTIONS",
                "-Ds3proxy.ignore-unknown-headers=true",
                "S3PROXY_IGNORE_UNKNOWN_HEADERS",
                "true"))
        .withExposedPorts(80)
        .waitingFor(Wait.forHttp("/").forPort(80).forStatusCodeMatching(status -> status < 500));
  }

  @Override
  protected FileStore open() {
    bucket = "local.contract-" + BUCKETS.incrementAndGet();
    return new S3FileStoreProvider().open(settings(LOGIN));
  }

  @Override
  protected Optional<FileStore> openForbidden() {
    bucket = "local.contract-" + (BUCKETS.get() + 1);
    return Optional.of(
        new S3FileStoreProvider().open(settings(new Credentials("who", "knows-that"))));
  }

  @Override
  protected int partSize() {
    return FileStoreOptions.MIN_PART_SIZE;
  }

  @Override
  protected boolean keepsTags() {
    return minio;
  }

  @Override
  protected boolean keepsKeysBelowKeys() {
    return minio;
  }

  private FileStoreSettings settings(Credentials credentials) {
    FileStoreOptions options = FileStoreOptions.DEFAULTS;
    return new FileStoreSettings(
        endpoint,
        "us-east-1",
        bucket,
        Set.of(),
        Path.of("/input"),
        Optional.of(credentials),
        new FileStoreOptions(
            partSize(), options.parts(), options.crc32c(), options.timeout(), options.caFile()));
  }
}
