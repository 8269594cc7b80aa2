package run.algo.sdk.kafka.internal.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/**
 * A member's producer: sends wait for room now and then, the broker answers later, in the order of
 * the sends of a partition and in no order between partitions; some sends fail, at once or late.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is but one thread
final class ModelProducer extends MockProducer<byte[], byte[]> {

  static final String DEAD_LETTERS = "dead";

  private static final int PARTITIONS = 2;

  private final SimWorld world;
  private final SimMember member;
  private final Map<String, ArrayDeque<InFlight>> queues = new HashMap<>();

  /** Nothing more of what was sent is written. */
  private boolean broken;

  private record InFlight(ProducerRecord<byte[], byte[]> record, Callback callback) {}

  ModelProducer(SimWorld world, SimMember member) {
    this.world = world;
    this.member = member;
  }

  /** The value of an output. */
  static byte[] value(Sitting.Exec exec, int output, int padding) {
    return ByteBuffer.allocate(8 + padding).putInt(exec.id).putInt(output).array();
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    Future<RecordMetadata> unused = new CompletableFuture<>();
    if (isOutput(record)) {
      world.judge.sent(world.execs.get(exec(record)), output(record));
    }
    if (world.chance(20)) {
      world.elsewhere(3); // the buffer is full
    }
    if (member.vanished()) {
      return unused;
    }
    if (world.faulty(world.schedule.failingSends / 4)) {
      callback.onCompletion(null, error(world, record));
      return unused;
    }
    ArrayDeque<InFlight> queue =
        queues.computeIfAbsent(record.topic() + partition(record), q -> new ArrayDeque<>());
    queue.add(new InFlight(record, callback));
    world.time.after(world.delay(10), () -> answer(queue));
    return unused;
  }

  private static int partition(ProducerRecord<byte[], byte[]> record) {
    return ModelParking.isParked(record)
        ? record.partition()
        : Math.floorMod(hash(record), PARTITIONS);
  }

  private static int hash(ProducerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    return key == null || key.length == 0 ? 0 : key[0];
  }

  private void answer(ArrayDeque<InFlight> queue) {
    InFlight first = queue.remove();
    if (member.vanished()) {
      mayBeWritten(first.record()); // but nobody learns of it
      return;
    }
    if (world.faulty(world.schedule.failingSends)) {
      Exception error = error(world, first.record());
      world.tell(() -> member + "'s send fails: " + error);
      if (error instanceof TimeoutException) {
        mayBeWritten(first.record());
      }
      first.callback().onCompletion(null, error);
    } else if (ModelParking.isParked(first.record())) {
      long place = world.parking.topic.write(member, first.record(), null);
      first.callback().onCompletion(ModelParking.metadata(first.record().partition(), place), null);
    } else {
      if (isOutput(first.record())) {
        Sitting.Exec exec = world.execs.get(exec(first.record()));
        world.judge.outputAcknowledged(exec, output(first.record()));
      } else {
        ModelLog.Entry origin = origin(world, first.record());
        world.judge.deadLetterAcknowledged(
            member, origin, reason(first.record()), executions(first.record()));
      }
      first.callback().onCompletion(null, null);
    }
  }

  /** Of what a process that has ended has sent, the first is written before the second. */
  private void mayBeWritten(ProducerRecord<byte[], byte[]> record) {
    if (ModelParking.isParked(record)) {
      boolean written = !broken && world.random.nextBoolean();
      broken = member.vanished() && !written;
      if (written) {
        long unheard = world.parking.topic.write(member, record, null);
        world.tell(() -> "written all the same, at " + unheard);
      }
    }
  }

  /** What may be wrong with a record, or with the broker. */
  static RuntimeException error(SimWorld world, ProducerRecord<byte[], byte[]> record) {
    return switch (world.random.nextInt(4)) {
      case 0 -> new RecordTooLargeException("too large");
      case 1 ->
          world.random.nextBoolean()
              ? new TopicAuthorizationException("not allowed")
              : new TopicAuthorizationException(Set.of(record.topic()));
      default -> new TimeoutException("no answer");
    };
  }

  // What a record tells of where it comes from

  static boolean isOutput(ProducerRecord<byte[], byte[]> record) {
    return !record.topic().equals(DEAD_LETTERS) && !ModelParking.isParked(record);
  }

  /** Number of an output's execution. */
  static int exec(ProducerRecord<byte[], byte[]> record) {
    return ByteBuffer.wrap(record.value()).getInt();
  }

  /** Which of the execution's outputs it is. */
  static int output(ProducerRecord<byte[], byte[]> record) {
    return ByteBuffer.wrap(record.value()).getInt(4);
  }

  /** The input of a dead letter. */
  static ModelLog.Entry origin(SimWorld world, ProducerRecord<byte[], byte[]> record) {
    int partition = number(record, ProtocolHeaders.ORIGIN_PARTITION);
    int offset = number(record, ProtocolHeaders.ORIGIN_OFFSET);
    return world.log.entry(partition, offset);
  }

  /** Why there is a dead letter. */
  static String reason(ProducerRecord<byte[], byte[]> record) {
    return ProtocolHeaders.text(record.headers(), "dlqReason");
  }

  /** How often the Algo was executed before there was one. */
  static int executions(ProducerRecord<byte[], byte[]> record) {
    return number(record, "dlqAttempts");
  }

  private static int number(ProducerRecord<byte[], byte[]> record, String header) {
    return Integer.parseInt(ProtocolHeaders.text(record.headers(), header));
  }
}
