package run.algo.sdk;

import org.jspecify.annotations.Nullable;

/**
 * One record of a batch: its value, its context, and its settlement.
 *
 * <p>It is settled once, within {@link BatchAlgo#run}: by {@link #complete(Object)}, {@link
 * #complete()} or {@link #fail}. The first of these calls counts; every further one, and each that
 * comes after {@link BatchAlgo#run} has ended, throws an {@link IllegalStateException} and changes
 * nothing. Implemented by the SDK.
 *
 * <p>To be used by one thread at a time; different records of a batch may be used by different
 * threads at once.
 *
 * @param <I> type of the input value
 * @param <O> type of the output value
 * @since 0.1.0
 */
public interface BatchRecord<I extends @Nullable Object, O> {

  /**
   * The decoded value.
   *
   * @return the value; {@code null} where the record has none (a tombstone), unless its codec says
   *     otherwise ({@link run.algo.sdk.codec.Codec#decodeTombstone()})
   */
  I value();

  /**
   * What is known of the record, and its way to further outputs. What is emitted through it belongs
   * to this record: it is written when the record is completed, and discarded when it fails. It is
   * valid until the record is settled or {@link BatchAlgo#run} ends.
   *
   * @return the context of this record alone
   */
  AlgoContext context();

  /**
   * Settles the record as executed, with a value for the output. It is written after {@link
   * BatchAlgo#run} has ended, following the records before it in the batch.
   *
   * @param output the value, or {@code null} for none
   * @throws IllegalStateException when the record is settled already or {@link BatchAlgo#run} has
   *     ended
   */
  void complete(@Nullable O output);

  /**
   * Settles the record as executed, without a value for the output.
   *
   * @throws IllegalStateException when the record is settled already or {@link BatchAlgo#run} has
   *     ended
   */
  default void complete() {
    complete(null);
  }

  /**
   * Settles the record as failed, as if it were the only one and the Algo had thrown this. What it
   * emitted is discarded; the other records of the batch are not affected.
   *
   * @param cause why; {@link NonRetriableException} says that trying again cannot help
   * @throws NullPointerException when there is no cause
   * @throws IllegalStateException when the record is settled already or {@link BatchAlgo#run} has
   *     ended
   */
  void fail(Throwable cause);
}
