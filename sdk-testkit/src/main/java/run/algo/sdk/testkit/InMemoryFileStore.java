package run.algo.sdk.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;

/**
 * A file store that keeps its files in memory, for tests that need no storage server. It passes
 * {@link run.algo.sdk.testkit.contract.FileStoreContract}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class InMemoryFileStore implements FileStore {

  private final String host;
  private final String bucket;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * An empty store.
   *
   * @param host authority that its references name, such as {@code minio:9000}
   * @param bucket bucket that its references name
   */
  public InMemoryFileStore(String host, String bucket) {
    this.host = Objects.requireNonNull(host, "host");
    this.bucket = Objects.requireNonNull(bucket, "bucket");
  }

  @Override
  public FileReference write(String key, InputStream content) throws IOException {
    checkOpen();
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an object key cannot be empty");
    }
    byte[] bytes = content.readAllBytes();
    files.put(key, bytes);
    return new FileReference(
        host,
        bucket,
        key,
        OptionalLong.of(bytes.length),
        Optional.of(sha256(bytes)),
        Optional.empty());
  }

  @Override
  public InputStream read(FileReference reference) throws IOException {
    checkOpen();
    checkOwn(reference);
    byte[] bytes = files.get(reference.file());
    if (bytes == null) {
      throw new NoSuchFileException(reference.file());
    }
    long size = reference.size().orElse(bytes.length);
    if (size != bytes.length) {
      throw new FileMismatchException(
          reference.file() + " has " + bytes.length + " bytes, its reference says " + size);
    }
    String digest = sha256(bytes);
    if (!reference.sha256().orElse(digest).equals(digest)) {
      throw new FileMismatchException(
          reference.file() + " has the SHA-256 " + digest + ", its reference says another");
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public boolean delete(FileReference reference) {
    checkOpen();
    checkOwn(reference);
    return files.remove(reference.file()) != null;
  }

  /**
   * The keys of the files that are there, for a test to look at; works after the close as well.
   *
   * @return the keys in order, a copy
   */
  public SortedSet<String> keys() {
    return new TreeSet<>(files.keySet());
  }

  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the file store is closed");
    }
  }

  private void checkOwn(FileReference reference) {
    if (!reference.host().equals(host) || !reference.bucket().equals(bucket)) {
      throw new IllegalArgumentException(
          "the reference names "
              + reference.host()
              + "/"
              + reference.bucket()
              + ", this store is "
              + host
              + "/"
              + bucket);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
