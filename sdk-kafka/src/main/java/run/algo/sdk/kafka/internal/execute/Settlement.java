package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

/**
 * The way back from a record to the partition it came from: handed forward with the record, used
 * once for its outcome. All methods may be called from any thread and never block.
 */
public interface Settlement {

  /**
   * What has been tried with the record so far, where it is executed again in its place.
   *
   * @param index the record's index within its batch
   * @return the tries; null for a record that was not executed since it was read
   */
  @Nullable Tries tries(int index);

  /**
   * What the record's headers may say. A bit that is not set says that it is not so.
   *
   * @param index the record's index within its batch
   * @return bits of {@link KnownHeaders}
   */
  int headers(int index);

  /**
   * The record's trace ID, where it is at hand.
   *
   * @param index the record's index within its batch
   * @return as {@link KnownHeaders#traceId} says; null = who asks may look for it
   */
  @Nullable Header traceId(int index);

  /**
   * Where the records of its partition are parked.
   *
   * @return the parking; null where none are
   */
  @Nullable Parking parking();

  /** {@return whether the record is a parked one} */
  boolean isParked();

  /**
   * The record is about to be executed.
   *
   * @param index the record's index within its batch
   * @param execution tells whoever watches how it stands
   */
  void underWay(int index, UnderWay execution);

  /**
   * A parked record is not executed now; it will be loaded again. Told before the execution ends.
   *
   * @param index the record's index within its batch
   */
  void dropped(int index);

  /**
   * The record is executed again in its place, once it has waited. Until then its order scope waits
   * and nothing else does. Told before the execution ends; the record has no outcome.
   *
   * @param index the record's index within its batch
   * @param tries what has been tried with it by then
   * @param wait how long it waits
   */
  void again(int index, Tries tries, Duration wait);

  /**
   * An execution of the record has failed, and it will be executed once more: in its place, or from
   * where it is parked. Told before {@link #again}, or {@link #settled} as parked.
   *
   * @param index the record's index within its batch
   */
  void failed(int index);

  /**
   * The record's outputs are encoded and about to be sent; from here to {@link #settled} they take
   * memory. Called at most once, before the first send, and not for a record without outputs.
   *
   * @param index the record's index within its batch
   * @param bytes of the keys and values of all its outputs
   */
  void emitted(int index, long bytes);

  /**
   * All that the record leads to is there, for the next transaction to write. Only where outcomes
   * are written in transactions.
   *
   * @param index the record's index within its batch
   * @param sends what it leads to
   */
  void prepared(int index, PreparedSends sends);

  /**
   * The record's outcome is durable; its offset may be committed.
   *
   * @param index the record's index within its batch
   * @param outcome the outcome
   * @param emittedBytes what {@link #emitted} was told; 0 when it was not called
   */
  void settled(int index, Outcome outcome, long emittedBytes);

  /**
   * The record has no durable outcome and will have none for now: nothing more of its partition is
   * executed until {@link #unblocked} has been called as often as this.
   *
   * @param index the record's index within its batch
   * @param blockage what is in the way
   */
  void blocked(int index, Blockage blockage);

  /**
   * What was in the way of a record is gone.
   *
   * @param index the record's index within its batch
   */
  void unblocked(int index);
}
