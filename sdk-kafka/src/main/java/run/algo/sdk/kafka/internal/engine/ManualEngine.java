package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * The engine without a broker and without a thread: all that is its own, from the poll loop to the
 * committed offset, driven by whoever calls, with fakes for Kafka's clients and time that only
 * passes when it is told to. Not thread-safe, except that author's code may complete what is under
 * way from any thread.
 */
public final class ManualEngine implements AutoCloseable {

  private final VirtualTime time;
  private final FakeProducer producer = new FakeProducer();
  private final FakeConsumer consumer;
  private final PollLoop loop;
  private boolean closing;

  /** Whether something has happened while the loop had nothing to poll for. */
  private boolean ranMeanwhile;

  /**
   * An engine that has been assigned the first partition of each topic.
   *
   * @param time its time
   * @param workload what is done with the records
   * @param plan how; offsets are committed whenever they have moved, whatever it says
   */
  public ManualEngine(VirtualTime time, Engine.Workload workload, EnginePlan plan) {
    this.time = time;
    this.consumer = new FakeConsumer(plan.bounds().pollRecords());
    RecordProcessor processor = workload.processor(Sender.direct(producer, time), () -> closing);
    Crew.Workers workers = Crew.Workers.of(plan.execution().concurrency(), time, time, time);
    RateLimit warnings = new RateLimit(Duration.ofSeconds(10), time::nanos);
    this.loop =
        new PollLoop(
            consumer,
            workload.topics(),
            committingAtOnce(plan),
            new PartitionFlows(
                workload,
                processor,
                workers,
                time,
                plan.execution(),
                new PartitionFlows.Waiting(
                    DueGate.inMemory(plan.execution(), time, time.timeOfDay(), warnings),
                    new ParkingLot(
                        new FakeParkingReader(producer, time),
                        time,
                        time,
                        time.timeOfDay(),
                        plan.bounds(),
                        warnings))),
            effect -> {},
            new PollLoop.Environs(time, this::await, warnings, new Intake()).with(consumer::ends));
    loop.begin();
    workload.topics().forEach(topic -> consumer.ensure(topic, 0));
  }

  /** While it closes, time passes by itself; otherwise only when it is told to. */
  private void await(Object blocker, long nanos) {
    if (closing) {
      time.await(blocker, nanos);
    } else {
      ranMeanwhile |= time.runOne();
    }
  }

  private static EnginePlan committingAtOnce(EnginePlan plan) {
    EnginePlan.Times times = plan.times();
    return new EnginePlan(
        plan.execution(),
        plan.bounds(),
        new EnginePlan.Times(
            Duration.ZERO,
            times.revokeTimeout(),
            times.shutdownTimeout(),
            times.lastCommit(),
            Duration.ZERO,
            times.gatherTimeout(),
            times.stuckAfter()));
  }

  /**
   * The offset that the next record of a partition gets.
   *
   * @param partition the partition
   * @return the offset
   */
  public long end(TopicPartition partition) {
    return consumer.end(partition);
  }

  /**
   * Writes a record to its topic; it is read by {@link #settle}.
   *
   * @param record the record; its partition comes into being where it must
   */
  public void append(ConsumerRecord<byte[], byte[]> record) {
    consumer.append(record);
  }

  /** Goes on until nothing more happens by itself. */
  public void settle() {
    boolean busy = true;
    while (busy) {
      long before = consumer.delivered();
      ranMeanwhile = false;
      loop.step();
      busy = ranMeanwhile || consumer.delivered() > before;
      while (time.runOne()) {
        busy = true;
      }
    }
  }

  /**
   * Lets time pass, from one timer to the next.
   *
   * @param duration how much
   */
  public void advance(Duration duration) {
    settle();
    long left = duration.toNanos();
    while (left > 0) {
      left -= time.pass(left);
      settle();
    }
  }

  /**
   * Waits, in real time, for other threads to complete what is under way.
   *
   * @param timeout how long at most
   * @return whether all that was read is settled
   * @throws InterruptedException when interrupted
   */
  public boolean await(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    settle();
    while (!loop.allSettled()) {
      if (!time.awaitReady(deadline - System.nanoTime())) {
        return false;
      }
      settle();
    }
    return true;
  }

  /** {@return the time that has passed} */
  public Duration elapsed() {
    return Duration.ofNanos(time.nanos());
  }

  /**
   * What was written.
   *
   * @param topic the topic
   * @return its records, in the order in which they were sent
   */
  public List<ProducerRecord<byte[], byte[]>> sent(String topic) {
    return producer.history().stream().filter(record -> record.topic().equals(topic)).toList();
  }

  /**
   * Refuses the records for a topic, until {@link #acceptSends}.
   *
   * @param topic the topic
   * @param error what is told to whoever sends
   */
  public void failSends(String topic, RuntimeException error) {
    producer.fail(topic, error);
  }

  /** Takes records for all topics again. */
  public void acceptSends() {
    producer.accept();
  }

  /**
   * The committed offset of a partition.
   *
   * @param partition the partition
   * @return the offset to go on from; 0 where nothing was committed
   */
  public long committed(TopicPartition partition) {
    return consumer.committed(partition);
  }

  /** {@return which partitions are halted, and why} */
  public Map<TopicPartition, HaltReport> halts() {
    return loop.halts();
  }

  /** Ends executions under way, within the shutdown timeout in its own time, and commits. */
  @Override
  public void close() {
    if (!closing) {
      closing = true;
      loop.end();
      consumer.close();
      producer.close();
    }
  }
}
