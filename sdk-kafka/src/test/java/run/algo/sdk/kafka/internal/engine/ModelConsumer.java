package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A member's consumer. As with the real one, everything happens within its calls: callbacks of
 * commits, what the coordinator wants, and then records, of partitions that this very poll has
 * brought too. Requests of one member reach the broker in their order. A member that was put out
 * goes on reading until it notices.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is but one thread
final class ModelConsumer extends MockConsumer<byte[], byte[]> {

  private final SimWorld world;
  private final SimMember member;
  private final ModelGroup group;
  private final ModelLog log;
  private final Map<Integer, Position> owned = new TreeMap<>();
  private final Set<Integer> paused = new TreeSet<>();
  private final ArrayDeque<Commit> underWay = new ArrayDeque<>();
  private final ArrayDeque<Runnable> callbacks = new ArrayDeque<>();
  private final Map<Integer, OffsetAndMetadata> seen = new HashMap<>();
  private ConsumerRebalanceListener listener;
  private boolean wokenUp;
  private boolean joined;
  private int round;
  private int joins;

  /** What it knows of its membership; what it knew last when it has been put out. */
  private ConsumerGroupMetadata membership = ModelGroup.metadata(-1, "");

  /** How far a partition is read. */
  private static final class Position {
    private int index;
    private long offset;

    /** The broker has told where to begin. */
    private boolean known;
  }

  private record Commit(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {}

  ModelConsumer(SimWorld world, SimMember member) {
    super("earliest");
    this.world = world;
    this.member = member;
    this.group = world.group;
    this.log = world.log;
  }

  /** The rebalance up to which the member has given back what it should. */
  int round() {
    return round;
  }

  String memberId() {
    return member + "-" + joins;
  }

  @Override
  public ConsumerGroupMetadata groupMetadata() {
    return membership;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener newListener) {
    listener = newListener;
  }

  @Override
  public void wakeup() {
    wokenUp = true;
  }

  private void wakeUp() {
    if (wokenUp) {
      wokenUp = false;
      throw new WakeupException();
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    world.judge.polls(member);
    wakeUp();
    runCallbacks();
    if (joined && !group.isLive(this)) {
      if (world.chance(500)) {
        return fetch(); // it has not noticed
      }
      lost();
    }
    if (!joined) {
      joined = true;
      round = -1;
      joins++;
      group.join(this);
    }
    giveBack();
    take();
    return fetch();
  }

  private void lost() {
    arriveAll(); // on the connection on which it joins again, so before that
    joined = false;
    List<TopicPartition> lost = partitions(p -> true);
    if (world.plant == Plant.LOSS_IGNORED) {
      return; // they stay, and are given back when somebody asks for them
    }
    world.tell(() -> member + " loses " + lost);
    if (!lost.isEmpty()) {
      listener.onPartitionsLost(lost);
    }
    lost.forEach(this::forget);
  }

  private void giveBack() {
    if (round == group.round() || world.chance(300)) {
      return;
    }
    int answered = group.round();
    List<TopicPartition> back = partitions(p -> group.takes(this, p));
    if (!back.isEmpty()) {
      world.tell(() -> member + " gives back " + back);
      long began = world.time.nanos();
      listener.onPartitionsRevoked(back);
      world.judge.drained(member, back, world.time.nanos() - began);
      arriveAll();
      back.forEach(this::forget);
    }
    round = answered;
  }

  private void forget(TopicPartition partition) {
    owned.remove(partition.partition());
    paused.remove(partition.partition());
    group.givenBack(this, partition.partition());
    world.judge.closed(member, partition);
  }

  private void take() {
    if (!group.isLive(this) || round != group.round() || world.chance(300)) {
      return;
    }
    if (group.generation() == round) {
      membership = ModelGroup.metadata(round, memberId());
    }
    List<TopicPartition> taken = new ArrayList<>();
    for (int p = 0; p < group.partitions(); p++) {
      if (group.gives(this, p) && !owned.containsKey(p)) {
        group.taken(this, p);
        owned.put(p, new Position());
        find(p);
        taken.add(new TopicPartition(ModelLog.TOPIC, p));
      }
    }
    if (!taken.isEmpty()) {
      world.tell(() -> member + " takes " + taken);
      member.turn = member.intake; // the wish is looked at anew, and so is what may be read
      listener.onPartitionsAssigned(taken);
      world.judge.polls(member);
    }
  }

  /** Where to begin is not told while a transaction is open that may move it. */
  private void find(int p) {
    Position position = owned.get(p);
    boolean told = world.plant == Plant.UNSTABLE_OFFSETS_READ || world.transactions.isStable(p);
    if (!position.known && told) {
      position.known = true;
      position.offset = log.position(p);
      position.index = log.indexFrom(p, position.offset);
    }
  }

  private List<TopicPartition> partitions(Predicate<Integer> which) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int p : owned.keySet()) {
      if (which.test(p)) {
        partitions.add(new TopicPartition(ModelLog.TOPIC, p));
      }
    }
    return partitions;
  }

