package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/**
 * The coordinator of a simulated group: who is a member, which partitions each should have, and
 * which of them each still holds. A partition goes to its next owner only when the last one has
 * given it back, left, or been put out. Which member gets what is left to chance.
 */
final class ModelGroup {

  /** Partitions are given when all members have answered. */
  private final boolean barrier;

  private final boolean eager;
  private final SplittableRandom random;
  private final List<ModelConsumer> live = new ArrayList<>();
  private final ModelConsumer[] target;
  private final ModelConsumer[] owner;
  private int round;

  /** The latest rebalance that is complete: all members have given back what they should. */
  private int generation;

  ModelGroup(Schedule schedule, SplittableRandom random) {
    this.eager = schedule.eager;
    this.barrier = schedule.eager || schedule.exactlyOnce;
    this.random = random;
    this.target = new ModelConsumer[schedule.partitions];
    this.owner = new ModelConsumer[schedule.partitions];
  }

  int partitions() {
    return owner.length;
  }

  void join(ModelConsumer member) {
    live.add(member);
    rebalance();
  }

  /** A member is out, by its own will or not; what it had is free. */
  void out(ModelConsumer member) {
    if (live.remove(member)) {
      for (int p = 0; p < owner.length; p++) {
        if (owner[p] == member) {
          owner[p] = null;
        }
      }
      rebalance();
    }
  }

  boolean isLive(ModelConsumer member) {
    return live.contains(member);
  }

  /** Partitions are to move. */
  void rebalance() {
    round++;
    for (int p = 0; p < target.length; p++) {
      if (live.isEmpty()) {
        target[p] = null;
      } else if (!live.contains(target[p]) || random.nextInt(2) == 0) {
        target[p] = live.get(random.nextInt(live.size()));
      }
    }
  }

  /** Whether a member must give the partition back. */
  boolean takes(ModelConsumer member, int partition) {
    return eager ? member.round() < round : target[partition] != member;
  }

  int round() {
    return round;
  }

  /** Whether a member may take the partition. */
  boolean gives(ModelConsumer member, int partition) {
    return target[partition] == member
        && owner[partition] == null
        && (!barrier || generation() == round);
  }

  /** What a consumer knows of its membership; of none, without a generation and a member's ID. */
  @SuppressWarnings("removal") // it will be an interface; until then there is no other way
  static ConsumerGroupMetadata metadata(int generation, String memberId) {
    return new ConsumerGroupMetadata("g", generation, memberId, Optional.empty());
  }

  /** The generation of those who are members, as far as they know. */
  int generation() {
    if (generation != round && live.stream().allMatch(member -> member.round() == round)) {
      generation = round;
    }
    return generation;
  }

  /** Whether offsets in a transaction are taken: from a member of this generation, or nobody. */
  boolean believes(ConsumerGroupMetadata group) {
    if (group.generationId() < 0) {
      return group.memberId().isEmpty();
    }
    return group.generationId() == generation()
        && live.stream().anyMatch(member -> member.memberId().equals(group.memberId()));
  }

  void taken(ModelConsumer member, int partition) {
    owner[partition] = member;
  }

  void givenBack(ModelConsumer member, int partition) {
    if (owner[partition] == member) {
      owner[partition] = null;
    }
  }

  boolean owns(ModelConsumer member, int partition) {
    return owner[partition] == member;
  }
}
