package run.algo.sdk.kafka.internal.engine;

import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.Parking;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/** A partition's real parking as one execution sees it, with an eye on what it is told. */
final class SimParked implements Parking, ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> {

  private final Parking real;
  private final SimWorld world;
  private final Sitting.Exec exec;
  private final Runnable settle;

  /**
   * A parking.
   *
   * @param settle settles the execution as parked; for a bug
   */
  SimParked(Parking real, SimWorld world, Sitting.Exec exec, Consumer<Outcome> settle) {
    this.real = real;
    this.world = world;
    this.exec = exec;
    this.settle = () -> settle.accept(Outcome.PARKED);
  }

  @Override
  public ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>> store() {
    return this;
  }

  @Override
  public boolean ordered() {
    return real.ordered();
  }

  @Override
  public boolean closed() {
    return real.closed();
  }

  @Override
  public ParkingIndex.Arrival arrive(byte @Nullable [] key, long offset) {
    ParkingIndex.Arrival arrival =
        world.plant == Plant.PARKED_KEY_IGNORED
            ? ParkingIndex.Arrival.FREE
            : real.arrive(key, offset);
    world.parking.arrived(exec, arrival);
    return arrival;
  }

  @Override
  public boolean occupied(byte @Nullable [] key, long offset) {
    return real.occupied(key, offset);
  }

  @Override
  public boolean begin(long offset) {
    boolean may = real.begin(offset) || world.plant == Plant.FOLLOWER_NOT_HELD_UP;
    world.parking.begun(exec, may);
    return may;
  }

  @Override
  public boolean reserve(byte @Nullable [] key, long offset, Instant due) {
    boolean may = real.reserve(key, offset, due);
    world.parking.reserves(exec, due, may);
    return may;
  }

  @Override
  public void stored(long offset, long place) {
    real.stored(offset, place);
  }

  @Override
  public void forgotten(long offset) {
    real.forgotten(offset);
  }

  // The store

  @Override
  public void put(ParkedRecord record, Consumer<ProducerRecord<byte[], byte[]>> write) {
    world.parking.puts(exec, record);
    real.store().put(record, write);
    if (world.plant == Plant.PARKED_WHEN_SENT) {
      settle.run();
    }
  }

  @Override
  public void remove(ParkedId id, Consumer<ProducerRecord<byte[], byte[]>> write) {
    real.store().remove(id, write);
  }

  @Override
  public void restore(int partition, Visitor visitor) throws InterruptedException {
    real.store().restore(partition, visitor);
  }

  @Override
  public void load(ParkedId id, long place, Load load) {
    real.store().load(id, place, load);
  }
}
