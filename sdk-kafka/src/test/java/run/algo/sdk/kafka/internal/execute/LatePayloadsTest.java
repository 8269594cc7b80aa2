package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.Payload;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.files.InputDirectory;
import run.algo.sdk.kafka.internal.files.PayloadMemory;
import run.algo.sdk.kafka.internal.files.Storage;
import run.algo.sdk.kafka.internal.files.WatchedStore;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;

/** Payloads whose execution ends while they are read; the test makes the time pass. */
@Timeout(60)
class LatePayloadsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofNanos(Deadlines.GRACE);

  @TempDir Path folder;

  private final ManualTime time = new ManualTime();
  private final Abandoned abandoned = new Abandoned(4, time::nanos, count -> {});
  private final WatchedStore store = new WatchedStore();
  private final Storage storage = Storage.of(store);
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final RecordingSettlement settlement = new RecordingSettlement();
  private final AtomicReference<Runnable> rest = new AtomicReference<>();
  private final AtomicReference<Throwable> thrown = new AtomicReference<>();
  private final AtomicReference<Payload> given = new AtomicReference<>();
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);

  @AfterEach
  void stop() {
    letGo.countDown();
    worker.shutdownNow();
  }

  private Bench bench() {
    return Bench.acknowledging()
        .inputCodec(Payload.codec())
        .files(
            new FileScope(
                storage,
                new InputDirectory(folder.resolve("input")),
                false,
                "",
                1_000_000,
                InstantSource.system()));
  }

  private Bench withDeadlines() {
    return bench().deadlines(new Deadlines(TIMEOUT, time, 4, abandoned, thread -> false));
  }

  private FileReference stored() {
    return store.write(FileTarget.of("a"), "content".getBytes(UTF_8));
  }

  private static ConsumerRecord<byte[], byte[]> record(FileReference reference) {
    return Bench.record(
        "k",
        new String(reference.toJson(), UTF_8),
        Bench.headers("messageDataType", "FileReference"));
  }

  private Future<Progress> begin(Bench bench, AlgoForm form) throws InterruptedException {
    Future<Progress> progress =
        worker.submit(
            () ->
                bench
                    .processor()
                    .process(
                        bench.route(form),
                        record(stored()),
                        settlement,
                        RecordingSettlement.INDEX,
                        (runnable, nanos) -> rest.set(runnable)));
    reading.await();
    return progress;
  }

  /** A stream whose reads wait, heeding an interrupt or not. */
  private UnaryOperator<InputStream> hanging(boolean heeds) {
    return in ->
        new FilterInputStream(in) {
          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            reading.countDown();
            boolean interrupted = false;
            while (true) {
              try {
                letGo.await();
                break;
              } catch (InterruptedException e) {
                if (heeds) {
                  throw new InterruptedIOException("as a store does");
                }
                interrupted = true;
              }
            }
            if (interrupted) {
              Thread.currentThread().interrupt();
            }
            return super.read(into, offset, length);
          }
        };
  }

  private AlgoForm.Sync reading(String way) {
    Algo<Payload, Object> algo =
        (payload, context) -> {
          given.set(payload);
          try {
            return switch (way) {
              case "path" -> payload.path().toString();
              case "bytes" -> new String(payload.bytes(), UTF_8);
              default -> new String(payload.open().readAllBytes(), UTF_8);
            };
          } catch (Throwable t) {
            thrown.set(t);
            throw t;
          }
        };
    return new AlgoForm.Sync(algo);
  }

  private void assertNothingLeft() throws IOException {
    assertThat(store.open()).isZero();
    Path input = folder.resolve("input");
    if (Files.exists(input)) {
      try (var processes = Files.list(input)) {
        for (Path process : processes.toList()) {
          try (var left = Files.list(process)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("lock");
          }
        }
      }
    }
  }

  private void assertTimedOut(Bench bench, String attempts) {
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo("timeout");
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo(attempts);
  }

  @Test
  void aReadIsInterruptedAtTheDeadline() throws Exception {
    store.streams = hanging(true);
    Bench bench = withDeadlines();
    Future<Progress> progress = begin(bench, reading("path"));
    time.advance(TIMEOUT);
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.ENDED);
    assertTimedOut(bench, "1");
    assertNothingLeft();
    assertThat(store.reads).containsExactly(TIMEOUT);
    assertThat(worker.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
  }

  @Test
  void aReadThatDoesNotComeBackIsLeftBehindAndClosedWhenItDoes() throws Exception {
    store.streams = hanging(false);
    Bench bench = withDeadlines();
    Future<Progress> progress = begin(bench, reading("path"));
    time.advance(TIMEOUT);
    time.advance(GRACE);
    rest.get().run();
    assertTimedOut(bench, "1");
    assertThat(store.open()).as("a stream is for one thread").isEqualTo(1);
    letGo.countDown();
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.PENDING);
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertNothingLeft();
  }

  @Test
  void aStreamThatIsOpenedTooLateIsClosed() throws Exception {
    store.opened =
        () -> {
          reading.countDown();
          awaitUninterruptibly(letGo);
        };
    Bench bench = withDeadlines();
    Future<Progress> progress = begin(bench, reading("path"));
    time.advance(TIMEOUT);
    time.advance(GRACE);
    rest.get().run();
    assertTimedOut(bench, "1");
    letGo.countDown();
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.PENDING);
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
    assertNothingLeft();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatALateThreadAsksForIsRefusedAndLeaksNothing() throws Exception {
    store.streams = hanging(false);
    Bench bench = withDeadlines();
    Future<Progress> progress = begin(bench, reading("bytes"));
    time.advance(TIMEOUT);
    time.advance(GRACE);
    rest.get().run();
    Payload payload = given.get();
    assertThatThrownBy(payload::path).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(payload::open).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(payload::bytes).isInstanceOf(IllegalStateException.class);
    letGo.countDown();
    progress.get(30, TimeUnit.SECONDS);
    assertNothingLeft();
    assertThat(store.reads).hasSize(1);
  }

  @Test
  void aLoadThatTimesOutIsNoExecution() throws Exception {
    store.streams = hanging(true);
    Bench bench = withDeadlines().inputCodec(Codec.text());
    Future<Progress> progress =
        begin(bench, new AlgoForm.Sync(bench.counting((input, context) -> input)));
    time.advance(TIMEOUT);
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.ENDED);
    assertTimedOut(bench, "0");
    assertThat(bench.executions).hasValue(0);
    assertThat(bench.counters.algoDurations().count()).isZero();
    assertNothingLeft();
  }

  @Test
  void aBatchThatTimesOutWhileItIsReadWasNotExecuted() throws Exception {
    store.streams = hanging(true);
    Bench bench = withDeadlines().inputCodec(Codec.text());
    BatchAlgo<String, Object> algo =
        records -> {
          throw new AssertionError("not to be executed");
        };
    Route route = bench.route(new AlgoForm.Batch(algo));
    Future<Progress> progress =
        worker.submit(
            () ->
                bench
                    .processor()
                    .processBatch(
                        route,
                        List.of(
                            new BatchEntry(
                                record(stored()), settlement, RecordingSettlement.INDEX)),
                        (runnable, nanos) -> rest.set(runnable)));
    reading.await();
    time.advance(TIMEOUT);
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.ENDED);
    assertTimedOut(bench, "0");
    assertThat(bench.counters.algoDurations().count()).isZero();
    assertNothingLeft();
  }

  @Test
  void aReadThatIsInterruptedAtTheShutdownHasNoOutcome() throws Exception {
    store.streams = hanging(true);
    Bench bench = bench();
    AtomicReference<Thread> thread = new AtomicReference<>();
    Future<Progress> progress =
        begin(
            bench,
            new AlgoForm.Sync(
                (Algo<Payload, Object>)
                    (payload, context) -> {
                      thread.set(Thread.currentThread());
                      return payload.path().toString();
                    }));
    bench.closing.set(true);
    thread.get().interrupt();
    assertThatThrownBy(() -> progress.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(InterruptException.class);
    settlement.assertWithoutOutcome(0);
    assertThat(bench.producer.history()).isEmpty();
    assertNothingLeft();
  }

  @Test
  void whatIsOpenAtTheEndOfTheRunnerIsClosed() throws Exception {
    AtomicReference<InputStream> opened = new AtomicReference<>();
    Bench bench = bench();
    Future<Progress> progress =
        begin(
            bench,
            new AlgoForm.Async(
                (AsyncAlgo<Payload, Object>)
                    (payload, context) -> {
                      opened.set(payload.open());
                      reading.countDown();
                      return new CompletableFuture<>();
                    }));
    assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo(Progress.PENDING);
    assertThat(store.open()).isEqualTo(1);
    storage.close();
    assertThat(store.open()).isZero();
    assertThatThrownBy(() -> opened.get().read()).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyLargePayloadsAtOnceShareTheMemory(boolean storeTellsSizes) throws Exception {
    store.tellsSizes = storeTellsSizes;
    byte[] content = new byte[400_000];
    FileReference sized = store.write(FileTarget.of("large"), content);
    FileReference unsized =
        new FileReference(
            sized.host(),
            sized.bucket(),
            sized.file(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty());
    Bench bench = bench();
    FileScope scope =
        new FileScope(
            storage,
            new InputDirectory(folder.resolve("input")),
            false,
            "",
            1_000_000,
            InstantSource.system());
    bench.files(scope);
    RecordProcessor processor = bench.processor();
    AtomicReference<Long> most = new AtomicReference<>(0L);
    store.streams =
        stream ->
            new FilterInputStream(stream) {
              @Override
              public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                most.accumulateAndGet(scope.memory().taken(), Math::max);
                return read;
              }
            };
    Route route =
        bench.route(
            (Algo<Payload, Object>)
                (payload, context) -> {
                  int length = payload.bytes().length + payload.bytes().length;
                  most.accumulateAndGet(scope.memory().taken(), Math::max);
                  return Integer.toString(length);
                });
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try {
      List<RecordingSettlement> settlements =
          Stream.generate(RecordingSettlement::new).limit(200).toList();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < settlements.size(); i++) {
        FileReference reference = i % 3 == 0 ? unsized : sized;
        RecordingSettlement own = settlements.get(i);
        all.add(
            workers.submit(
                () ->
                    processor.process(
                        route,
                        record(reference),
                        own,
                        RecordingSettlement.INDEX,
                        Bench.NEVER_PENDING)));
      }
      for (Future<?> each : all) {
        each.get(50, TimeUnit.SECONDS);
      }
      settlements.forEach(own -> own.assertSettled(Outcome.WRITTEN));
    } finally {
      workers.shutdownNow();
    }
    assertThat(most.get()).isBetween(400_000L, 1_000_000L);
    await().until(() -> scope.memory().taken() == 0);
    assertNothingLeft();
  }

  @Test
  void aRecordThatFindsNoMemoryIsExecutedAgainAndHasNotFailed() throws Exception {
    FileScope scope =
        new FileScope(
            storage,
            new InputDirectory(folder.resolve("input")),
            false,
            "",
            1_000_000,
            InstantSource.system());
    Bench bench = withDeadlines().files(scope).haltOnFailure();
    var other = scope.memory().holding(new PayloadMemory.Share());
    assertThat(other.take(1_000_000, TIMEOUT)).isTrue();
    Progress progress =
        bench
            .processor()
            .process(
                bench.route(
                    new AlgoForm.Async(
                        (AsyncAlgo<Payload, Object>)
                            (payload, context) ->
                                CompletableFuture.completedFuture(
                                    new String(payload.bytes(), UTF_8)))),
                record(stored()),
                settlement,
                RecordingSettlement.INDEX,
                Bench.NEVER_PENDING);
    assertThat(progress).isEqualTo(Progress.ENDED);
    settlement.assertWithoutOutcome(0);
    assertThat(settlement.waits()).hasSize(1);
    assertThat(bench.counters.runnerErrors() + bench.counters.algoErrors()).isZero();
    assertNothingLeft();
  }
}
