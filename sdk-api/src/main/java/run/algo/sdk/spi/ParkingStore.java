package run.algo.sdk.spi;

import org.jspecify.annotations.Nullable;

/**
 * Durable storage of the parked records of one input topic, by partition of that topic. What is
 * written about one record is seen in the order in which it was written; a record that is put again
 * takes the place of itself.
 *
 * <p>A write belongs to something: to a transaction, or to the sends of an execution, which knows
 * what to do when it fails and is told when it is durable. What that is, and how it is told, is
 * between the store and whoever uses it.
 *
 * <p>Thread-safe. Implementations are checked by {@code ParkingStoreContract} of {@code
 * sdk-testkit}.
 *
 * @param <W> what a write belongs to
 * @since 0.1.0
 */
public interface ParkingStore<W> {

  /**
   * Stores a record, in place of what is stored of it. Durable when the write says so.
   *
   * @param record the record
   * @param write what the write belongs to
   */
  void put(ParkedRecord record, W write);

  /**
   * Forgets a record: its outcome is durable, or becomes so with this write. No error when nothing
   * is stored of it.
   *
   * @param id the record
   * @param write what the write belongs to
   */
  void remove(ParkedId id, W write);

  /**
   * Tells what is stored of a partition: all that was durable when it was called, in the order in
   * which it was written, superseded and removed records included where the store still has them.
   * Blocks.
   *
   * @param partition partition of the input topic
   * @param visitor is told, on the calling thread
   * @throws InterruptedException when interrupted; nothing is told then that is not so
   * @throws RuntimeException when the store cannot be read now; may be called again
   */
  void restore(int partition, Visitor visitor) throws InterruptedException;

  /**
   * Brings a record. Never blocks.
   *
   * @param id the record
   * @param place where it was stored last, as {@link Visitor} or the write has told
   * @param load is told what becomes of it, from any thread, perhaps at once
   */
  void load(ParkedId id, long place, Load load);

  /** Is told what is stored. */
  interface Visitor {

    /**
     * A record is stored.
     *
     * @param id which
     * @param key its key
     * @param place where: later writes of a partition have higher places
     * @param next what is tried next
     */
    void stored(ParkedId id, byte @Nullable [] key, long place, ParkedTry next);

    /**
     * A record was removed.
     *
     * @param id which
     * @param place where that was written
     */
    void removed(ParkedId id, long place);
  }

  /** Is told what becomes of a load. */
  interface Load {

    /** {@return whether anybody still waits for it} */
    boolean isWanted();

    /**
     * Here it is: what was stored at its place or, if that was superseded, perhaps a later version.
     * Of a record that was removed a store may have the last version still.
     *
     * @param record the record
     */
    void loaded(ParkedRecord record);

    /**
     * There is none of the record at its place any more: a later version took its place, or it was
     * removed. Not for a store that cannot be read now; that goes on trying while the load is
     * wanted.
     */
    void lost();
  }
}
