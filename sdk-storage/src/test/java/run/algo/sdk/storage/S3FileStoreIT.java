package run.algo.sdk.storage;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import run.algo.sdk.testkit.contract.FileStoreContract;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.WithEmbeddedS3;

/** The store is what every store is to be, over a server that is the real thing. */
@WithEmbeddedS3
class S3FileStoreIT extends FileStoreContract {

  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static EmbeddedS3 s3;

  private String bucket = "";

  @BeforeAll
  static void take(EmbeddedS3 shared) {
    s3 = shared;
  }

  @Override
  protected FileStore open() {
    bucket = "local.contract-" + BUCKETS.incrementAndGet();
    return new S3FileStoreProvider().open(settings(s3.credentials()));
  }

  @Override
  protected int partSize() {
    return FileStoreOptions.MIN_PART_SIZE;
  }

  @Override
  protected Optional<FileStore> openForbidden() {
    bucket = "local.contract-" + (BUCKETS.get() + 1);
    return Optional.of(
        new S3FileStoreProvider().open(settings(Optional.of(new Credentials("who", "knows")))));
  }

  private FileStoreSettings settings(Optional<Credentials> credentials) {
    FileStoreSettings defaults = s3.settings(bucket, Path.of("/input"));
    FileStoreOptions options = FileStoreOptions.DEFAULTS;
    return new FileStoreSettings(
        defaults.endpoint(),
        defaults.region(),
        bucket,
        defaults.readBuckets(),
        defaults.inputDirectory(),
        credentials,
        new FileStoreOptions(
            partSize(), options.parts(), options.crc32c(), options.timeout(), options.caFile()));
  }
}
