package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.OutputFile;
import run.algo.sdk.Pipe;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.UploadWatch;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;

/** Files that an Algo writes while it is executed. */
@Timeout(60)
class StreamedOutputTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final UploadWatch store = new UploadWatch();
  private final ManualTime time = new ManualTime();
  private final Bench bench = Bench.acknowledging().store(store, false);
  private final RecordingSettlement settlement = new RecordingSettlement();
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final CountDownLatch letGo = new CountDownLatch(1);

  @AfterEach
  void stop() {
    letGo.countDown();
    worker.shutdownNow();
    assertThat(store.open).as("uploads left open").hasValue(0);
    assertThat(store.events).doesNotContain("two threads at once");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void write(AlgoContext context, String name, String content) throws IOException {
    try (OutputStream out = context.openOutput(Bench.SIDE, name)) {
      out.write(bytes(content));
    }
  }

  private FileReference reference(ProducerRecord<byte[], byte[]> record) {
    assertThat(Bench.header(record, "messageDataType")).isEqualTo("FileReference");
    return FileReference.parse(record.value());
  }

  private ProducerRecord<byte[], byte[]> assertFailed(String reason) {
    ProducerRecord<byte[], byte[]> letter = bench.onlyDeadLetter();
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo(reason);
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
    return letter;
  }

  @Test
  void aFileIsThereBeforeItsReferenceIsSent() throws Exception {
    RecordingSettlement settled =
        bench.runText(
            Bench.record("k", "v", Bench.headers("traceID", "trace-1", "user", "u1")),
            (text, context) -> {
              context.emit(Bench.SIDE, "before");
              try (OutputStream out =
                  context.openOutput(
                      OutputFile.of(Bench.SIDE, "a picture.png")
                          .withKey("own")
                          .withHeader("contentType", "image/png"))) {
                out.write(bytes("some "));
                out.write('b');
                out.flush();
                out.write(bytes("ytes"));
                assertThat(store.keys()).as("not seen before the end").isEmpty();
              }
              context.emit(Bench.SIDE, "after");
              return "result";
            });
    settled.assertSettled(Outcome.WRITTEN);

    List<ProducerRecord<byte[], byte[]>> sent = bench.producer.history();
    assertThat(sent).hasSize(4);
    ProducerRecord<byte[], byte[]> file = sent.get(1);
    FileReference reference = reference(file);
    assertThat(reference.file())
        .isEqualTo("trace-1/t.orders-2-41-" + Bench.WRITER + "/side-1-a picture.png");
    assertThat(reference.size()).hasValue(10);
    assertThat(reference.sha256()).isPresent();
    assertThat(store.content(file.value())).isEqualTo(bytes("some bytes"));
    assertThat(file.topic()).isEqualTo(Bench.SIDE_TOPIC);
    assertThat(Bench.key(file)).isEqualTo("own");
    assertThat(Bench.header(file, "contentType")).isEqualTo("image/png");
    assertThat(Bench.header(file, "fileName")).isEqualTo("a picture.png");
    assertThat(Bench.header(file, "traceID")).isEqualTo("trace-1");
    assertThat(Bench.header(file, "user")).isEqualTo("u1");
    assertThat(file.headers().headers("messageDataType")).hasSize(1);
    assertThat(Bench.header(sent.get(0), "messageDataType")).isEqualTo("Embedded");
    assertThat(
            List.of(Bench.value(sent.get(0)), Bench.value(sent.get(2)), Bench.value(sent.get(3))))
        .containsExactly("before", "after", "result");

    assertThat(store.targets.get(0).tags())
        .isEqualTo(
            Map.of(
                FileTarget.TRACE_TAG, "trace-1",
                FileTarget.ALGO_TAG, "owner/name:1[0]",
                FileTarget.TIME_TAG, ManualTime.START.toString()));
    assertThat(bench.sideCounters.dataBytes()).isEqualTo("before".length() + 10 + "after".length());
    assertThat(bench.sideCounters.messageBytes())
        .isEqualTo("before".length() + file.value().length + "after".length());
    assertThat(settled.emitted())
        .as("what is in storage is not in memory")
        .isEqualTo(sent.stream().mapToLong(r -> r.key().length + r.value().length).sum());
  }

  @Test
  void aFileWithoutContentIsAFile() throws Exception {
    bench
        .runText(
            (text, context) -> {
              context.openOutput(Bench.SIDE, "empty").close();
              return null;
            })
        .assertSettled(Outcome.WRITTEN);
    ProducerRecord<byte[], byte[]> file = bench.producer.history().get(0);
    assertThat(reference(file).size()).hasValue(0);
    assertThat(store.content(file.value())).isEmpty();
    assertThat(bench.sideCounters.dataBytes()).isZero();
  }

  @Test
  void nothingIsBegunBeforeTheFirstByte() {
    bench
        .runText(
            (text, context) -> {
              try (OutputStream out = context.openOutput(Bench.SIDE, "x")) {
                out.write(new byte[0]);
                assertThat(store.targets).isEmpty();
                out.write(1);
                assertThat(store.targets).hasSize(1);
              }
              throw new IllegalStateException("after that");
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(store.events).containsExactly("abort");
  }

  @Test
  void anAlgoThatThrowsHalfwayLeavesTheFormerContent() throws Exception {
    bench
        .runText(
            (text, context) -> {
              write(context, "x", "former");
              return null;
            })
        .assertSettled(Outcome.WRITTEN);
    byte[] former = bench.producer.history().get(0).value();
    bench.producer.clear();
    bench
        .runText(
            (text, context) -> {
              try (OutputStream out = context.openOutput(Bench.SIDE, "x")) {
                out.write(bytes("lat"));
                throw new IllegalStateException("halfway");
              }
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertFailed("algo");
    assertThat(store.events).containsExactly("complete", "abort");
    assertThat(store.targets.get(1).key()).isEqualTo(store.targets.get(0).key());
    assertThat(store.content(former)).isEqualTo(bytes("former"));
  }

  @Test
  void aWriteThatHasFailedFailsTheRecordThoughTheAlgoDoesNotCare() {
    bench
        .runText(
            (text, context) -> {
              try (OutputStream out = context.openOutput(Bench.SIDE, "x")) {
                out.write(1);
                store.broken = new IOException("no space left");
                assertThatThrownBy(() -> out.write(2))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("\"x\" for output side")
                    .hasMessageContaining("no space left")
                    .hasCause(store.broken);
                assertThatThrownBy(() -> out.write(3))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("failed before");
                store.broken = null;
              }
              return "all is well";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(assertFailed("storage"), "dlqExceptionMessage"))
        .contains("no space left");
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void aFileThatCannotBeCompletedFailsTheRecordAndNothingIsSent() {
    bench
        .runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "other");
              write(context, "x", "content");
              store.broken = new IOException("gone");
              return "result";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertFailed("storage");
    assertThat(store.events).containsExactly("abort");
  }

  @Test
  void aFileLeftOpenFailsTheRecord() {
    bench
        .runText(
            (text, context) -> {
              context.openOutput(Bench.SIDE, "left.bin").write(1);
              return "result";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(assertFailed("algo"), "dlqExceptionMessage"))
        .contains("\"left.bin\"")
        .contains("close it");
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void aWriteAfterTheCloseFailsTheRecordThoughTheAlgoDoesNotCare() {
    bench
        .runText(
            (text, context) -> {
              OutputStream out = context.openOutput(Bench.SIDE, "x");
              out.write(1);
              out.close();
              out.close();
              out.flush();
              assertThatThrownBy(() -> out.write(2))
                  .isInstanceOf(StorageException.class)
                  .hasCauseInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("after its close");
              return "result";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertFailed("algo");
  }

  @Test
  void twoThreadsAtOnceAreRefused() throws Exception {
    store.hanging = letGo;
    bench
        .runText(
            (text, context) -> {
              OutputStream out = context.openOutput(Bench.SIDE, "x");
              Future<?> first =
                  worker.submit(
                      () -> {
                        out.write(1);
                        return null;
                      });
              store.hangs.await();
              assertThatThrownBy(() -> out.write(2)).hasMessageContaining("two threads at once");
              letGo.countDown();
              first.get();
              out.close();
              return "result";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertFailed("algo");
  }

  @Test
  void anOutputThatIsNoneIsRefused() {
    bench
        .runText(
            (text, context) -> {
              assertThatThrownBy(() -> context.openOutput(Bench.ABSENT, "x"))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("KAFKA_OUTPUT_TOPIC_ABSENT");
              assertThatThrownBy(() -> context.openOutput(Pipe.bytes("unknown"), "x"))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("not declared");
              return "went on";
            })
        .assertSettled(Outcome.WRITTEN);
  }

  @Test
  void withoutStorageTheExceptionSaysWhatIsMissing() {
    Bench bare = Bench.acknowledging();
    bare.runText(
            (text, context) -> {
              context.openOutput(Bench.SIDE, "x");
              return null;
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(Bench.header(bare.onlyDeadLetter(), "dlqReason")).isEqualTo("storage");
    assertThat(Bench.header(bare.onlyDeadLetter(), "dlqExceptionMessage"))
        .contains("MC_HOST_algorun");
  }

  @Test
  void theIndexIsThePlaceAmongTheRecordsWhoeverEmits() throws Exception {
    int threads = 4;
    int each = 50;
    bench
        .runText(
            (text, context) -> {
              ExecutorService authors = Executors.newFixedThreadPool(threads);
              List<Future<?>> running = new ArrayList<>();
              for (int t = 0; t < threads; t++) {
                String name = "t" + t;
                running.add(
                    authors.submit(
                        () -> {
                          for (int i = 0; i < each; i++) {
                            context.emit(Bench.SIDE, "value");
                            write(context, name, name + i);
                          }
                          return null;
                        }));
              }
              for (Future<?> author : running) {
                author.get();
              }
              authors.shutdown();
              return null;
            })
        .assertSettled(Outcome.WRITTEN);
    List<ProducerRecord<byte[], byte[]>> sent = bench.producer.history();
    assertThat(sent).hasSize(2 * threads * each);
    assertThat(store.keys()).hasSize(threads * each);
    for (int i = 0; i < sent.size(); i++) {
      if (!Bench.value(sent.get(i)).equals("value")) {
        assertThat(reference(sent.get(i)).file())
            .endsWith("/side-" + i + "-" + Bench.header(sent.get(i), "fileName"));
      }
    }
  }

  // Deadlines

  private Bench limited() {
    Abandoned abandoned = new Abandoned(1, time::nanos, running -> {});
    return bench.deadlines(new Deadlines(TIMEOUT, time, 4, abandoned, thread -> false));
  }

  @Test
  void anUploadHasTheRestOfTheDeadlineAndWhatItTakesToComplete() {
    limited()
        .runText(
            (text, context) -> {
              OutputStream out = context.openOutput(Bench.SIDE, "x");
              time.advance(Duration.ofSeconds(10));
              out.write(1);
              out.close();
              return null;
            })
        .assertSettled(Outcome.WRITTEN);
    assertThat(store.targets.get(0).timeout()).contains(Duration.ofSeconds(20).plus(Uploads.LEAST));
  }

  @Test
  void withoutADeadlineTheTimeIsTheStoresOwn() {
    bench
        .runText(
            (text, context) -> {
              write(context, "x", "y");
              return null;
            })
        .assertSettled(Outcome.WRITTEN);
    assertThat(store.targets.get(0).timeout()).isEqualTo(Optional.empty());
  }

  /** The write that hangs does not come back before the record has gone its way. */
  @ParameterizedTest
  @ValueSource(strings = {"sync", "async", "batch"})
  void anAbandonedWriteIsNotWaitedForAndAbortsTheUploadWhenItComesBack(String form)
      throws Exception {
    limited();
    store.hanging = letGo;
    AtomicReference<OutputStream> given = new AtomicReference<>();
    AtomicReference<AlgoContext> kept = new AtomicReference<>();
    AtomicReference<Runnable> rest = new AtomicReference<>();
    Algo<Object, Object> hanging =
        (value, context) -> {
          kept.set(context);
          OutputStream out = context.openOutput(Bench.SIDE, "x");
          given.set(out);
          out.write(1);
          return null;
        };
    Future<?> stuck = worker.submit(() -> process(form, hanging, rest));
    store.hangs.await();
    time.advance(TIMEOUT);
    time.advance(Duration.ofNanos(Deadlines.GRACE));
    rest.get().run(); // on this thread, which is not the one that hangs
    settlement.assertSettled(Outcome.DEAD_LETTERED);
    assertFailed("timeout");
    assertThat(store.open).as("still in use").hasValue(1);

    letGo.countDown();
    stuck.get(30, TimeUnit.SECONDS);
    assertThat(store.events).containsExactly("abort");
    assertThat(store.open).hasValue(0);
    assertThatThrownBy(() -> given.get().write(2))
        .isInstanceOf(StorageException.class)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
    assertThatThrownBy(given.get()::close).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> kept.get().openOutput(Bench.SIDE, "late"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.keys()).isEmpty();
  }

  private Progress process(String form, Algo<Object, Object> algo, AtomicReference<Runnable> rest) {
    Scope scope = (task, nanos) -> rest.set(task);
    if (form.equals("batch")) {
      BatchAlgo<Object, Object> batch =
          records -> {
            for (BatchRecord<Object, Object> record : records) {
              record.complete(algo.run(record.value(), record.context()));
            }
          };
      return bench
          .processor()
          .processBatch(
              bench.route(new AlgoForm.Batch(batch)),
              List.of(
                  new BatchEntry(Bench.record("k", "v"), settlement, RecordingSettlement.INDEX)),
              scope);
    }
    AsyncAlgo<Object, Object> async =
        (value, context) -> CompletableFuture.completedFuture(algo.run(value, context));
    return bench
        .processor()
        .process(
            bench.route(form.equals("sync") ? new AlgoForm.Sync(algo) : new AlgoForm.Async(async)),
            Bench.record("k", "v"),
            settlement,
            RecordingSettlement.INDEX,
            scope);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sync", "async", "batch"})
  void everyFormWritesFiles(String form) throws Exception {
    Progress progress =
        process(
            form,
            (value, context) -> {
              write(context, "x", "content");
              return "result";
            },
            new AtomicReference<>());
    assertThat(progress).isEqualTo(Progress.ENDED);
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(store.content(bench.producer.history().get(0).value())).isEqualTo(bytes("content"));
    assertThat(Bench.value(bench.producer.history().get(1))).isEqualTo("result");
  }
}
