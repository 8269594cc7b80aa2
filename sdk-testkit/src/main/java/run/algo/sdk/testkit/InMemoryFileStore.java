package run.algo.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;

/**
 * A file store that keeps its files in memory, for tests that need no storage server. It passes
 * {@link run.algo.sdk.testkit.contract.FileStoreContract}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class InMemoryFileStore implements FileStore {

  private static final int MAX_KEY_BYTES = 1024;
  private static final int MAX_TAG_LENGTH = 256;
  private static final int PAGE = 1_000;

  /** Beyond this length an upload counts as one in parts, which another one of its key ends. */
  private static final int PART = 64 * 1024;

  private final String host;
  private final String bucket;
  private final Clock clock;
  private final NavigableMap<String, Content> files = new ConcurrentSkipListMap<>();
  private final Map<String, MemoryUpload> inParts = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * An empty store.
   *
   * @param host authority that its references name, such as {@code minio:9000}
   * @param bucket bucket that its references name
   */
  public InMemoryFileStore(String host, String bucket) {
    this(host, bucket, Clock.systemUTC());
  }

  /**
   * An empty store with a clock of the test's.
   *
   * @param host authority that its references name, such as {@code minio:9000}
   * @param bucket bucket that its references name
   * @param clock tells when files are written
   */
  public InMemoryFileStore(String host, String bucket, Clock clock) {
    this.host = Objects.requireNonNull(host, "host");
    this.bucket = Objects.requireNonNull(bucket, "bucket");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  @Override
  public FileUpload upload(FileTarget target) {
    checkOpen();
    checkKey(target.key());
    return new MemoryUpload(target);
  }

  @Override
  public FileReference write(FileTarget target, byte[] content) {
    checkOpen();
    checkKey(target.key());
    return put(target, content.clone());
  }

  @Override
  public FileReference write(FileTarget target, Path content) throws IOException {
    checkOpen();
    checkKey(target.key());
    return put(target, Files.readAllBytes(content));
  }

  @Override
  public FileDownload read(FileReference reference, Duration timeout) throws IOException {
    Content content = content(reference);
    long size = reference.size().orElse(content.bytes().length);
    if (size != content.bytes().length) {
      throw new FileMismatchException(
          reference.file()
              + " has "
              + content.bytes().length
              + " bytes, its reference says "
              + size);
    }
    if (!reference.sha256().orElse(content.sha256()).equals(content.sha256())) {
      throw new FileMismatchException(
          reference.file() + " has the SHA-256 " + content.sha256() + ", its reference another");
    }
    return FileDownload.of(
        new ByteArrayInputStream(content.bytes()), OptionalLong.of(content.bytes().length));
  }

  @Override
  public FileDownload read(FileReference reference) throws IOException {
    return read(reference, Duration.ZERO);
  }

  @Override
  public boolean delete(FileReference reference) {
    checkOpen();
    checkOwn(reference);
    return files.remove(reference.file()) != null;
  }

  @Override
  public List<StoredFile> list(String prefix, String after) {
    checkOpen();
    return files.tailMap(after, false).entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix))
        .limit(PAGE)
        .map(
            file ->
                new StoredFile(
                    file.getKey(), file.getValue().bytes().length, file.getValue().modified()))
        .toList();
  }

  @Override
  public Map<String, String> tags(FileReference reference) throws IOException {
    return content(reference).tags();
  }

  /**
   * Ends uploads that have been given more than 64 KiB and are neither complete nor closed; smaller
   * ones have left nothing that could be removed.
   */
  @Override
  public int removeUnfinished(String prefix, Instant begunBefore) {
    checkOpen();
    int removed = 0;
    for (MemoryUpload upload : List.copyOf(inParts.values())) {
      if (upload.target.key().startsWith(prefix)
          && upload.isBegunBefore(begunBefore)
          && inParts.remove(upload.target.key(), upload)) {
        removed++;
      }
    }
    return removed;
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

  private FileReference put(FileTarget target, byte[] bytes) {
    String digest = sha256(bytes);
    files.compute(
        target.key(),
        (key, old) ->
            old != null && old.sha256().equals(digest)
                ? old
                : new Content(bytes, digest, clean(target.tags()), clock.instant()));
    return new FileReference(
        host,
        bucket,
        target.key(),
        OptionalLong.of(bytes.length),
        Optional.of(digest),
        Optional.empty());
  }

  private Content content(FileReference reference) throws IOException {
    checkOpen();
    checkOwn(reference);
    Content content = files.get(reference.file());
    if (content == null) {
      throw new NoSuchFileException(reference.file());
    }
    return content;
  }

  private static Map<String, String> clean(Map<String, String> tags) {
    Map<String, String> clean = new TreeMap<>();
    tags.forEach((name, value) -> clean.put(clean(name), clean(value)));
    return Map.copyOf(clean);
  }

  private static String clean(String text) {
    String clean = text.replaceAll("[^\\p{L}\\p{N} +\\-=._:/@]", "_");
    return clean.length() > MAX_TAG_LENGTH ? clean.substring(0, MAX_TAG_LENGTH) : clean;
  }

  private static void checkKey(String key) {
    if (key.isEmpty() || key.getBytes(UTF_8).length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException("an object key has 1 to " + MAX_KEY_BYTES + " bytes");
    }
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

  /** A file. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(byte[] bytes, String sha256, Map<String, String> tags, Instant modified) {}

  /** Gathers what is written, and puts it there as a whole. */
  private final class MemoryUpload extends FileUpload {

    private final FileTarget target;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private volatile @Nullable Instant begun;
    private @Nullable FileReference reference;
    private boolean over;

    MemoryUpload(FileTarget target) {
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      checkUsable();
      gathered.write(b);
      countParts();
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      checkUsable();
      gathered.write(from, offset, length);
      countParts();
    }

    private void countParts() {
      if (gathered.size() > PART && !isInParts()) {
        begun = clock.instant();
        inParts.put(target.key(), this);
      }
    }

    @Override
    public FileReference complete() throws IOException {
      if (reference == null) {
        checkUsable();
        over = true;
        if (isInParts() && !inParts.remove(target.key(), this)) {
          throw ended();
        }
        reference = put(target, gathered.toByteArray());
      }
      return reference;
    }

    @Override
    public void close() {
      over = true;
      inParts.remove(target.key(), this);
    }

    boolean isBegunBefore(Instant time) {
      Instant when = begun;
      return when != null && when.isBefore(time);
    }

    private boolean isInParts() {
      return begun != null;
    }

    private void checkUsable() throws IOException {
      if (isInParts() && !over && inParts.get(target.key()) != this) {
        over = true;
        throw ended();
      }
      if (over || closed) {
        throw new IOException("the upload of " + target.key() + " is over");
      }
    }

    private IOException ended() {
      return new IOException(
          "the upload of " + target.key() + " was removed, or another one of that key has begun");
    }
  }
}
