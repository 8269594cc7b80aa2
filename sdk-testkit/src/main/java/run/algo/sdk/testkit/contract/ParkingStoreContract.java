package run.algo.sdk.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingStore;
import run.algo.sdk.spi.RetryState;

/**
 * What every {@link ParkingStore} owes. Extend it in a test class, open the store to judge, and say
 * how its writes become durable. Whatever has to be closed is the subclass's to close after each
 * test.
 *
 * @param <W> what a write belongs to
 * @since 0.1.0
 */
public abstract class ParkingStoreContract<W> {

  private static final int MEBIBYTE = 1 << 20;
  private static final int MANY = 300;

  /** More than a record can have. */
  private static final int MOST_TRIES = 1_000_000_000;

  private static final long PATIENCE_SECONDS = 60;
  private static final Instant DUE = Instant.ofEpochMilli(1_700_000_000_123L);

  /** For subclasses. */
  protected ParkingStoreContract() {}

  /**
   * Opens an empty store with partitions 0 to 2, for records of 1 MiB; asked for once a test.
   *
   * @return the store
   * @throws Exception when it cannot be opened
   */
  protected abstract ParkingStore<W> open() throws Exception;

  /**
   * Begins a write, which is then used for one record.
   *
   * @return the write
   * @throws Exception when it cannot be begun
   */
  protected abstract W write() throws Exception;

  /**
   * Waits until a write is durable; where a transaction has to be committed for that, commits it.
   *
   * @param write the write
   * @return the place of what was written
   * @throws Exception when it does not become durable
   */
  protected abstract long awaitDurable(W write) throws Exception;

  @Test
  void whatIsPutIsLoadedWhole() throws Exception {
    ParkingStore<W> store = open();
    List<ParkedRecord> records = new ArrayList<>();
    records.add(record(0, "key", "value"));
    records.add(record(1, null, "value"));
    records.add(record(2, "key", null));
    records.add(record(3, "", ""));
    records.add(record(4, null, null));
    records.add(record(Long.MAX_VALUE / 2, "ü\uD83D\uDE80", "\u0000"));
    byte[] large = new byte[MEBIBYTE];
    new Random(1).nextBytes(large);
    records.add(
        new ParkedRecord(
            new ParkedId(0, 5), 0, bytes("k"), large, RecordHeaders.of(), ParkedTry.BEHIND));

    assertLoaded(store, records);
  }

  @Test
  void headersAreKeptAsTheyAre() throws Exception {
    ParkingStore<W> store = open();
    RecordHeader[] many = new RecordHeader[MANY];
    for (int i = 0; i < MANY; i++) {
      many[i] = RecordHeader.of("name " + i % 7, "value " + i);
    }
    List<ParkedRecord> records = new ArrayList<>();
    records.add(headers(1, many));
    records.add(
        headers(
            2,
            new RecordHeader("null", null),
            new RecordHeader("empty", new byte[0]),
            new RecordHeader("", bytes("no name")),
            new RecordHeader("binary", new byte[] {0, -1, (byte) 0x80}),
            new RecordHeader("null", null)));
    records.add(headers(3, named("")));
    records.add(headers(4, named("12")));
    records.add(headers(5)); // none

    assertLoaded(store, records);
  }

  /** Headers of the protocol, and of what a store might write itself, with a value of one's own. */
  private static RecordHeader[] named(String value) {
    return List.of(
            "traceID",
            "messageDataType",
            "run",
            "retryStepIndex",
            "retryNum",
            "retryAttempt",
            "retryGroup",
            "retryDueAt",
            "retryDue",
            "originTopic",
            "originPartition",
            "originOffset",
            "originTimestamp",
            "dlqReason",
            "dlqTopic",
            "parked",
            "parkedKey",
            "parkedDue",
            "parkedDueAt",
            "parkedExecutions",
            "parkedTimestamp",
            "parkedStep",
            "parkedNull",
            "parkedValue",
            "parkedHeaders")
        .stream()
        .map(name -> RecordHeader.of(name, value))
        .toArray(RecordHeader[]::new);
  }

