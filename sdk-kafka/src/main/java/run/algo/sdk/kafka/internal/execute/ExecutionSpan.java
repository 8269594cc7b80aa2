package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.common.header.Headers;
import run.algo.sdk.kafka.internal.record.Failure;

/** One execution, or several at once, as a trace knows it. Thread-safe. */
interface ExecutionSpan {

  /** Makes it the current one of this thread, until what is returned is closed on it. */
  Current enter();

  /**
   * Makes a record, which goes on from here, tell of it: in place of what the record told of where
   * it came from.
   *
   * @param headers the record's headers
   */
  void inject(Headers headers);

  /** Whether a header tells where a record comes from, as those that {@link #inject} writes. */
  boolean writes(String header);

  /** Something within it has failed; it goes on. */
  void failed(Failure failure);

  /** A defect, which halts the partition. */
  void failed(Throwable error);

  /** It is over; of effect once. What is failed or injected later is still so. */
  void end();

  /** While it is the current one of a thread. */
  interface Current extends AutoCloseable {
    @Override
    void close();
  }
}
