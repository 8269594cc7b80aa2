package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.DueTime;
import run.algo.sdk.kafka.internal.record.Outcome;

/** A partition of a retry topic in virtual time, with a refetcher that the test answers for. */
final class DueBench implements Refetcher {

  static final TopicPartition PARTITION = new TopicPartition("orders.30s", 0);

  /** An execution. */
  record Run(long offset, long millis) {}

  final VirtualTime time = new VirtualTime();
  final long start = time.timeOfDay().millis();
  final List<Run> runs = new ArrayList<>();
  final List<Wanted> wanted = new ArrayList<>();
  final TreeMap<Long, ConsumerRecord<byte[], byte[]>> log = new TreeMap<>();
  final InputCounters counters = new InputCounters("orders");
  final WaitingRoom room;
  final DueDispatcher due;
  final PartitionFlow flow;

  /** Whether executions settle by themselves. */
  boolean settles = true;

  /** What runs and has not been settled. */
  final List<Runnable> open = new ArrayList<>();

  private final DueGate.Loads loads;
  private final int handedOver;

  DueBench() {
    this(new DueGate.Loads(1_000, 1_000_000), 512, 8, WaitingRoom.PLACES, false);
  }

  DueBench(
      DueGate.Loads loads, int handedOver, int concurrency, int places, boolean transactional) {
    this.loads = loads;
    this.handedOver = handedOver;
    this.room = new WaitingRoom(places);
    Crew.Workers workers = Crew.Workers.of(concurrency, time, time, time);
    Crew.RecordRunner runner =
        (batch, index, scope) -> {
          runs.add(new Run(batch.record(index).offset(), time.timeOfDay().millis()));
          if (settles) {
            batch.settled(index, Outcome.WRITTEN, 0);
          } else {
            open.add(() -> batch.settled(index, Outcome.WRITTEN, 0));
          }
          return Progress.ENDED;
        };
    due =
        new DueDispatcher(
            gate(),
            new UnorderedDispatcher(workers, runner, EnginePlan.Share.of(concurrency)),
            concurrency == 1);
    Gathers gathers =
        new Gathers(
            Duration.ofMinutes(10),
            time,
            EngineFixtures.quiet(),
            new Siblings(1, all -> new CompletableFuture<>(), tp -> -1, List::of, () -> {}),
            List::of);
    flow =
        new PartitionFlow(
            new PartitionFlow.Seat(PARTITION, SettledOffsets.none(0), transactional, gathers),
            EngineFixtures.retries(EngineFixtures.route(counters, EngineFixtures.ECHO)),
            EngineFixtures.signal(() -> {}),
            time,
            due,
            (tp, dispatcher) -> new Halt(tp, dispatcher, time));
  }

  DueGate gate() {
    return new DueGate(
        time.timeOfDay(), time, this, room, loads, handedOver, EngineFixtures.quiet());
  }

  /** Records with due times so many milliseconds from the start of the test. */
  List<ConsumerRecord<byte[], byte[]>> append(long... dues) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long millis : dues) {
      records.add(append(start + millis, time.timeOfDay().millis()));
    }
    return records;
  }

  ConsumerRecord<byte[], byte[]> append(long due, long timestamp) {
    long offset = log.isEmpty() ? 0 : log.lastKey() + 1;
    RecordHeaders headers = new RecordHeaders();
    headers.add(DueTime.MILLIS, Long.toString(due).getBytes(UTF_8));
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            PARTITION.topic(),
            PARTITION.partition(),
            offset,
            timestamp,
            TimestampType.CREATE_TIME,
            2,
            8,
            new byte[2],
            new byte[8],
            headers,
            Optional.of(1));
    log.put(offset, record);
    return record;
  }

  /** Appends, and reads in one poll. */
  void read(long... dues) {
    read(append(dues));
  }

  void read(List<ConsumerRecord<byte[], byte[]>> records) {
    flow.accept(records);
    flow.position(
        new org.apache.kafka.clients.consumer.OffsetAndMetadata(
            records.get(records.size() - 1).offset() + 1));
    time.runAll();
  }

  @Override
  public void prepare() {
    // it is always ready
  }

  @Override
  public void fetch(List<Wanted> more) {
    wanted.addAll(more);
  }

  /** Answers for all that is wanted. */
  void answer() {
    List<Wanted> all = List.copyOf(wanted);
    wanted.clear();
    all.forEach(
        each -> {
          ConsumerRecord<byte[], byte[]> record = log.get(each.offset());
          if (record == null) {
            each.lost();
          } else {
            each.found(record);
          }
        });
    time.runAll();
  }

  /** Time passes; whether what is wanted again is brought at once. */
  void pass(long millis, boolean answers) {
    long left = millis * 1_000_000;
    while (left > 0) {
      left -= time.pass(left);
      time.runAll();
      while (answers && !wanted.isEmpty()) {
        answer();
      }
    }
  }

  void pass(long millis) {
    pass(millis, true);
  }

  /** An execution, with its time from the start of the test. */
  Run run(long offset, long millis) {
    return new Run(offset, start + millis);
  }

  long[] executed() {
    return runs.stream().mapToLong(Run::offset).toArray();
  }

  static long[] same(int count, long due) {
    long[] dues = new long[count];
    Arrays.fill(dues, due);
    return dues;
  }
}