  @Override
  public long position(TopicPartition partition, Duration timeout) {
    Position position = owned.get(held(partition));
    find(partition.partition());
    if (!position.known || world.chance(100)) {
      throw new TimeoutException("the position is not known yet");
    }
    return position.offset;
  }

  private ConsumerRecords<byte[], byte[]> fetch() {
    int left = member.plan.bounds().pollRecords();
    long bytesLeft = member.plan.bounds().pollBytes();
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
    List<Integer> order = new ArrayList<>(owned.keySet());
    if (!order.isEmpty()) {
      Collections.rotate(order, world.random.nextInt(order.size()));
    }
    for (int p : order) {
      Position position = owned.get(p);
      find(p);
      if (!position.known || paused.contains(p) || world.chance(100)) {
        continue;
      }
      TopicPartition partition = new TopicPartition(ModelLog.TOPIC, p);
      List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
      while (position.index < log.visible(p) && left > 0) {
        ModelLog.Entry entry = log.partitions.get(p).get(position.index);
        if (entry.bytes() > bytesLeft && !(records.isEmpty() && polled.isEmpty())) {
          break;
        }
        polled.add(entry.record);
        left--;
        bytesLeft -= entry.bytes();
        position.index++;
        // What follows a record without being one is read with it, or by a later poll.
        position.offset = world.random.nextBoolean() ? entry.next : entry.offset() + 1;
      }
      if (!polled.isEmpty()) {
        records.put(partition, polled);
        next.put(partition, new OffsetAndMetadata(position.offset));
      } else if (position.index > 0 && position.index == log.visible(p)) {
        position.offset = log.partitions.get(p).get(position.index - 1).next;
        next.put(partition, new OffsetAndMetadata(position.offset));
      }
    }
    if (!records.isEmpty()) {
      world.judge.delivered(member, records);
    }
    return new ConsumerRecords<>(records, next);
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> paused.add(held(partition)));
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> paused.remove(held(partition)));
  }

  private int held(TopicPartition partition) {
    if (!owned.containsKey(partition.partition())) {
      throw new IllegalStateException("No current assignment for partition " + partition);
    }
    return partition.partition();
  }

  // Commits

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    partitions.forEach(partition -> seen.remove(partition.partition()));
    wakeUp();
    if (member.vanished() || world.faulty(world.schedule.failingCommits / 4)) {
      throw new TimeoutException("no answer");
    }
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata commit = log.committed[partition.partition()];
      committed.put(partition, commit);
      seen.put(partition.partition(), commit);
    }
    if (world.plant == Plant.METADATA_IGNORED) {
      committed.replaceAll((p, commit) -> null);
    }
    return committed;
  }

  /** What the member was told of the partition's commit when it last asked; null for nothing. */
  OffsetAndMetadata seen(TopicPartition partition) {
    return seen.get(partition.partition());
  }

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    underWay.add(new Commit(copy(offsets), callback));
    world.time.after(world.delay(8), this::arrive);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    wakeUp();
    arriveAll();
    runCallbacks();
    Exception error = arrived(copy(offsets));
    if (error instanceof CommitFailedException failed) {
      throw failed;
    } else if (error != null) {
      throw new TimeoutException("no answer to the commit");
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> copy(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<TopicPartition, OffsetAndMetadata> copy = new TreeMap<>(PlantedCommits.BY_NUMBER);
    offsets.forEach(
        (partition, commit) -> {
          Position position = owned.get(partition.partition());
          long read = position == null ? commit.offset() : position.offset;
          copy.put(partition, PlantedCommits.changed(world.plant, commit, read));
        });
    return copy;
  }

  private void arriveAll() {
    while (!underWay.isEmpty()) {
      arrive();
    }
  }

  private void arrive() {
    Commit commit = underWay.poll();
    if (commit != null) {
      Exception error = arrived(commit.offsets());
      callbacks.add(() -> commit.callback().onComplete(commit.offsets(), error));
    }
  }

  /** A commit is at the broker, or is not. */
  private Exception arrived(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (member.vanished() && world.random.nextBoolean()) {
      return new TimeoutException("nobody is there to hear it");
    }
    if (!group.isLive(this) || !joined) {
      return new CommitFailedException("not a member of the group");
    }
    boolean failing = world.faulty(world.schedule.failingCommits);
    if (!failing || world.random.nextBoolean()) {
      world.tell(() -> member + " commits " + offsets);
      offsets.forEach(
          (partition, commit) -> {
            world.judge.committed(member, partition, commit);
            log.committed[partition.partition()] = commit;
          });
    }
    return failing ? new RetriableCommitFailedException("the answer got lost") : null;
  }

  private void runCallbacks() {
    for (Runnable next = callbacks.poll(); next != null; next = callbacks.poll()) {
      next.run();
    }
  }

  boolean owns(TopicPartition partition) {
    return owned.containsKey(partition.partition()) && group.owns(this, partition.partition());
  }

  /** The runner has ended, and says so. */
  void leave() {
    arriveAll();
    joined = false;
    owned.clear();
    group.out(this);
  }
}
