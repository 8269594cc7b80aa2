package run.algo.sdk.kafka.internal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import run.algo.sdk.kafka.internal.observe.StorageCounters;
import run.algo.sdk.kafka.internal.observe.StorageCounters.Operation;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;

/**
 * A file store that counts what executions ask of it: reading and writing. Thread-safe, as the one
 * beneath.
 */
public final class MeteredFileStore implements FileStore {

  private final FileStore store;
  private final StorageCounters counters;

  /**
   * A store.
   *
   * @param store does what is asked
   * @param counters are told of it
   */
  public MeteredFileStore(FileStore store, StorageCounters counters) {
    this.store = store;
    this.counters = counters;
  }

  /** Something that is asked. */
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T counted(Operation operation, Call<T> call) throws IOException {
    long begin = System.nanoTime();
    boolean good = false;
    try {
      T result = call.run();
      good = true;
      return result;
    } finally {
      counters.ended(operation, good, System.nanoTime() - begin);
    }
  }

  @Override
  public FileUpload upload(FileTarget target) throws IOException {
    return new Upload(store.upload(target));
  }

  @Override
  public FileReference write(FileTarget target, byte[] content) throws IOException {
    return counted(Operation.WRITE, () -> store.write(target, content));
  }

  @Override
  public FileReference write(FileTarget target, Path content) throws IOException {
    return counted(Operation.WRITE, () -> store.write(target, content));
  }

  @Override
  public FileDownload read(FileReference reference) throws IOException {
    return counted(Operation.READ, () -> store.read(reference));
  }

  @Override
  public FileDownload read(FileReference reference, Duration timeout) throws IOException {
    return counted(Operation.READ, () -> store.read(reference, timeout));
  }

  @Override
  public boolean delete(FileReference reference) throws IOException {
    return store.delete(reference);
  }

  @Override
  public List<StoredFile> list(String prefix, String after) throws IOException {
    return store.list(prefix, after);
  }

  @Override
  public Map<String, String> tags(FileReference reference) throws IOException {
    return store.tags(reference);
  }

  @Override
  public int removeUnfinished(String prefix, Instant begunBefore) throws IOException {
    return store.removeUnfinished(prefix, begunBefore);
  }

  @Override
  public void close() {
    store.close();
  }

  /** Counts when it is completed; one that is given up was nobody's request. */
  private final class Upload extends FileUpload {

    private final FileUpload upload;
    private final long begin = System.nanoTime();
    private boolean counted;

    Upload(FileUpload upload) {
      this.upload = upload;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      try {
        upload.write(from, offset, length);
      } catch (IOException | RuntimeException e) {
        ended(false);
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      upload.flush();
    }

    @Override
    public FileReference complete() throws IOException {
      boolean good = false;
      try {
        FileReference reference = upload.complete();
        good = true;
        return reference;
      } finally {
        ended(good);
      }
    }

    private void ended(boolean good) {
      if (!counted) {
        counted = true;
        counters.ended(Operation.UPLOAD, good, System.nanoTime() - begin);
      }
    }

    @Override
    public void close() {
      upload.close();
    }
  }
}
