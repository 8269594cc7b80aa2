package run.algo.sdk.spi;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which records of one partition are parked, and which of them is to be executed when. It holds of
 * each its offset, where it is stored and when it is due, and nothing of the record itself.
 *
 * <p>Where order is kept the records of a key are a queue, in the order of their offsets; the first
 * is executed when it is due, the others after it. While a key has records here no other record of
 * it may be executed. A record without a key is of the key that is none.
 *
 * <p>The life of an entry: <em>reserved</em> until it is stored ({@link #arrive}, {@link #failed},
 * {@link #stored}); then it <em>waits</em>; when it is due, or follows one that is, it is
 * <em>taken</em> to be loaded ({@link #take}); it is <em>begun</em> ({@link #begin}), and then
 * either fails again, and is reserved once more, or is {@linkplain #remove removed} when its
 * outcome is durable.
 *
 * <p>Thread-safe; no method blocks, none calls back but {@link #take} and {@link #passed}. Times
 * are nanoseconds since the epoch; 0 is the due time of what only waits behind others. A call about
 * an offset that has no entry, or one in a state that it is not about, does nothing.
 *
 * @since 0.1.0
 */
public interface ParkingIndex {

  /** What is to be done with a record that has come from the input. */
  enum Arrival {
    /** Nothing is parked that it would have to wait for: it is executed. */
    FREE,
    /** Its key is about to be free: it waits where it is, and asks again. */
    SOON,
    /** It waits behind others of its key: it is reserved now, and to be stored. */
    BEHIND,
    /** It is stored already, by an earlier owner of the partition. */
    STORED,
    /** It would have to wait behind others, and its key has as many as it may have. */
    FULL
  }

  /** Is given what is to be loaded. */
  interface Taker {

    /**
     * A record is to be loaded.
     *
     * @param offset its offset in the input partition
     * @param place where it is stored
     * @param due when it may be executed, at the earliest
     */
    void take(long offset, long place, long due);
  }

  /**
   * A record of the input is about to be executed.
   *
   * @param key its key
   * @param offset its offset
   * @param mayWait whether it can wait where it is, for a short while
   * @param now the time
   * @return what to do
   */
  Arrival arrive(byte @Nullable [] key, long offset, boolean mayWait, long now);

  /**
   * A record has failed and waits for its next try. It is reserved, unless its key has as many as
   * it may have; one that has an entry already always may.
   *
   * @param key its key
   * @param offset its offset
   * @param due when it is tried again
   * @return whether it is reserved
   */
  boolean failed(byte @Nullable [] key, long offset, long due);

  /**
   * A reserved record is stored.
   *
   * @param offset its offset
   * @param place where
   */
  void stored(long offset, long place);

  /**
   * A taken record is about to be executed. It may be when it is due and all before it in its queue
   * are begun: whoever executes does the records of a key one after the other, so that those have
   * been executed. A begun one that has not failed may be begun once more.
   *
   * @param offset its offset
   * @param now the time
   * @return whether it may be; when not it waits again, and what was loaded is of no use
   */
  boolean begin(long offset, long now);

  /**
   * A taken record was not loaded: it waits again.
   *
   * @param offset its offset
   */
  void putBack(long offset);

  /**
   * A taken record was not where it is known to be stored: it waits again, and whatever {@link
   * #found} tells of it next counts. It is not to be taken before that.
   *
   * @param offset its offset
   */
  void misplaced(long offset);

  /**
   * A record has its outcome, or will not be stored after all.
   *
   * @param offset its offset
   */
  void remove(long offset);

  /**
   * Gives what is due, and what follows it, to be loaded, in the order in which it is executed.
   *
   * @param until what is due by then
   * @param most how many at most
   * @param taker is given them; must not call back
   * @return how many
   */
  int take(long until, int most, Taker taker);

  /**
   * When there is something to {@linkplain #take take}. What is behind others that are under way
   * counts as soon as it may follow them.
   *
   * @return the earliest due time; {@link Long#MAX_VALUE} when there is nothing to take
   */
  long nextDue();

  // When a partition comes: told by the store, before anything else

  /**
   * A record was found in the store; told again, the one with the higher place counts.
   *
   * @param key its key
   * @param offset its offset
   * @param place where it is stored
   * @param due when it may be executed
   */
  void found(byte @Nullable [] key, long offset, long place, long due);

  /**
   * A record was removed from the store. Without effect on one that was stored after that.
   *
   * @param offset its offset
   * @param place where that was written
   */
  void erased(long offset, long place);

  /**
   * All is told. Records from this offset on will be read from the input once more, and none of
   * those is executed from here before that has happened: an earlier one of its key might come that
   * is not stored.
   *
   * @param position the offset from which the input is read
   */
  void open(long position);

  /**
   * Whether a record of the input must arrive here although its outcome is known, since it is one
   * of those that wait for that.
   *
   * @param offset its offset
   * @return whether it is expected
   */
  boolean expects(long offset);

  /**
   * The input has been read up to here. What was expected below, and has not come, never will.
   *
   * @param position the offset from which the input is read on
   * @param coming whether the record of an offset was read, and will arrive; must not call back
   */
  void passed(long position, LongPredicate coming);

  /** {@return how many records are parked, reserved ones included} */
  int size();

  /** {@return how many keys have parked records; records where no order is kept} */
  int keys();

  /**
   * The record that lies furthest back in the input, of those that are parked. May look at all of
   * them; whoever asks does so once a second at most.
   *
   * @return its offset; -1 when nothing is parked
   */
  long oldest();

  /** {@return bytes of memory that it takes} */
  long heapBytes();
}
