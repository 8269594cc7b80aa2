package run.algo.sdk.kafka.internal.execute;

import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * The parked records of one input partition during one assignment, as its executions see them.
 * Thread-safe; nothing blocks.
 */
public interface Parking {

  /**
   * {@return where they are stored; what is written is handed to the producer by whoever writes}
   */
  ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> store();

  /** {@return whether the records of a key keep their order} */
  boolean ordered();

  /**
   * Whether records wait in their place instead of being parked: what is held in the partition for
   * a trigger keeps the transaction from being written that would park them, and the trigger may
   * wait for them.
   *
   * @return whether they do
   */
  boolean inPlace();

  /** {@return whether the partition has gone, so that its records are another member's} */
  boolean closed();

  /**
   * A record of the input is about to be executed.
   *
   * @param key its key
   * @param offset its offset
   * @return what to do; where it is {@link ParkingIndex.Arrival#BEHIND} it is to be stored
   */
  ParkingIndex.Arrival arrive(byte @Nullable [] key, long offset);

  /**
   * Whether a record must wait for parked ones of its key. Reserves nothing.
   *
   * @param key its key
   * @param offset its offset
   * @return whether it must
   */
  boolean occupied(byte @Nullable [] key, long offset);

  /**
   * A parked record is about to be executed.
   *
   * @param offset its offset in the input
   * @return whether it may be; when not, what is in memory of it is of no use
   */
  boolean begin(long offset);

  /**
   * A record is to be parked until its next try.
   *
   * @param key its key
   * @param offset its offset in the input
   * @param due when it is tried
   * @return whether there is room for it
   */
  boolean reserve(byte @Nullable [] key, long offset, Instant due);

  /**
   * A record is parked.
   *
   * @param offset its offset in the input
   * @param place where it is stored
   */
  void stored(long offset, long place);

  /**
   * A parked record has its outcome, and the store has forgotten it.
   *
   * @param offset its offset in the input
   */
  void forgotten(long offset);
}
