package run.algo.sdk.kafka.internal.execute;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Payload;
import run.algo.sdk.StorageException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.files.InputDirectory;
import run.algo.sdk.kafka.internal.files.PayloadMemory;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;

/**
 * The content of a record that is executed: in the record, or in the file that it refers to. For
 * one thread at a time; the execution may end on another.
 */
final class RecordPayload implements Payload {

  /** How long memory is waited for where the worker can do nothing else. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The same where other executions of its form need workers to end, and so to free memory. */
  private static final Duration SHORT_PATIENCE = Duration.ofMillis(100);

  private final Execution execution;
  private final ExecutionFiles files;
  private final FileScope scope;
  private PayloadMemory.@Nullable Holding memory;
  private @Nullable FileReference reference;
  private byte @Nullable [] bytes;
  private @Nullable Path path;

  /** What was read last. */
  private volatile @Nullable PayloadStream last;

  /** How many bytes came from storage before that, of the times that it was read the most. */
  private volatile long read;

  /** The file was found to have the length that its reference says. */
  private volatile boolean found;

  /** Reads a stream. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(InputStream in) throws Exception;
  }

  /**
   * A payload.
   *
   * @param execution the execution; its record has a value
   * @param files what the execution holds
   * @param scope the runner's
   */
  RecordPayload(Execution execution, ExecutionFiles files, FileScope scope) {
    this.execution = execution;
    this.files = files;
    this.scope = scope;
  }

  @Override
  public String name() {
    return execution.fileName();
  }

  @Override
  public OptionalLong size() {
    if (!execution.isReference()) {
      return OptionalLong.of(execution.record.value().length);
    }
    try {
      return reference().size();
    } catch (StorageException e) {
      return OptionalLong.empty(); // told to whoever reads it
    }
  }

  @Override
  public InputStream open() throws IOException {
    files.checkOpen();
    return execution.isReference() ? stream() : new ByteArrayInputStream(execution.record.value());
  }

  @Override
  public byte[] bytes() throws IOException {
    files.checkOpen();
    if (!execution.isReference()) {
      return execution.record.value();
    }
    byte[] known = bytes;
    if (known == null) {
      try {
        known = inMemory(InputStream::readAllBytes);
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a stream threw what it does not declare", e);
      }
      bytes = known; // the memory is taken in any case, and once is enough
    }
    return known;
  }

  /**
   * Its content as a value that is kept in memory, whatever part of it its format keeps.
   *
   * @throws Exception as the codec does, or when it cannot be read
   */
  <T> T value(Codec<T> codec) throws Exception {
    files.checkOpen();
    return execution.isReference()
        ? inMemory(codec::decode)
        : codec.decode(execution.record.value());
  }

  private <T> T inMemory(Reader<T> reader) throws Exception {
    OptionalLong size = reference().size();
    PayloadMeter meter = meter(ReadFailures.of(reference()));
    if (size.isPresent()) {
      meter.take(0, size); // rather than wait for it with a connection open
    }
    try (PayloadStream in = stream()) {
      if (size.isEmpty()) {
        meter.take(0, in.size());
      }
      in.meter(meter);
      T result = reader.read(in);
      meter.end(in.position());
      return result;
    } catch (Exception e) {
      meter.discard();
      throw e;
    }
  }

  private PayloadMeter meter(ReadFailures failures) {
    PayloadMemory.Holding known = memory;
    if (known == null) {
      known = files.keep(scope.memory().holding(execution.share()));
      memory = known;
    }
    // A batch that has not been run takes of its records as many as fit; the others come again.
    boolean comesAgain = execution.isLoading() && execution.route.form() == FormKind.BATCH;
    return new PayloadMeter(known, failures, patience(), comesAgain);
  }

  private Duration patience() {
    Duration most = execution.route.form() == FormKind.ASYNC ? SHORT_PATIENCE : PATIENCE;
    return execution.remaining().filter(left -> left.compareTo(most) < 0).orElse(most);
  }

  @Override
  public Path path() throws IOException {
    files.checkOpen();
    Path known = path;
    if (known == null) {
      known = write();
      path = known;
    }
    return known;
  }

  /** Whether it lies in storage. */
  boolean isReference() {
    return execution.isReference();
  }

  private Path write() throws IOException {
    ReadFailures failures =
        execution.isReference() ? ReadFailures.of(reference()) : ReadFailures.ofRecord();
    InputDirectory directory = scope.directory();
    Path folder;
    try {
      folder = directory.create();
    } catch (IOException e) {
      throw failures.onDisk(directory.path(), e);
    }
    Closeable removal = () -> directory.remove(folder);
    files.keep(removal);
    try (InputStream in = open()) {
      return PayloadFile.write(in, directory, folder, name(), failures);
    } catch (IOException | RuntimeException e) {
      files.release(removal);
      try {
        removal.close();
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** How much its file counts as read, in bytes: 0 for one that was not looked into. */
  long counted() {
    FileReference known = reference;
    if (known != null && found && known.size().isPresent()) {
      return known.size().getAsLong();
    }
    PayloadStream stream = last;
    return stream == null ? read : Math.max(read, stream.position());
  }

  private PayloadStream stream() throws StorageException {
    FileReference known = reference();
    ReadFailures failures = ReadFailures.of(known);
    FileStore store = scope.storage().toRead();
    FileDownload content;
    try {
      Optional<Duration> remaining = execution.remaining();
      content = remaining.isPresent() ? store.read(known, remaining.get()) : store.read(known);
    } catch (IOException | RuntimeException e) {
      files.checkOpen(); // a store that was closed beneath a late thread is not to be told of
      throw failures.of(e);
    }
    read = counted();
    found = true;
    PayloadStream stream =
        PayloadStream.keep(
            content,
            known.size().isPresent() ? known.size() : content.size(),
            failures,
            files,
            scope.storage(),
            () -> meter(failures));
    last = stream;
    return stream;
  }

  private FileReference reference() throws StorageException {
    FileReference known = reference;
    if (known == null) {
      try {
        known = FileReference.parse(execution.record.value());
      } catch (IllegalArgumentException e) {
        throw ReadFailures.noReference(e);
      }
      reference = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return "payload of " + execution.position();
  }
}
