package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A lane's producer. As with the real one: after an error it takes nothing but an abort, after a
 * fatal one nothing at all; when the broker refuses a record, all that have not been written are
 * told the same; and a commit without an answer may have been carried out, may be carried out
 * later, or never. Of a process that has ended nothing reaches the broker, and it learns nothing.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is but one thread
final class ModelTransactionalProducer extends MockProducer<byte[], byte[]> {

  private final SimWorld world;
  private final SimMember member;
  private final ModelTransactions broker;
  private final String id;
  private final ArrayDeque<Waiting> buffer = new ArrayDeque<>();
  private int epoch;
  private ModelTransactions.Transaction open;
  private RuntimeException abortable;
  private RuntimeException fatal;

  /** A commit has been asked for, and not been answered. */
  private boolean committing;

  private boolean closed;

  private record Waiting(ProducerRecord<byte[], byte[]> record, Callback callback) {}

  ModelTransactionalProducer(SimMember member, String id) {
    this.world = member.world;
    this.member = member;
    this.broker = world.transactions;
    this.id = id;
  }

  // What every call may meet

  /** The answer takes its time. */
  private void waits(int mostSteps) {
    if (world.chance(400)) {
      world.elsewhere(mostSteps);
    }
    if (member.vanished() || closed) {
      throw new TimeoutException("nobody is there to hear it");
    }
  }

  private void usable() {
    if (fatal != null) {
      throw new ProducerFencedException("not any more: " + fatal);
    }
    if (abortable != null) {
      throw new KafkaException("in an error state", abortable);
    }
  }

  /** What the broker refuses is over for this producer. */
  private void ask(Runnable request) {
    try {
      request.run();
    } catch (ProducerFencedException e) {
      fatal = e;
      drop(e);
      throw e;
    } catch (CommitFailedException e) {
      abortable = e;
      throw e;
    }
  }

  private void drop(Exception error) {
    for (Waiting next = buffer.poll(); next != null; next = buffer.poll()) {
      next.callback().onCompletion(null, error);
    }
  }

  // The producer

  @Override
  public void initTransactions() {
    waits(3);
    if (world.faulty(world.schedule.failingCommits / 4)) {
      throw new TimeoutException("no coordinator");
    }
    epoch = broker.init(id);
    waits(2);
  }

  @Override
  public void beginTransaction() {
    usable();
    if (world.faulty(world.schedule.failingCommits / 10)) {
      broker.expire(id); // it has been idle for too long, or somebody else bears its name
    }
    open = broker.begin(id, epoch, member);
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    Future<RecordMetadata> unused = new CompletableFuture<>();
    usable();
    if (ModelProducer.isOutput(record)) {
      Sitting.Exec exec = world.execs.get(ModelProducer.exec(record));
      world.judge.sentAgain(exec, ModelProducer.output(record));
    }
    if (world.chance(20)) {
      waits(2);
    }
    if (world.faulty(world.schedule.failingSends / 16)) {
      RuntimeException error = ModelProducer.error(world, record);
      callback.onCompletion(null, error); // the client refuses it
      abortable = error;
      return unused;
    }
    if (world.plant == Plant.OUTPUT_OUTSIDE_THE_TRANSACTION
        && !ModelParking.isParked(record)
        && world.chance(50)) {
      broker.writeOutside(member, record);
      callback.onCompletion(null, null);
      return unused;
    }
    buffer.add(new Waiting(record, callback));
    if (world.chance(200)) {
      write(1 + world.random.nextInt(3), false); // what goes wrong is told later
    }
    return unused;
  }

  /** Some of what was sent gets to the broker. */
  private void write(int most, boolean mayFail) {
    for (int i = 0; i < most && !buffer.isEmpty(); i++) {
      Waiting next = buffer.remove();
      if (mayFail && world.faulty(world.schedule.failingSends / 16)) {
        abortable = ModelProducer.error(world, next.record());
        world.tell(() -> id + "'s write fails: " + abortable);
        next.callback().onCompletion(null, abortable);
        drop(abortable);
        return;
      }
      long place;
      try {
        place = broker.write(open, next.record());
      } catch (ProducerFencedException e) {
        fatal = e;
        next.callback().onCompletion(null, e);
        drop(e);
        return;
      }
      RecordMetadata written =
          place < 0 ? null : ModelParking.metadata(next.record().partition(), place);
      next.callback().onCompletion(written, null);
    }
  }

