package run.algo.sdk.benchmarks.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import run.algo.sdk.benchmarks.process.ParentWatch;
import run.algo.sdk.testkit.s3.EmbeddedS3;

/**
 * The process of the server: {@code S3Main}, in memory, or {@code S3Main FOLDER}. Prints {@link
 * #READY} and the address, and serves until it is killed or its parent is gone.
 */
final class S3Main {

  /** Begins the line with the address. */
  static final String READY = "S3 ";

  private S3Main() {}

  /**
   * Runs the server.
   *
   * @param args the folder of the objects, none to keep them in memory
   */
  public static void main(String[] args) throws Exception {
    ParentWatch.endWithParent();
    EmbeddedS3.Builder builder = EmbeddedS3.builder();
    if (args.length > 0) {
      builder.directory(Files.createDirectories(Path.of(args[0])));
    }
    EmbeddedS3 s3 = builder.start();
    s3.createBucket(S3Address.BUCKET);
    System.out.println(
        READY + new S3Address(s3.endpoint(), s3.credentials().orElseThrow()).words());
    new CountDownLatch(1).await();
  }
}
