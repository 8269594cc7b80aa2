package run.algo.examples.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.StoredFile;
import run.algo.sdk.storage.S3FileStoreProvider;
import run.algo.sdk.testkit.s3.EmbeddedS3;

/** A deployment's bucket, looked at from outside of its processes. */
final class StoredFiles implements AutoCloseable {

  private final EmbeddedS3 s3;
  private final String bucket;
  private final FileStore store;

  StoredFiles(EmbeddedS3 s3, Deployment deployment, Path folder) {
    this.s3 = s3;
    this.bucket = deployment.bucket();
    this.store = new S3FileStoreProvider().open(s3.settings(bucket, folder));
  }

  FileStore store() {
    return store;
  }

  /** The keys of all objects; none where there is no bucket. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    if (!s3.hasBucket(bucket)) {
      return keys;
    }
    try {
      String after = "";
      for (List<StoredFile> page = store.list("", after);
          !page.isEmpty();
          page = store.list("", after)) {
        page.forEach(file -> keys.add(file.key()));
        after = keys.get(keys.size() - 1);
      }
      return keys;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  List<String> openUploads() {
    return s3.openUploads(bucket);
  }

  /** Reads a file, which verifies it against its reference, and tells its digest. */
  String sha256(byte[] reference) {
    MessageDigest digest = newDigest();
    try (InputStream in = store.read(FileReference.parse(reference))) {
      byte[] buffer = new byte[64 * 1024];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Digest of what a command of this seed writes, drawn as the document of the table has it. */
  static String expectedSha256(long seed, long bytes) {
    Random random = new Random(seed);
    byte[] block = new byte[8192];
    MessageDigest digest = newDigest();
    for (long at = 0; at < bytes; at++) {
      int within = (int) (at % block.length);
      if (within == 0) {
        random.nextBytes(block);
      }
      digest.update(block[within]);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
