package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong while one transaction is written, and whose fault it is. When the cluster refuses
 * one record the client gives up all that it has not sent yet, and tells each of those records the
 * very same error; to take them all for refused would send good records to the dead letters. So of
 * what is told later than the first refusal only that counts which is about the same topic.
 *
 * <p>Thread-safe: the lane hands records over while the client's thread tells of others.
 */
public final class WriteFaults {

  private @Nullable Exception first;
  private @Nullable String refusedTopic;
  private boolean over;
  private boolean amiss;
  private final Runnable onAmiss;

  /**
   * Of one transaction.
   *
   * @param onAmiss runs at once, on the client's thread, when what goes wrong first is a batch that
   *     the client has sent; must not block
   */
  public WriteFaults(Runnable onAmiss) {
    this.onAmiss = onAmiss;
  }

  /** {@return the first error of any record, empty while there is none} */
  public synchronized Optional<Exception> first() {
    return Optional.ofNullable(first);
  }

  /** {@return whether the cluster refuses one of the records} */
  public synchronized boolean anyRefused() {
    return refusedTopic != null;
  }

  /**
   * Whether a batch has failed that was sent. Batches behind it that were on their way are refused
   * then for the gap in their sequence, and the client sends them again and again until it has
   * closed the gap, which may take as long as the transaction; it neither flushes nor aborts
   * before. A record that the client refuses before it has a place in the sequence leaves no gap.
   *
   * @return whether the producer had better be given up
   */
  public synchronized boolean amiss() {
    return amiss;
  }

  /** The transaction has ended: what is told later is of no interest. */
  public synchronized void end() {
    over = true;
  }

  /**
   * A record is not written.
   *
   * @param topic its topic
   * @param error what the client tells
   * @param taken whether the client had taken it before; if not, the error is about it alone
   * @return whether it is this record that is refused
   */
  boolean failed(String topic, Exception error, boolean taken) {
    boolean begins;
    boolean its;
    synchronized (this) {
      if (over) {
        return false;
      }
      begins = first == null && taken;
      amiss |= begins;
      its = judge(topic, error, taken);
    }
    if (begins) {
      onAmiss.run();
    }
    return its;
  }

  private boolean judge(String topic, Exception error, boolean taken) {
    if (first == null) {
      first = error;
    }
    if (!isRefusal(error) && (taken || !isUnknownTopic(error))) {
      return false;
    }
    boolean its = taken ? isIts(topic, error) : true;
    if (its && refusedTopic == null) {
      refusedTopic = topic;
    }
    return its;
  }

  private boolean isIts(String topic, Exception error) {
    if (error instanceof TopicAuthorizationException denied
        && !denied.unauthorizedTopics().isEmpty()) {
      return denied.unauthorizedTopics().contains(topic);
    }
    return refusedTopic == null || (isAboutTopic(error) && refusedTopic.equals(topic));
  }

  /** That a topic's leaders cannot be found is told as a timeout, before anything is taken. */
  private static boolean isUnknownTopic(Exception error) {
    return error instanceof TimeoutException && !(error instanceof BufferExhaustedException);
  }

  private static boolean isAboutTopic(Exception error) {
    return error instanceof InvalidTopicException
        || error instanceof TopicAuthorizationException
        || error instanceof UnknownTopicOrPartitionException
        || error instanceof UnsupportedForMessageFormatException;
  }

  /** What is about a record; everything else is about the transaction, and passes. */
  private static boolean isRefusal(Exception error) {
    return isAboutTopic(error)
        || error instanceof RecordTooLargeException
        || error instanceof RecordBatchTooLargeException
        || error instanceof InvalidRecordException
        || error instanceof InvalidTimestampException
        || error instanceof PolicyViolationException
        || error instanceof SerializationException;
  }
}
