package run.algo.sdk.kafka.internal.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;
import run.algo.sdk.testkit.InMemoryFileStore;

/** A store in memory that counts what is read and still open, and fails as a test wants it. */
public final class WatchedStore implements FileStore {

  private final InMemoryFileStore files = new InMemoryFileStore("minio:9000", "test");
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();

  /** The time that each read was given, in its order; null for the store's own. */
  public final List<@Nullable Duration> reads = new CopyOnWriteArrayList<>();

  /** What the next reads fail with, the first one first. */
  public final List<Exception> failures = new CopyOnWriteArrayList<>();

  /** What streams are, instead of what is stored. */
  public volatile UnaryOperator<InputStream> streams = UnaryOperator.identity();

  /** Whether it tells the length of what is read. */
  public volatile boolean tellsSizes = true;

  /** Runs when a stream is open and about to be returned. */
  public volatile Runnable opened = () -> {};

  /** How many streams are open. */
  public int open() {
    return open.get();
  }

  /** How many were open at once. */
  public int mostOpen() {
    return mostOpen.get();
  }

  @Override
  public FileDownload read(FileReference reference) throws IOException {
    return read(reference, (Duration) null);
  }

  @Override
  public FileDownload read(FileReference reference, @Nullable Duration timeout) throws IOException {
    List<@Nullable Duration> one = new ArrayList<>();
    one.add(timeout);
    reads.addAll(one);
    if (!failures.isEmpty()) {
      Exception failure = failures.remove(0);
      if (failure instanceof IOException e) {
        throw e;
      }
      throw (RuntimeException) failure;
    }
    FileDownload download = files.read(reference);
    InputStream stream = streams.apply(download);
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    opened.run();
    return FileDownload.of(
        new Watched(stream), tellsSizes ? download.size() : OptionalLong.empty());
  }

  @Override
  public FileUpload upload(FileTarget target) {
    return files.upload(target);
  }

  @Override
  public FileReference write(FileTarget target, byte[] content) {
    return files.write(target, content);
  }

  @Override
  public FileReference write(FileTarget target, Path content) throws IOException {
    return files.write(target, content);
  }

  @Override
  public boolean delete(FileReference reference) {
    return files.delete(reference);
  }

  @Override
  public List<StoredFile> list(String prefix, String after) {
    return files.list(prefix, after);
  }

  @Override
  public Map<String, String> tags(FileReference reference) throws IOException {
    return files.tags(reference);
  }

  @Override
  public int removeUnfinished(String prefix, Instant begunBefore) {
    return files.removeUnfinished(prefix, begunBefore);
  }

  @Override
  public void close() {
    files.close();
  }

  /** A stream that is counted while it is open. */
  private final class Watched extends FilterInputStream {
    private boolean closed;

    Watched(InputStream content) {
      super(content);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("read after it was closed");
      }
      return super.read(into, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
        super.close();
      }
    }
  }
}
