package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.execute.PreparedSends;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

/**
 * Exactly-once: what records lead to is written in one transaction with the offsets behind them.
 *
 * <p>Executions write nothing; they leave prepared what is to be written. Once an interval, or when
 * much has gathered, the owner thread takes what is prepared in line, of each partition up to its
 * first record that is not, and gives it to one of two {@linkplain TransactionLane lanes}. While
 * one waits for the brokers to commit, the other writes. So a slow record holds back its own
 * partition alone, a transaction is as short as its writing, however long executions take, and
 * offsets never have gaps. A transaction that is aborted, for whatever reason, is written again
 * from what is prepared: nothing is executed twice.
 *
 * <p>A member whose partitions have moved on is kept out by its generation, which is read here, by
 * the thread that takes part in rebalances, and checked by the coordinator (KIP-447); so the
 * producers' IDs need not follow the partitions.
 *
 * <p>Used by the owner thread alone, {@link #trouble} excepted.
 */
final class Transactions implements Commits {

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LAST_BACKOFF = Duration.ofSeconds(10);

  /** So many failures in a row are worth telling. */
  private static final int TROUBLE = 3;

  private final Consumer<byte[], byte[]> consumer;
  private final OwnerSignal signal;
  private final List<TransactionLane> lanes;
  private final EnginePlan.Bounds bounds;
  private final MonotonicClock clock;
  private final Gathers gathers;

  /** Under way, in the order in which they commit. */
  private final ArrayDeque<Transaction> alive = new ArrayDeque<>();

  /** Partitions of failed transactions. */
  private final Set<PartitionFlow> takeAgain = new HashSet<>();

  private int nextLane;
  private long confirmed;
  private long failed;

  /** Whether records that were refused wait to be tried again. */
  private boolean suspects;

  private boolean lastWasAlone;

  /** The suspect that was found last, whether or not it could be taken. */
  private @Nullable PreparedSends tried;

  /** Whether a transaction before its time has found little, since the last interval. */
  private boolean pressedInVain;

  private long notBefore;
  private Duration backoff = Duration.ZERO;

  /** In a row. Written by the owner thread alone. */
  private volatile int failures;

  /**
   * Transactions.
   *
   * @param consumer whose group commits
   * @param signal wakes the owner
   * @param lanes write them, in turn
   * @param bounds what may be in flight
   * @param clock tells when to try again
   * @param gathers what is committed together or not at all
   */
  Transactions(
      Consumer<byte[], byte[]> consumer,
      OwnerSignal signal,
      List<TransactionLane> lanes,
      EnginePlan.Bounds bounds,
      MonotonicClock clock,
      Gathers gathers) {
    this.consumer = consumer;
    this.signal = signal;
    this.lanes = List.copyOf(lanes);
    this.bounds = bounds;
    this.clock = clock;
    this.gathers = gathers;
    this.notBefore = clock.nanos();
  }

  @Override
  public boolean transactional() {
    return true;
  }

  /** Nothing is ever settled ahead: what is committed has no gaps. */
  @Override
  public Map<TopicPartition, SettledOffsets> settledAhead(Collection<TopicPartition> partitions) {
    return Map.of();
  }

  @Override
  public void turn(Collection<PartitionFlow> flows, boolean due) {
    reap();
    if (due) {
      pressedInVain = false;
      begin(flows);
    } else if (!pressedInVain && pressing(flows) && begin(flows)) {
      // What is in flight need not be prepared: executions that take long gain nothing by haste.
      Transaction begun = alive.getLast();
      pressedInVain =
          begun.records() < bounds.records() / 16 && begun.bytes() < bounds.bytes() / 16;
    }
  }

  @Override
  public void commitSync(Collection<PartitionFlow> flows, Duration timeout) {
    long deadline = clock.nanos() + timeout.toNanos();
    signal.draining(true);
    try {
      while (true) {
        reap();
        boolean begun = begin(flows);
        if (!begun && alive.isEmpty() && takeAgain.isEmpty() && clock.nanos() - notBefore >= 0) {
          return;
        }
        long left = deadline - clock.nanos();
        if (left <= 0) {
          return; // what is under way is kept out, or waited for, by whoever comes next
        }
        signal.await(this, left);
      }
    } finally {
      signal.draining(false);
    }
  }

  @Override
  public Optional<String> trouble() {
    if (failures < TROUBLE) {
      return Optional.empty();
    }
    return lanes.stream()
        .map(TransactionLane::trouble)
        .filter(Objects::nonNull)
        .findFirst()
        .map(error -> "transactions cannot be committed: " + error);
  }

