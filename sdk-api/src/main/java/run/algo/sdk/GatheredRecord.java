package run.algo.sdk;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the records that an execution is about when it {@linkplain AlgoContext#gathered() gathers}
 * several: those of a trace that were held by the header {@code run=false}, and the one that has
 * triggered the execution.
 *
 * <p>Immutable, except that a mutable value is the author's to change. Implemented by the SDK.
 *
 * @since 0.1.0
 */
public interface GatheredRecord {

  /**
   * Name of the input that the record came from, in lower case.
   *
   * @return the name
   */
  String input();

  /**
   * The value, decoded by its input's codec.
   *
   * @return the value; {@code null} where the record has none (a tombstone), unless its codec says
   *     otherwise
   * @see AlgoContext#gathered(Pipe)
   */
  @Nullable Object value();

  /**
   * The record's key as UTF-8 text.
   *
   * @return the key, empty when the record has none
   */
  Optional<String> key();

  /**
   * The record's key as it was read.
   *
   * @return a copy of the key's bytes, empty when the record has none
   */
  Optional<byte[]> keyBytes();

  /**
   * The record's headers.
   *
   * @return all headers in their order
   */
  RecordHeaders headers();

  /**
   * Type of the value: header {@code contentType}, or the first of the input's accepted types.
   *
   * @return the content type, empty when neither is known
   */
  Optional<String> contentType();

  /**
   * Name of the payload: header {@code fileName}, or the trace ID.
   *
   * @return the name; data from outside, not safe as a path
   */
  String fileName();

  /**
   * Where the record was first read.
   *
   * @return the position
   */
  RecordPosition position();

  /**
   * The record's content, wherever it lies; nothing is read before it is asked for.
   *
   * @return the payload, empty for a record without a value (a tombstone)
   */
  Optional<Payload> payload();
}
