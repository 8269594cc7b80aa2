package run.algo.sdk;

import java.time.Instant;
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
   * The Algo's parameters: those of the runner config, overridden by the record's header {@code
   * endpointParams}.
   *
   * @return the parameters of this execution
   */
  Parameters parameters();

  /**
   * Which execution of the record this is, retries counted.
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
}
