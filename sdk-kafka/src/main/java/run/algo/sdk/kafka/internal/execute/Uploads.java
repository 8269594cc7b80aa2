package run.algo.sdk.kafka.internal.execute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import run.algo.sdk.OutputFile;
import run.algo.sdk.Payload;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.files.ObjectKeys;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;

/**
 * What one execution puts into storage: under keys that are the same whenever its record is
 * executed, and within its deadline. Made when there is something to put.
 *
 * <p>Most uploads begin when the Algo has returned. A record whose Algo has taken almost all of the
 * time must not fail for that again and again, so they have {@link #LEAST} at any rate; an
 * execution may outlast its deadline by that much. No deadline, no limit of ours: then a failed
 * request is tried again for as long as the store does by itself.
 */
final class Uploads {

  /** How long an upload is tried at least: enough for a store that is throttled or fails over. */
  static final Duration LEAST = Duration.ofSeconds(5);

  private static final int BUFFER = 64 * 1024;

  private static final int MOST_PRINTED = 100;

  private final FileScope scope;
  private final Execution execution;

  Uploads(FileScope scope, Execution execution) {
    this.scope = scope;
    this.execution = execution;
  }

  /** Whether what is too large for its topic goes to storage. */
  boolean takesOversize() {
    return scope.oversize() && scope.storage().writable();
  }

  /**
   * A file that the Algo writes.
   *
   * @throws StorageException when there is no storage
   */
  StreamedOutput open(OutputTarget output, OutputFile file) throws StorageException {
    FileStore store = scope.storage().toWrite();
    return new StreamedOutput(
        file,
        index ->
            // It is completed after the Algo, so it has what the others have besides.
            store.upload(
                target(
                    key(output.name(), index, file.name()),
                    execution.remaining().map(LEAST::plus))));
  }

  /**
   * Stores what stands in the way of a record.
   *
   * @return the record as it is sent
   * @throws Exception as {@link PendingRecord.Content#store} does
   */
  OutputRecord store(PendingRecord record) throws Exception {
    return record.referringTo(record.content().store(this, key(record)));
  }

  /**
   * Stores the value of a record that is too large.
   *
   * @return the record as it is sent
   * @throws StorageException when the value cannot be written
   */
  OutputRecord store(OutputRecord record) throws StorageException {
    return record.referringTo(write(key(record), record.value()));
  }

  /**
   * Stores the content of a record that has died, for as long as the store tries.
   *
   * @param headers the dead letter's
   * @return the headers of one that refers to it
   */
  DeadLetter storeRecord(Headers headers) throws StorageException {
    String key =
        ObjectKeys.ofDeadLetter(
            ObjectKeys.writer(scope.algo()),
            execution.traceIdBytes(),
            execution.position(),
            execution.fileName());
    FileReference reference;
    try {
      reference =
          scope.storage().toWrite().write(target(key, Optional.empty()), execution.record.value());
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
    RecordHeaders changed = new RecordHeaders(headers);
    changed.remove(ProtocolHeaders.MESSAGE_DATA_TYPE);
    changed.add(OutputTarget.REFERENCE);
    return new DeadLetter(changed, reference.toJson());
  }

  /** A dead letter whose content is in storage. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record DeadLetter(Headers headers, byte[] value) {}

  // Contents

  FileReference write(String key, byte[] content) throws StorageException {
    try {
      return scope.storage().toWrite().write(target(key, remaining()), content);
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
  }

  FileReference write(String key, Path content) throws StorageException {
    try {
      return scope.storage().toWrite().write(target(key, remaining()), content);
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
  }

  /** Passes a payload on without reading it into memory. */
  FileReference write(String key, Payload content) throws IOException {
    try (InputStream in = content.open();
        FileUpload upload = upload(key)) {
      byte[] buffer = new byte[BUFFER];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        write(key, upload, buffer, length);
      }
      return complete(key, upload);
    }
  }

  private FileUpload upload(String key) throws StorageException {
    try {
      return scope.storage().toWrite().upload(target(key, remaining()));
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
  }

  private static void write(String key, FileUpload upload, byte[] buffer, int length)
      throws StorageException {
    try {
      upload.write(buffer, 0, length);
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
  }

  private static FileReference complete(String key, FileUpload upload) throws StorageException {
    try {
      return upload.complete();
    } catch (IOException | RuntimeException e) {
      throw failed(object(key), e);
    }
  }

  // Where it goes

  private String key(OutputRecord record) {
    // Every output has the header.
    String name = ProtocolHeaders.text(record.headers(), ProtocolHeaders.FILE_NAME);
    return key(record.target().name(), record.emission(), Objects.requireNonNullElse(name, ""));
  }

  private String key(String output, int emission, String name) {
    return ObjectKeys.of(
        ObjectKeys.writer(scope.algo()),
        execution.traceIdBytes(),
        execution.position(),
        output,
        emission,
        name);
  }

  private FileTarget target(String key, Optional<Duration> timeout) {
    return new FileTarget(
        key,
        Map.of(
            FileTarget.TRACE_TAG, execution.traceId(),
            FileTarget.ALGO_TAG, scope.algo(),
            FileTarget.TIME_TAG, scope.clock().instant().toString()),
        timeout);
  }

  private Optional<Duration> remaining() {
    return execution.remaining().map(left -> left.compareTo(LEAST) < 0 ? LEAST : left);
  }

  // What goes wrong

  /** Names what was to be written; who reads it finds out why by the cause. */
  static StorageException failed(String what, Throwable cause) {
    if (cause instanceof StorageException known) {
      return known; // there is no storage, and it says why
    }
    String remedy =
        cause instanceof AccessDeniedException
            ? "; the user of MC_HOST_algorun needs the right to write to the bucket"
            : "";
    return new StorageException(
        what + " cannot be written to storage: " + cause.getMessage() + remedy, cause);
  }

  private static String object(String key) {
    return "the object " + printable(key);
  }

  /** Text from outside, fit for a log line. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .limit(MOST_PRINTED)
        .forEach(
            point ->
                out.appendCodePoint(
                    Character.isISOControl(point)
                            || Character.getType(point) == Character.FORMAT
                            || Character.getType(point) == Character.SURROGATE
                        ? '?'
                        : point));
    return out.append('"').toString();
  }
}