  @Override
  public Tally tally() {
    return new Tally(confirmed, failed);
  }

  /** Takes note of what has ended. */
  private void reap() {
    while (!alive.isEmpty() && alive.element().ended()) {
      Transaction ended = alive.remove();
      ended.release();
      switch (ended.state()) {
        case COMMITTED -> {
          confirmed++;
          failures = 0;
          notBefore = clock.nanos();
          backoff = Duration.ZERO;
          ended.offsets().forEach(PartitionFlow::committed);
        }
        case REFUSED, DRAGGED -> takeAgain.addAll(ended.offsets().keySet());
        case FAILED -> {
          takeAgain.addAll(ended.offsets().keySet());
          failed();
        }
        case WRITING, WRITTEN -> throw new IllegalStateException("it has not ended");
      }
    }
    if (alive.isEmpty() && !takeAgain.isEmpty()) {
      takeAgain.forEach(PartitionFlow::untake);
      takeAgain.clear();
    }
  }

  private void failed() {
    failed++;
    int before = failures;
    failures = before + 1;
    Duration doubled = backoff.isZero() ? FIRST_BACKOFF : backoff.multipliedBy(2);
    backoff = doubled.compareTo(LAST_BACKOFF) < 0 ? doubled : LAST_BACKOFF;
    notBefore = clock.nanos() + backoff.toNanos();
  }

  /**
   * Whether so much has gathered beyond what is under way that to wait for the interval would stop
   * the flow.
   */
  private boolean pressing(Collection<PartitionFlow> flows) {
    long records = 0;
    long bytes = 0;
    for (PartitionFlow flow : flows) {
      records += flow.inFlight();
      bytes += flow.bytesInFlight();
    }
    for (Transaction transaction : alive) {
      bytes -= transaction.bytes();
    }
    return records > bounds.records() / 4 || bytes > bounds.bytes() / 4;
  }

  private boolean begin(Collection<PartitionFlow> flows) {
    if (!takeAgain.isEmpty() || clock.nanos() - notBefore < 0 || !isRoom()) {
      return false;
    }
    if (suspects && !lastWasAlone) {
      // What was refused before may be refused again, and must not take others with it.
      if (!alive.isEmpty()) {
        return false;
      }
      if (beginWithSuspect(flows)) {
        return true;
      }
    }
    if (begin(flows, Admission.Suspects.NONE, Set.of())) {
      return true;
    }
    if (!suspects || !alive.isEmpty()) {
      return false;
    }
    // A suspect may lie between the records of one that was gathered, and then goes with it.
    return beginWithSuspect(flows)
        || (gathers.any() && begin(flows, Admission.Suspects.ALL, Set.of()));
  }

  private boolean beginWithSuspect(Collection<PartitionFlow> flows) {
    // A suspect that was gathered may not be to be had by itself; then the next one may.
    Set<PreparedSends> passed = new HashSet<>();
    do {
      if (begin(flows, Admission.Suspects.ONE, passed)) {
        return true;
      }
    } while (tried != null && passed.add(tried));
    return false;
  }

  /** One may commit while another writes. */
  private boolean isRoom() {
    return alive.size() < lanes.size()
        && (alive.isEmpty() || alive.getLast().state() != Transaction.State.WRITING);
  }

  private boolean begin(
      Collection<PartitionFlow> flows, Admission.Suspects suspected, Set<PreparedSends> passed) {
    ConsumerGroupMetadata group = consumer.groupMetadata();
    if (group.generationId() < 0) {
      return false; // who is no member would be believed without a generation
    }
    Admission trial = new Admission(suspected, passed);
    Admission admission = new Admission(suspected, passed);
    Transaction transaction = new Transaction(group, alive.peekLast(), admission);
    synchronized (gathers) { // no gather is prepared between the first partition and the last
      gathers.cutTaken(flows, trial);
      for (PartitionFlow flow : flows) {
        transaction.take(flow);
      }
      for (PartitionFlow flow : flows) {
        transaction.takeParked(flow);
      }
    }
    tried = trial.only();
    suspects = admission.leftSuspects() || trial.leftSuspects();
    lastWasAlone = suspected != Admission.Suspects.NONE;
    if (transaction.isEmpty()) {
      return false;
    }
    alive.add(transaction);
    lanes.get(nextLane).run(transaction, () -> signal.settled(true));
    nextLane = (nextLane + 1) % lanes.size();
    return true;
  }
}
