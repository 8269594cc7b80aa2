package run.algo.sdk.kafka.internal.execute;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Payload;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.spi.FileReference;

/** The content of a record that is executed: in the record, or in the file that it refers to. */
final class RecordPayload implements Payload {

  private final Execution execution;
  private final ExecutionFiles files;
  private final FileScope scope;
  private @Nullable FileReference reference;
  private @Nullable Path path;

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
    if (!execution.isReference()) {
      return new ByteArrayInputStream(execution.record.value());
    }
    FileReference known = reference();
    try {
      return files.keep(scope.storage().toRead().read(known));
    } catch (IllegalArgumentException e) {
      throw new StorageException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public byte[] bytes() throws IOException {
    files.checkOpen();
    if (!execution.isReference()) {
      return execution.record.value();
    }
    try (InputStream in = open()) {
      return in.readAllBytes();
    }
  }

  @Override
  public Path path() throws IOException {
    files.checkOpen();
    Path known = path;
    if (known == null) {
      known = scope.directory().create().resolve("payload");
      try (InputStream in = open()) {
        Files.copy(in, known);
      }
      path = known;
    }
    return known;
  }

  /** Whether it lies in storage. */
  boolean isReference() {
    return execution.isReference();
  }

  private FileReference reference() throws StorageException {
    FileReference known = reference;
    if (known == null) {
      try {
        known = FileReference.parse(execution.record.value());
      } catch (IllegalArgumentException e) {
        throw new StorageException(String.valueOf(e.getMessage()), e);
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
