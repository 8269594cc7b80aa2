package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * The consumer loop. Its thread owns the consumer and everything about partitions: it polls, hands
 * each partition's records to their flow, and commits what is settled.
 *
 * <p>The thread never waits for an Algo, a producer or a backoff: what is slow runs on workers, and
 * a partition that cannot take more is paused while the loop polls on, so the group never takes
 * this member for dead. The one exception is the drain of partitions that are taken away, within
 * {@code ALGO_REVOKE_TIMEOUT}, and of all when the runner closes.
 */
public final class PollLoop {

  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

  /** Pause after an error of the consumer, so that a lasting one does not spin. */
  private static final Duration ERROR_BACKOFF = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Collection<String> topics;
  private final LoopSettings settings;
  private final OwnerSignal signal;
  private final Committer committer;
  private final Assignment assignment;
  private final FlowControl flowControl;
  private final LoopListener listener;
  private final RateLimit warnings;

  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable String trouble;
  private volatile boolean turning;
  private volatile long turnBegan;
  private boolean assignedOnce;
  private long lastCommit;

  /**
   * What the loop is told.
   *
   * @param commitInterval time between commits
   * @param maxInFlight most records read and not settled
   * @param maxPollRecords most records that one poll brings
   * @param revokeTimeout most time for the drain of revoked partitions
   * @param shutdownTimeout most time for the drain when the runner closes
   * @param commitTimeout most time for the last commit
   */
  public record LoopSettings(
      Duration commitInterval,
      int maxInFlight,
      int maxPollRecords,
      Duration revokeTimeout,
      Duration shutdownTimeout,
      Duration commitTimeout) {

    /** {@return how long a turn may take when all is well: a poll, or a revocation's drain} */
    public Duration longestTurn() {
      return commitInterval.plus(revokeTimeout.multipliedBy(2)).plus(ERROR_BACKOFF);
    }
  }

  /** Who wants to know. */
  public interface LoopListener {

    /** The group has assigned partitions for the first time, perhaps none. */
    void firstAssignment();
  }

  /** Makes the dispatcher of a partition. */
  interface Flows {

    /**
     * A flow for a newly assigned partition.
     *
     * @param partition the partition
     * @param signal wakes the owner thread
     * @return the flow
     */
    PartitionFlow create(TopicPartition partition, OwnerSignal signal);
  }

  PollLoop(
      Consumer<byte[], byte[]> consumer,
      Collection<String> topics,
      LoopSettings settings,
      Flows flows,
      LoopListener listener,
      RateLimit warnings) {
    this.consumer = consumer;
    this.topics = topics;
    this.settings = settings;
    this.listener = listener;
    this.warnings = warnings;
    this.signal = new OwnerSignal(consumer::wakeup);
    this.committer = new Committer(consumer, warnings);
    this.assignment =
        new Assignment(
            partition -> flows.create(partition, signal),
            committer,
            signal,
            settings.revokeTimeout(),
            this::assigned);
    this.flowControl =
        new FlowControl(consumer, signal, settings.maxInFlight(), settings.maxPollRecords());
  }

  /**
   * Runs until {@link #close}, drains and leaves the group. The calling thread is the owner.
   *
   * @throws KafkaException when the group will not have this member any more
   */
  public void run() {
    signal.owner(Thread.currentThread());
    lastCommit = System.nanoTime();
    consumer.subscribe(topics, assignment);
    turnBegan = lastCommit;
    turning = true;
    while (closing.getCount() > 0) {
      try {
        turn();
        trouble = null;
      } catch (WakeupException e) {
        // A paused partition may have room again, or the runner closes.
      } catch (FencedInstanceIdException | UnsupportedVersionException e) {
        throw e;
      } catch (InterruptException e) {
        // Nobody has a reason to interrupt this thread but an Algo that found it: clear and go on.
        boolean cleared = Thread.interrupted();
        log.warn("the poll thread was interrupted ({}); it goes on", cleared);
      } catch (KafkaException e) {
        troubled(e);
      }
    }
    turning = false;
    assignment.leaveAll(settings.shutdownTimeout(), settings.commitTimeout());
  }

  /** Makes {@link #run} end. From any thread. */
  public void close() {
    closing.countDown();
    consumer.wakeup();
  }

  /** {@return which partitions are halted, and why; from any thread} */
  public Map<TopicPartition, HaltReport> halts() {
    return assignment.halts();
  }

  /** {@return the consumer's lasting error, if it has one; from any thread} */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /**
   * When the latest turn began. From any thread.
   *
   * @return monotonic time in nanoseconds; empty unless the loop is meant to turn
   */
  OptionalLong turnBegan() {
    return turning ? OptionalLong.of(turnBegan) : OptionalLong.empty();
  }

  private void turn() {
    turnBegan = System.nanoTime();
    flowControl.apply(assignment.flows());
    ConsumerRecords<byte[], byte[]> records = consumer.poll(untilCommit());
    accept(records);
    if (!assignedOnce && joined()) {
      assigned(); // the consumer protocol does not call back for an empty assignment
    }
    long now = System.nanoTime();
    if (now - lastCommit >= settings.commitInterval().toNanos()) {
      lastCommit = now;
      committer.commitAsync(assignment.flows());
    }
  }

  private void accept(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition partition : records.partitions()) {
      PartitionFlow flow =
          assignment
              .flow(partition)
              .orElseThrow(() -> new IllegalStateException("no flow for " + partition));
      flow.accept(records.records(partition)); // to drop records without a word would lose them
    }
    for (Map.Entry<TopicPartition, OffsetAndMetadata> next : records.nextOffsets().entrySet()) {
      assignment.flow(next.getKey()).ifPresent(flow -> flow.position(next.getValue().offset()));
    }
  }

  private Duration untilCommit() {
    long left = settings.commitInterval().toNanos() - (System.nanoTime() - lastCommit);
    return Duration.ofNanos(Math.max(1_000_000, left));
  }

  private boolean joined() {
    return consumer.groupMetadata().generationId() > 0;
  }

  private void assigned() {
    if (!assignedOnce) {
      assignedOnce = true;
      listener.firstAssignment();
    }
  }

  private void troubled(KafkaException e) {
    trouble = String.valueOf(e);
    warnings.run(
        "poll " + e.getClass().getName(),
        suppressed ->
            log.error(
                "the consumer cannot go on (and {} more like it); trying again", suppressed, e));
    try {
      boolean closed = closing.await(ERROR_BACKOFF.toMillis(), TimeUnit.MILLISECONDS);
      log.debug("after the consumer's error: closing {}", closed);
    } catch (InterruptedException interrupted) {
      // As above: nothing this thread does is meant to be interrupted.
      log.debug("interrupted while waiting after an error", interrupted);
    }
  }
}