  @Override
  public void flush() {
    waits(4);
    if (fatal == null && abortable == null) {
      write(Integer.MAX_VALUE, true);
    }
    waits(2);
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    waits(3);
    usable();
    if (world.plant == Plant.COMMIT_WITHOUT_OFFSETS) {
      return;
    }
    ConsumerGroupMetadata told =
        world.plant == Plant.FENCING_FORGOTTEN ? ModelGroup.metadata(-1, "") : group;
    boolean fails = world.faulty(world.schedule.failingCommits / 8);
    if (!fails || world.random.nextBoolean()) {
      ask(() -> broker.offsets(open, offsets, told));
    }
    if (fails) {
      abortable = new TimeoutException("no answer to the offsets");
      throw abortable;
    }
    waits(2);
  }

  @Override
  public void commitTransaction() {
    if (!committing || fatal != null) {
      usable();
    }
    waits(3);
    if (world.faulty(committing ? 500 : world.schedule.failingCommits / 2)) {
      failCommit();
    }
    ask(() -> broker.commit(open));
    committing = true;
    waits(2); // and perhaps the answer does not come any more
    ended();
  }

  private void failCommit() {
    ModelTransactions.Transaction asked = open;
    switch (world.random.nextInt(6)) {
      case 0 -> {
        ask(() -> broker.commit(asked));
        throw unanswered();
      }
      case 1 -> {
        world.time.after(world.delay(3000), () -> arrivesLate(asked));
        throw unanswered();
      }
      case 2 -> throw unanswered();
      case 3 -> {
        ask(() -> broker.commit(asked));
        fatal = new ProducerFencedException("there is another");
        throw fatal;
      }
      case 4 -> {
        broker.expire(id);
        ask(() -> broker.commit(asked));
      }
      default -> {
        abortable = new KafkaException("the coordinator refuses to commit");
        throw abortable;
      }
    }
  }

  private void arrivesLate(ModelTransactions.Transaction asked) {
    try {
      broker.commit(asked);
    } catch (ProducerFencedException e) {
      world.tell(() -> id + "'s late commit is refused");
    }
  }

  private RuntimeException unanswered() {
    world.unanswered++;
    world.tell(() -> id + "'s commit is not answered");
    if (world.plant == Plant.UNANSWERED_COMMIT_TAKEN_FOR_FAILED) {
      abortable = new KafkaException("the commit has failed");
      return abortable;
    }
    committing = true;
    return new TimeoutException("no answer to the commit");
  }

  @Override
  public void abortTransaction() {
    waits(3);
    if (fatal != null) {
      throw new ProducerFencedException("not any more: " + fatal);
    }
    if (committing) {
      throw new IllegalStateException("the commit must be asked for again");
    }
    boolean fails = world.faulty(world.schedule.failingCommits / 4);
    if (!fails || world.random.nextBoolean()) {
      ask(() -> broker.abort(open));
    }
    if (fails) {
      fatal = new InvalidPidMappingException("the id has expired");
      throw fatal;
    }
    drop(new KafkaException("aborted"));
    abortable = null;
    ended();
  }

  private void ended() {
    open = null;
    committing = false;
  }

  /** What is open is aborted, if there is time for it. */
  @Override
  public void close(Duration timeout) {
    if (!closed && !member.vanished() && open != null && !committing && !timeout.isZero()) {
      arrivesAbort();
    }
    closed = true;
    drop(new KafkaException("closed"));
  }

  private void arrivesAbort() {
    try {
      broker.abort(open);
    } catch (ProducerFencedException e) {
      world.tell(() -> id + "'s last abort is refused");
    }
  }
}
