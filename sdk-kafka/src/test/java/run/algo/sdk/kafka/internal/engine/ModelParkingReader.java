package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import run.algo.sdk.kafka.internal.parking.ParkingReader;

/** A member's reader of the parking topic: scans fail now and then, reads are answered late. */
final class ModelParkingReader implements ParkingReader {

  private final SimWorld world;
  private final SimMember member;
  private final ModelParking topic;

  ModelParkingReader(SimMember member, ModelParking topic) {
    this.world = member.world;
    this.member = member;
    this.topic = topic;
  }

  @Override
  public void scan(TopicPartition partition, Visitor visitor) {
    int p = partition.partition();
    Sitting sitting = member.sittings.get(p);
    long end = topic.end(p);
    fails();
    if (world.chance(200)) {
      world.elsewhere(3);
    }
    for (int waits = 0; topic.stable(p) < end; waits++) {
      if (waits == 8 || !world.elsewhere(4)) {
        throw new TimeoutException("a transaction is open");
      }
    }
    List<ModelParking.Slot> slots = topic.readable(p, end);
    if (world.plant == Plant.RESTORE_FORGETS_THE_LAST && !slots.isEmpty()) {
      slots = slots.subList(0, slots.size() - 1);
    }
    Map<ModelLog.Entry, ModelParking.Slot> latest = new HashMap<>();
    for (ModelParking.Slot slot : slots) {
      if (world.chance(5)) {
        fails();
      }
      visitor.visit(slot.record);
      latest.put(slot.entry, slot);
    }
    world.tell(() -> member + " has read what is parked of " + p + ": " + latest.keySet());
    if (sitting != null) {
      world.parking.restored(sitting, latest);
    }
  }

  private void fails() {
    if (member.vanished() || world.faulty(world.schedule.failingCommits / 8)) {
      throw new TimeoutException("no answer to the scan");
    }
  }

  @Override
  public void read(TopicPartition partition, long offset, Read read) {
    member.after(
        world.delay(6),
        () -> {
          int p = partition.partition();
          if (!read.isWanted()) {
            return;
          }
          if (topic.stable(p) <= offset) {
            read(partition, offset, read);
            return;
          }
          ModelParking.Slot slot = topic.at(p, offset);
          if (slot == null || topic.vanishes(slot)) {
            world.parking.lost++;
            read.lost();
          } else {
            read.found(slot.record);
          }
        });
  }
}