  @Test
  void whatWasTriedIsKept() throws Exception {
    ParkingStore<W> store = open();
    List<ParkedRecord> records = new ArrayList<>();
    records.add(tried(1, ParkedTry.BEHIND));
    records.add(tried(2, new ParkedTry(1, new RetryState.First(), DUE)));
    records.add(tried(3, new ParkedTry(17, new RetryState.After(5, 3), DUE)));
    records.add(
        tried(
            4,
            new ParkedTry(
                MOST_TRIES, new RetryState.After(Integer.MAX_VALUE, MOST_TRIES), Instant.EPOCH)));
    records.add(tried(5, new ParkedTry(2, new RetryState.After(0, 1), DUE)));

    assertLoaded(store, records);
    Log log = restore(store, 0);
    for (ParkedRecord record : records) {
      assertThat(log.of(record.id().offset()).next()).isEqualTo(record.next());
    }
  }

  @Test
  void dueTimesAreRoundedUpToMilliseconds() throws Exception {
    ParkingStore<W> store = open();
    long[] nanos = {0, 1, 999_999, 1_000_000, 1_000_001};
    for (int i = 0; i < nanos.length; i++) {
      ParkedRecord record =
          tried(i, new ParkedTry(1, new RetryState.First(), DUE.plusNanos(nanos[i])));
      long place = put(store, record);
      Instant expected = DUE.plusMillis((nanos[i] + 999_999) / 1_000_000);

      assertThat(loaded(store, record.id(), place).next().due()).isEqualTo(expected);
      assertThat(restore(store, 0).of(i).next().due()).isEqualTo(expected);
    }
  }

  @Test
  void aLaterVersionWins() throws Exception {
    ParkingStore<W> store = open();
    ParkedId id = new ParkedId(0, 7);
    List<ParkedRecord> versions = new ArrayList<>();
    List<W> writes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      versions.add(
          new ParkedRecord(
              id,
              i,
              bytes("key"),
              bytes("version " + i),
              RecordHeaders.of(),
              new ParkedTry(i, new RetryState.First(), DUE.plusSeconds(i))));
      W write = write();
      writes.add(write);
      store.put(versions.get(i), write);
    }
    List<Long> places = new ArrayList<>();
    for (W write : writes) {
      places.add(awaitDurable(write));
    }

