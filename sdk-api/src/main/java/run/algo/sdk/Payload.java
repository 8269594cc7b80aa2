package run.algo.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import run.algo.sdk.codec.Codec;

/**
 * The content of a record, wherever it lies: in the record itself, or in storage, with the record
 * holding a reference to it. Nothing is read before it is asked for.
 *
 * <pre>{@code
 * static final Pipe<Payload> IMAGES = Pipe.payload("images");
 *
 * public Void run(Payload image, AlgoContext context) throws IOException {
 *   try (InputStream in = image.open()) { ... }
 * }
 * }</pre>
 *
 * <p>An Algo gets one as its input, where its type is {@code Payload} ({@link Pipe#payload}), and
 * by {@link AlgoContext#payload()} beside an input of any type. It may also write one: {@link
 * #of(byte[])} and {@link #of(Path)} make payloads for outputs.
 *
 * <p>The payload of a record belongs to its execution, and is used by one thread at a time. When
 * the execution has ended, its open streams are closed, its files are deleted, and each call but
 * {@link #name} and {@link #size} fails with an {@link IllegalStateException}.
 *
 * @since 0.1.0
 */
public interface Payload {

  /**
   * Name of the payload: header {@code fileName} of its record, or the record's trace ID; of a file
   * its name.
   *
   * @return the name; data from outside, not safe as a path
   */
  String name();

  /**
   * Its length, where that is known without reading it.
   *
   * @return the length in bytes, as its record has it; empty for a reference that does not say
   */
  OptionalLong size();

  /**
   * Opens it from its beginning. What its reference knows of it, size and SHA-256, is verified: the
   * read that meets the end throws when they differ. Memory does not grow with its size; a
   * connection that breaks is taken up again where it broke.
   *
   * @return the content; it is closed with the execution at the latest
   * @throws StorageException when it lies in storage and cannot be read
   * @throws IOException when it cannot be read
   * @throws IllegalStateException when the execution has ended
   */
  InputStream open() throws IOException;

  /**
   * Its content as a whole.
   *
   * @return the bytes; of a record that holds its own content they are the record's, not to be
   *     changed
   * @throws StorageException when it lies in storage and cannot be read, or is larger than {@code
   *     ALGO_MEMORY_BUDGET}: {@link #open} takes any size
   * @throws IOException when it cannot be read
   * @throws IllegalStateException when the execution has ended
   */
  byte[] bytes() throws IOException;

  /**
   * Its content as a file: below {@code ALGO_INPUT_DIR}, in a folder of its own, under a name like
   * {@link #name} that is safe on every file system. Written at the first call, verified as a
   * whole, and deleted when the execution ends.
   *
   * @return the file; the same one at each call
   * @throws StorageException when it lies in storage and cannot be read, or the disk does not take
   *     it
   * @throws IOException when it cannot be read or written
   * @throws IllegalStateException when the execution has ended
   */
  Path path() throws IOException;

  /**
   * Its content as a value, read as a stream where the format can.
   *
   * @param codec the format
   * @param <T> type of the value
   * @return the value
   * @throws StorageException when it lies in storage and cannot be read
   * @throws Exception when the content is not of that format
   */
  default <T> T as(Codec<T> codec) throws Exception {
    try (InputStream in = open()) {
      return codec.decode(in);
    }
  }

  /**
   * The content of a record as it is, as a format. An input of this format costs nothing that the
   * Algo does not look at.
   *
   * @return the format
   */
  static Codec<Payload> codec() {
    return PayloadCodec.INSTANCE;
  }

  /**
   * A payload for an output.
   *
   * @param content the content; not copied, and not to be changed any more
   * @return the payload
   */
  static Payload of(byte[] content) {
    return new BytesPayload(Objects.requireNonNull(content, "content"));
  }

  /**
   * A payload for an output whose content is a file. It is read when the execution has succeeded,
   * and not deleted: it is the author's.
   *
   * @param file the file, which must stay as it is until then
   * @return the payload
   */
  static Payload of(Path file) {
    return new FilePayload(Objects.requireNonNull(file, "file"));
  }
}
