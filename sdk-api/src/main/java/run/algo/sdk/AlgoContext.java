package run.algo.sdk;

import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What an execution knows of its record, and its way to further outputs.
 *
 * <p>A context belongs to one execution and is used by one thread at a time: by the thread that
 * runs the {@link Algo}, or by any thread that an {@link AsyncAlgo} or a {@link BatchAlgo} hands it
 * to. What is emitted after the execution has ended is refused with an {@link
 * IllegalStateException}; an execution ends when {@link Algo#run} returns, when the stage of {@link
 * AsyncAlgo#run} completes, when a {@link BatchRecord} is settled.
 *
 * @since 0.1.0
 */
public interface AlgoContext {

  /**
   * Name of the input that the record came from, in lower case.
   *
   * @return the name
   */
  String input();

  /**
   * Identifies the record's way through the pipeline; from header {@code traceID}, or derived from
   * the record's position when it has none, so that a record that is read again has the same.
   *
   * @return the trace ID
   */
  String traceId();

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
   * The record's content as stream, bytes or file, wherever it lies: in the record, or in storage.
   * Nothing is read before it is asked for. An Algo that wants nothing else has {@link Payload} as
   * its input's type, and then this is its input.
   *
   * @return the payload, empty for a record without a value (a tombstone)
   */
  Optional<Payload> payload();

  /**
   * The Algo's parameters: those of the runner config, overridden by the record's header {@code
   * endpointParams}.
   *
   * @return the parameters of this execution
   */
  Parameters parameters();

  /**
   * Which execution of the record this is, retries counted. A record that is read again, after a
   * crash or a rebalance, begins anew.
   *
   * @return 1 for the first
   */
  int attempt();

  /**
   * When this execution is given up.
   *
   * @return the deadline, empty when no timeout is set
   */
  Optional<Instant> deadline();

  /**
   * Where the record was first read; for a record that came back through a retry, its position on
   * the input topic.
   *
   * @return the position
   */
  RecordPosition position();

  /**
   * The records that this execution is about, when they are several.
   *
   * <p>A record with the header {@code run=false} is held: it is not executed by itself, but
   * together with all others of its trace ({@link #traceId()}), once, when a record of that trace
   * comes without this header or with {@code run=true}. That record, the trigger, is the one that
   * this context and the Algo's input are of; where it has {@code run=true} and no value it only
   * triggers, is not among these, and the Algo's input is the value of the last record that was
   * held of the same input, or {@code null} when there is none.
   *
   * @return the records of all inputs in the order in which they were read, the trigger last; empty
   *     for a record that is executed by itself
   */
  List<GatheredRecord> gathered();

  /**
   * The values of the {@linkplain #gathered() gathered} records of one input.
   *
   * @param input the input
   * @param <T> type of the values
   * @return the values in the order in which they were read, without tombstones; empty for a record
   *     that is executed by itself
   */
  @SuppressWarnings("unchecked") // decoded by this pipe's codec, or by one of the same type
  default <T> List<T> gathered(Pipe<T> input) {
    List<T> values = new ArrayList<>();
    for (GatheredRecord record : gathered()) {
      Object value = record.value();
      if (value != null && record.input().equals(input.name())) {
        values.add((T) value);
      }
    }
    return Collections.unmodifiableList(values);
  }

  /**
   * Name of the process that runs the Algo ({@code INSTANCE_NAME}).
   *
   * @return the instance name
   */
  String instanceName();

  /**
   * Whether a pipe has a topic in this deployment. Only a pipe declared as optional can have none.
   *
   * @param pipe the output
   * @return {@code true} when {@link #emit(Pipe, Object)} on it would write
   */
  boolean hasOutput(Pipe<?> pipe);

  /**
   * Adds a value to an output. It is written, in the order of emission and before the value that
   * the Algo returns, once the execution has succeeded; a failed execution writes nothing.
   *
   * @param pipe the output
   * @param value the value
   * @param <T> type of the value
   * @throws IllegalArgumentException when the pipe is not an output of this Algo or has no topic
   * @throws IllegalStateException when the execution has ended
   */
  default <T> void emit(Pipe<T> pipe, T value) {
    emit(Output.of(pipe, value));
  }

  /**
   * Adds a value with a key, headers or a file name of its own to an output.
   *
   * @param output the value and what belongs to it
   * @see #emit(Pipe, Object)
   */
  void emit(Output<?> output);

  /**
   * Opens a file of any size that goes to storage while it is written; a record of the output will
   * refer to it. Its place among what is emitted is where it was opened.
   *
   * <p>Close it when all is written. It is seen by nobody before the execution has succeeded: then
   * the file is completed and its reference written. An execution that fails removes it, also one
   * that succeeds although a write here has failed, or that leaves it open.
   *
   * @param pipe the output, whatever its type of values: its codec is not used
   * @param name name of the payload, header {@code fileName}; any text
   * @return the file, for one thread at a time; a write or {@code close} that fails throws {@link
   *     StorageException}
   * @throws IllegalArgumentException when the pipe is not an output of this Algo or has no topic
   * @throws IllegalStateException when the execution has ended
   * @throws StorageException when this deployment has no storage; the message says what is missing
   */
  default OutputStream openOutput(Pipe<?> pipe, String name) throws StorageException {
    return openOutput(OutputFile.of(pipe, name));
  }

  /**
   * Opens a file, and gives the record that will refer to it a key or headers of its own.
   *
   * @param file the file
   * @return as of {@link #openOutput(Pipe, String)}
   * @throws StorageException as {@link #openOutput(Pipe, String)} does
   */
  OutputStream openOutput(OutputFile file) throws StorageException;
}
