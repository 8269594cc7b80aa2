package run.algo.sdk.kafka.internal.parking;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingStore;

/**
 * The parking topic of an input topic as a store: a record's place is its offset there. A write is
 * whatever takes the records that are to be sent, and knows when they are durable.
 *
 * <p>Thread-safe.
 */
public final class KafkaParkingStore
    implements ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> {

  private static final Logger log = LoggerFactory.getLogger(KafkaParkingStore.class);

  private final ParkedFormat format;
  private final String topic;
  private final ParkingReader reader;
  private final InstantSource clock;

  /**
   * A store.
   *
   * @param format what a record looks like
   * @param topic the parking topic
   * @param reader reads it
   * @param clock tells the time that due times are compared with
   */
  public KafkaParkingStore(
      ParkedFormat format, String topic, ParkingReader reader, InstantSource clock) {
    this.format = format;
    this.topic = topic;
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public void put(ParkedRecord record, Consumer<ProducerRecord<byte[], byte[]>> write) {
    write.accept(format.record(topic, record));
  }

  @Override
  public void remove(ParkedId id, Consumer<ProducerRecord<byte[], byte[]>> write) {
    write.accept(format.tombstone(topic, id));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A due time is told as its writer meant it: where our clock is behind the writer's, a record
   * waits no longer from now on than it was to wait when it was written.
   *
   * @throws org.apache.kafka.common.KafkaException when the topic cannot be read now
   */
  @Override
  public void restore(int partition, Visitor visitor) throws InterruptedException {
    reader.scan(new TopicPartition(topic, partition), record -> visit(record, visitor));
  }

  private void visit(ConsumerRecord<byte[], byte[]> record, Visitor visitor) {
    long place = record.offset();
    if (record.value() == null) {
      format
          .id(record.key())
          .filter(id -> id.partition() == record.partition())
          .ifPresent(id -> visitor.removed(id, place));
    } else {
      format
          .read(record)
          .ifPresent(
              parked ->
                  visitor.stored(parked.id(), parked.key(), place, asMeant(parked.next(), record)));
    }
  }

  private ParkedTry asMeant(ParkedTry next, ConsumerRecord<byte[], byte[]> record) {
    Instant due = DueTime.asMeant(next.due(), record, clock.instant());
    return due.equals(next.due()) ? next : new ParkedTry(next.executions(), next.state(), due);
  }

  @Override
  public void load(ParkedId id, long place, Load load) {
    reader.read(new TopicPartition(topic, id.partition()), place, new Reading(id, load));
  }

  /** Makes a parked record of what is read at its place. */
  private final class Reading implements ParkingReader.Read {
    private final ParkedId id;
    private final Load load;

    Reading(ParkedId id, Load load) {
      this.id = id;
      this.load = load;
    }

    @Override
    public boolean isWanted() {
      return load.isWanted();
    }

    @Override
    public void found(ConsumerRecord<byte[], byte[]> record) {
      Optional<ParkedRecord> parked = format.read(record);
      if (parked.isPresent() && parked.get().id().equals(id)) {
        load.loaded(parked.get());
        return;
      }
      // Whoever scans the topic now finds the record's true place, or that it is gone.
      log.warn(
          "{}-{}@{} is not the parked record {} that was to be read there",
          record.topic(),
          record.partition(),
          record.offset(),
          id);
      load.lost();
    }

    @Override
    public void lost() {
      load.lost();
    }
  }
}
