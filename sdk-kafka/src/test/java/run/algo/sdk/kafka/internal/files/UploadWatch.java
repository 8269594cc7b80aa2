package run.algo.sdk.kafka.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;
import run.algo.sdk.testkit.InMemoryFileStore;

/**
 * A store in memory that tells what was written to it, and fails or hangs when the test says so.
 */
public final class UploadWatch implements FileStore {

  private final InMemoryFileStore files = new InMemoryFileStore("minio:9000", "bucket");

  /** Of each file that was begun or written, in their order. */
  public final List<FileTarget> targets = new CopyOnWriteArrayList<>();

  /** What happened, in its order. */
  public final List<String> events = new CopyOnWriteArrayList<>();

  /** Uploads that are neither complete nor aborted. */
  public final AtomicInteger open = new AtomicInteger();

  /** Thrown by what writes, while it is not null. */
  public volatile IOException broken;

  /** Writes to an upload wait for it, whatever interrupts them, while it is not null. */
  public volatile CountDownLatch hanging;

  /** Counted down by a write that waits. */
  public final CountDownLatch hangs = new CountDownLatch(1);

  private FileTarget begun(FileTarget target) throws IOException {
    targets.add(target);
    fail();
    return target;
  }

  private void fail() throws IOException {
    IOException failure = broken;
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public FileUpload upload(FileTarget target) throws IOException {
    FileUpload upload = files.upload(begun(target));
    open.incrementAndGet();
    return new Watched(upload);
  }

  @Override
  public FileReference write(FileTarget target, byte[] content) throws IOException {
    events.add("bytes");
    return files.write(begun(target), content);
  }

  @Override
  public FileReference write(FileTarget target, Path content) throws IOException {
    events.add("path");
    return files.write(begun(target), content);
  }

  @Override
  public FileDownload read(FileReference reference) throws IOException {
    return files.read(reference);
  }

  @Override
  public FileDownload read(FileReference reference, Duration timeout) throws IOException {
    return files.read(reference, timeout);
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

  /** The keys that are there. */
  public SortedSet<String> keys() {
    return files.keys();
  }

  /** The content of a file that a record's value refers to. */
  public byte[] content(byte[] reference) throws IOException {
    try (InputStream in = files.read(FileReference.parse(reference))) {
      return in.readAllBytes();
    }
  }

  private final class Watched extends FileUpload {
    private final FileUpload upload;
    private final AtomicInteger inside = new AtomicInteger();
    private boolean over;

    Watched(FileUpload upload) {
      this.upload = upload;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      enter();
      try {
        fail();
        hang();
        upload.write(from, offset, length);
      } finally {
        inside.decrementAndGet();
      }
    }

    private void hang() {
      CountDownLatch latch = hanging;
      boolean interrupted = false;
      while (latch != null) {
        hangs.countDown();
        try {
          latch.await();
          latch = null;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public FileReference complete() throws IOException {
      enter();
      try {
        fail();
        FileReference reference = upload.complete();
        end("complete");
        return reference;
      } finally {
        inside.decrementAndGet();
      }
    }

    @Override
    public void close() {
      try {
        enter();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      upload.close();
      end("abort");
      inside.decrementAndGet();
    }

    private void end(String how) {
      if (!over) {
        over = true;
        open.decrementAndGet();
        events.add(how);
      }
    }

    /** An upload is for one thread at a time. */
    private void enter() throws IOException {
      if (inside.incrementAndGet() != 1) {
        events.add("two threads at once");
        throw new IOException("two threads at once");
      }
    }
  }
}