    assertThat(places).isSorted().doesNotHaveDuplicates();
    assertThat(loaded(store, id, places.get(4))).isEqualTo(versions.get(4));
    Log log = restore(store, 0);
    assertThat(log.state).hasSize(1);
    assertThat(log.state.get(7L))
        .isEqualTo(new Stored("key", places.get(4), versions.get(4).next()));
    for (int i = 0; i < 4; i++) {
      // A store may have it still, or bring a later one, but never one that is older.
      Optional<ParkedRecord> superseded = load(store, id, places.get(i));
      if (superseded.isPresent()) {
        assertThat(versions.indexOf(superseded.get())).isGreaterThanOrEqualTo(i);
      }
    }
  }

  @Test
  void whatIsRemovedIsGone() throws Exception {
    ParkingStore<W> store = open();
    ParkedRecord gone = record(1, "key", "gone");
    ParkedRecord left = record(2, "key", "left");
    long place = put(store, gone);
    put(store, left);
    long removal = remove(store, gone.id());
    remove(store, gone.id());
    remove(store, new ParkedId(0, 3)); // of which nothing was stored

    assertThat(removal).isGreaterThan(place);
    assertThat(restore(store, 0).state.keySet()).containsExactly(2L);
    load(store, gone.id(), place).ifPresent(record -> assertThat(record).isEqualTo(gone));
    assertThat(load(store, gone.id(), removal)).isEmpty();

    ParkedRecord again = record(1, "key", "again");
    long newPlace = put(store, again);
    assertThat(newPlace).isGreaterThan(removal);
    assertThat(loaded(store, gone.id(), newPlace)).isEqualTo(again);
    assertThat(restore(store, 0).state.get(1L))
        .isEqualTo(new Stored("key", newPlace, again.next()));
  }

  @Test
  void whatIsToldWhenItIsRestoredEndsWithWhatIsStored() throws Exception {
    ParkingStore<W> store = open();
    assertThat(restore(store, 0).state).isEmpty();
    Random random = new Random(3);
    Map<Long, Stored> expected = new TreeMap<>();
    for (int i = 0; i < MANY; i++) {
      long offset = random.nextInt(40);
      if (random.nextInt(3) == 0) {
        remove(store, new ParkedId(0, offset));
        expected.remove(offset);
      } else {
        String key = offset % 5 == 0 ? null : offset % 5 == 1 ? "" : "key " + offset % 5;
        ParkedTry next = new ParkedTry(i, new RetryState.After(i, 1), DUE.plusMillis(i));
        ParkedRecord record =
            new ParkedRecord(
                new ParkedId(0, offset),
                i,
                key == null ? null : bytes(key),
                bytes("value " + i),
                RecordHeaders.of(),
                next);
        expected.put(offset, new Stored(key, put(store, record), next));
      }
    }

    assertThat(restore(store, 0).state).isEqualTo(expected);
    assertThat(restore(store, 0).state).as("told once more").isEqualTo(expected);
  }

  @Test
  void partitionsAreApart() throws Exception {
    ParkingStore<W> store = open();
    List<ParkedRecord> records = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    for (int partition = 0; partition < 3; partition++) {
      records.add(
          new ParkedRecord(
              new ParkedId(partition, 9),
              partition,
              bytes("key"),
              bytes("of " + partition),
              RecordHeaders.of(),
              ParkedTry.BEHIND));
      places.add(put(store, records.get(partition)));
    }
    for (int partition = 0; partition < 3; partition++) {
      assertThat(loaded(store, records.get(partition).id(), places.get(partition)))
          .isEqualTo(records.get(partition));
    }
    remove(store, new ParkedId(1, 9));

    assertThat(restore(store, 0).state.keySet()).containsExactly(9L);
    assertThat(restore(store, 1).state).isEmpty();
    assertThat(restore(store, 2).state.keySet()).containsExactly(9L);
  }

  @Test
  void aLoadThatNobodyWantsDisturbsNothing() throws Exception {
    ParkingStore<W> store = open();
    ParkedRecord record = record(1, "key", "value");
    long place = put(store, record);
    Loading unwanted = new Loading(false);

    for (int i = 0; i < MANY; i++) {
      store.load(record.id(), place, unwanted);
    }
    assertThat(loaded(store, record.id(), place)).isEqualTo(record);
    // It need not be answered; if it was, then not wrongly.
    if (unwanted.answer.isDone()) {
      assertThat(unwanted.answer.get()).hasValue(record);
    }
  }

  @Test
  void manyLoadsMayBeUnderWay() throws Exception {
    ParkingStore<W> store = open();
    List<ParkedRecord> records = new ArrayList<>();
    List<W> writes = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      records.add(record(i, "key " + i, "value " + i));
      W write = write();
      writes.add(write);
      store.put(records.get(i), write);
    }
    List<Loading> loadings = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      long place = awaitDurable(writes.get(i));
      Loading loading = new Loading(true);
      loadings.add(loading);
      store.load(records.get(i).id(), place, loading);
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(loadings.get(i).await()).hasValue(records.get(i));
    }
  }

  @Test
  void itIsRestoredWhileItIsWritten() throws Exception {
    ParkingStore<W> store = open();
    AtomicInteger durable = new AtomicInteger();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer =
          thread.submit(
              () -> {
                for (int i = 0; i < MANY; i++) {
                  put(store, record(i, "key", "value " + i));
                  durable.set(i + 1);
                }
                return null;
              });
      boolean last;
      do {
        last = writer.isDone();
        int before = durable.get();
        Log log = restore(store, 0);
        for (long offset = 0; offset < before; offset++) {
          assertThat(log.state).containsKey(offset);
        }
      } while (!last);
      writer.get();
      assertThat(restore(store, 0).state).hasSize(MANY);
    } finally {
      thread.shutdownNow();
    }
  }

  private void assertLoaded(ParkingStore<W> store, List<ParkedRecord> records) throws Exception {
    List<Long> places = new ArrayList<>();
    for (ParkedRecord record : records) {
      places.add(put(store, record));
    }
    for (int i = 0; i < records.size(); i++) {
      ParkedRecord loaded = loaded(store, records.get(i).id(), places.get(i));
      assertThat(loaded).isEqualTo(records.get(i));
      assertThat(list(loaded.headers())).isEqualTo(list(records.get(i).headers()));
    }
    Log log = restore(store, 0);
    for (ParkedRecord record : records) {
      byte[] key = record.key();
      assertThat(log.of(record.id().offset()).key())
          .isEqualTo(key == null ? null : new String(key, UTF_8));
    }
  }

  private static List<RecordHeader> list(RecordHeaders headers) {
    List<RecordHeader> list = new ArrayList<>();
    headers.forEach(list::add);
    return list;
  }

  private long put(ParkingStore<W> store, ParkedRecord record) throws Exception {
    W write = write();
    store.put(record, write);
    return awaitDurable(write);
  }

  private long remove(ParkingStore<W> store, ParkedId id) throws Exception {
    W write = write();
    store.remove(id, write);
    return awaitDurable(write);
  }

  private ParkedRecord loaded(ParkingStore<W> store, ParkedId id, long place) throws Exception {
    Optional<ParkedRecord> record = load(store, id, place);
    assertThat(record).as("what is stored of %s at %s", id, place).isPresent();
    return record.get();
  }

  private Optional<ParkedRecord> load(ParkingStore<W> store, ParkedId id, long place)
      throws Exception {
    Loading loading = new Loading(true);
    store.load(id, place, loading);
    Optional<ParkedRecord> record = loading.await();
    record.ifPresent(found -> assertThat(found.id()).isEqualTo(id));
    return record;
  }

  private Log restore(ParkingStore<W> store, int partition) throws Exception {
    Log log = new Log(partition);
    store.restore(partition, log);
    return log;
  }

  private static ParkedRecord record(long offset, @Nullable String key, @Nullable String value) {
    return new ParkedRecord(
        new ParkedId(0, offset),
        DUE.toEpochMilli() - offset % 100,
        key == null ? null : bytes(key),
        value == null ? null : bytes(value),
        RecordHeaders.of(RecordHeader.of("name", "value")),
        ParkedTry.BEHIND);
  }

  private static ParkedRecord headers(long offset, RecordHeader... headers) {
    return new ParkedRecord(
        new ParkedId(0, offset),
        1,
        bytes("key"),
        bytes("value"),
        RecordHeaders.of(headers),
        new ParkedTry(3, new RetryState.After(2, 1), DUE));
  }

  private static ParkedRecord tried(long offset, ParkedTry next) {
    return new ParkedRecord(
        new ParkedId(0, offset), 1, bytes("key"), bytes("value"), RecordHeaders.of(), next);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /**
   * What is stored of a record, as it was told.
   *
   * @param key its key as text
   */
  private record Stored(@Nullable String key, long place, ParkedTry next) {}

  /** Follows what is told when a partition is restored. */
  private static final class Log implements ParkingStore.Visitor {

    final Map<Long, Stored> state = new TreeMap<>();
    private final Map<Long, Long> places = new TreeMap<>();
    private final Thread thread = Thread.currentThread();
    private final int partition;

    Log(int partition) {
      this.partition = partition;
    }

    Stored of(long offset) {
      return requireNonNull(state.get(offset), () -> "nothing is stored of offset " + offset);
    }

    @Override
    public void stored(ParkedId id, byte @Nullable [] key, long place, ParkedTry next) {
      check(id, place);
      state.put(id.offset(), new Stored(key == null ? null : new String(key, UTF_8), place, next));
    }

    @Override
    public void removed(ParkedId id, long place) {
      check(id, place);
      state.remove(id.offset());
    }

    private void check(ParkedId id, long place) {
      assertThat(Thread.currentThread()).isSameAs(thread);
      assertThat(id.partition()).isEqualTo(partition);
      Long before = places.put(id.offset(), place);
      assertThat(place)
          .as("what is told later of %s lies higher", id)
          .isGreaterThan(before == null ? -1 : before);
    }
  }

  /** Waits for a load. */
  private static final class Loading implements ParkingStore.Load {

    final CompletableFuture<Optional<ParkedRecord>> answer = new CompletableFuture<>();
    private final boolean wanted;

    Loading(boolean wanted) {
      this.wanted = wanted;
    }

    Optional<ParkedRecord> await() throws Exception {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public void loaded(ParkedRecord record) {
      answer.complete(Optional.of(record));
    }

    @Override
    public void lost() {
      answer.complete(Optional.empty());
    }
  }
}
