package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import run.algo.sdk.Algo;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.LoggedLines;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.internal.record.Outcome;

/** What the log is told of a record, and for how long. The thread of the test is the worker. */
class LogContextTest {

  private static final Map<String, String> PROCESS =
      LogContext.process(
          new DeploymentIdentity("acme", "shop", "acme", "sales", "acme", "count", "1.0", 2),
          "pod-0");

  private static final Map<String, String> RECORD =
      Map.of("traceId", "t1", "input", "orders", "partition", "2", "offset", "41", "attempt", "1");

  private final Bench bench =
      Bench.acknowledging().instance(LogContext.of(PROCESS, true), ExecutionTracing.none());
  private final List<Map<String, String>> seen = new ArrayList<>();

  @BeforeEach
  @AfterEach
  void clear() {
    MDC.clear();
  }

  private static Map<String, String> mdc() {
    Map<String, String> copy = MDC.getCopyOfContextMap();
    return copy == null ? Map.of() : copy;
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private static ConsumerRecord<byte[], byte[]> record() {
    return Bench.record("k", "value", Bench.headers("traceID", "t1"));
  }

  private Algo<String, Object> looking() {
    return (text, context) -> {
      seen.add(mdc());
      return text;
    };
  }

  @Test
  void theProcessIsToldByWhatTheProtocolNames() {
    assertThat(PROCESS)
        .containsOnly(
            entry("DeploymentOwner", "acme"),
            entry("DeploymentName", "shop"),
            entry("AlgoOwner", "acme"),
            entry("AlgoName", "count"),
            entry("AlgoVersionTag", "1.0"),
            entry("AlgoIndex", "2"),
            entry("AlgoInstanceName", "pod-0"));
    assertThat(LogContext.process(new DeploymentIdentity("", "", "", "", "", "", "", 0), "pod-0"))
        .as("what is not known is left out")
        .containsOnly(entry("AlgoInstanceName", "pod-0"));
  }

  @Test
  void eachRecordSeesItsOwn() {
    bench.runText(record(), looking()).assertSettled(Outcome.WRITTEN);
    bench
        .runText(Bench.record("k", "value", Bench.headers("traceID", "t2")), looking())
        .assertSettled(Outcome.WRITTEN);
    batch(5);
    bench.runText(record(), looking());
    assertThat(seen)
        .containsExactly(
            with(PROCESS, RECORD),
            with(with(PROCESS, RECORD), Map.of("traceId", "t2")),
            with(PROCESS, Map.of("input", "orders", "partition", "5")),
            with(PROCESS, RECORD));
  }

  /** As where the Algo of a runner tests another, or two runners share threads. */
  @Test
  void anExecutionWithinAnotherTakesNothingFromIt() {
    Bench inner =
        Bench.acknowledging()
            .instance(
                LogContext.of(Map.of("AlgoInstanceName", "inner"), true), ExecutionTracing.none());
    bench.runText(
        record(),
        (text, context) -> {
          inner.runText(Bench.record("k", "v", Bench.headers("traceID", "t2")), looking());
          seen.add(mdc());
          return null;
        });
    inner.runText(Bench.record("k", "v", Bench.headers("traceID", "t3")), looking());
    assertThat(seen)
        .containsExactly(
            with(with(PROCESS, RECORD), Map.of("traceId", "t2")),
            with(PROCESS, RECORD),
            with(with(PROCESS, RECORD), Map.of("traceId", "t3", "AlgoInstanceName", "inner")));
  }

  @Test
  void aRecordWithoutATraceHasTheDerivedOne() {
    bench.runText(
        (text, context) -> {
          assertThat(MDC.get("traceId")).isEqualTo(context.traceId()).hasSize(32);
          seen.add(mdc());
          return null;
        });
    assertThat(seen).hasSize(1);
  }

  @Test
  void codecsSeeItToo() {
    bench.inputCodec(
        new Codec<String>() {
          @Override
          public String contentType() {
            return "text/plain";
          }

          @Override
          public byte[] encode(String value) {
            throw new AssertionError("an input's");
          }

          @Override
          public String decode(byte[] bytes) {
            seen.add(mdc());
            return "decoded";
          }
        });
    bench.runText(record(), (text, context) -> null);
    assertThat(seen).containsExactly(with(PROCESS, RECORD));
  }

  @Test
  void theLineOfAFailureTellsTheRecord() {
    try (LoggedLines lines = new LoggedLines()) {
      bench
          .runText(
              record(),
              (text, context) -> {
                throw new IllegalStateException("no");
              })
          .assertSettled(Outcome.DEAD_LETTERED);
      assertThat(lines.mdc("failed, reason algo")).isEqualTo(with(PROCESS, RECORD));
    }
  }

  @Test
  void aThreadThatDoesOtherThingsForgetsTheRecord() {
    MDC.put("tenant", "a");
    bench.runText(
        record(),
        (text, context) -> {
          MDC.put("user", "u");
          return null;
        });
    assertThat(mdc()).containsAllEntriesOf(RECORD);
    bench.processor().leaveThread();
    Map<String, String> authors = Map.of("tenant", "a", "user", "u");
    assertThat(mdc()).as("of the process, and the author's own").isEqualTo(with(PROCESS, authors));
    bench.processor().leaveThread();
    assertThat(mdc()).isEqualTo(with(PROCESS, authors));
    bench.runText(record(), looking());
    assertThat(seen).as("the next record is told").containsExactly(with(mdc(), RECORD));
  }

  @Test
  void aThreadThatTellsNothingOfTheProcessHasNothingLeft() {
    bench.instance(LogContext.of(Map.of(), true), ExecutionTracing.none());
    for (int times = 0; times < 2; times++) {
      bench.runText(record(), looking());
      bench.processor().leaveThread();
      assertThat(mdc()).isEmpty();
      batch(5);
      bench.processor().leaveThread();
      assertThat(mdc()).isEmpty();
    }
    Map<String, String> batch = Map.of("input", "orders", "partition", "5");
    assertThat(seen).containsExactly(RECORD, batch, RECORD, batch);
  }

  @Test
  void whatIsNotTheRunnersIsNotForgotten() {
    bench.processor().leaveThread(); // which has executed other tests' records
    MDC.put("traceId", "of the caller");
    bench.processor().leaveThread(); // it has executed nothing since
    assertThat(mdc()).containsOnly(entry("traceId", "of the caller"));
    bench.instance(LogContext.of(PROCESS, false), ExecutionTracing.none());
    bench.runText(record(), looking());
    bench.processor().leaveThread();
    assertThat(mdc()).containsOnly(entry("traceId", "of the caller"));
  }

  @Test
  void anExecutionUnderWayIsNotForgotten() {
    bench.runText(
        record(),
        (text, context) -> {
          bench.processor().leaveThread();
          seen.add(mdc());
          return null;
        });
    assertThat(seen).containsExactly(with(PROCESS, RECORD));
  }

  @Test
  void anAuthorsOwnEntriesAreLeftAlone() {
    MDC.put("tenant", "a");
    bench.runText(
        record(),
        (text, context) -> {
          seen.add(mdc());
          MDC.put("user", "u");
          return null;
        });
    assertThat(seen).containsExactly(with(with(PROCESS, RECORD), Map.of("tenant", "a")));
    assertThat(mdc()).containsEntry("tenant", "a").containsEntry("user", "u");
  }

  /** As each virtual thread is; what is there already is somebody's who has made the thread. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNewThreadsFirstRecordIsToldAsAnyOther(boolean marked) throws InterruptedException {
    Map<String, String> marks = marked ? Map.of("tenant", "a") : Map.of();
    Thread thread =
        new Thread(
            () -> {
              marks.forEach(MDC::put);
              bench.runText(record(), looking());
              ConsumerRecord<byte[], byte[]> next =
                  Bench.record("k", "value", Bench.headers("traceID", "t2"));
              bench.runText(next, looking());
              batch(5);
              bench.processor().leaveThread();
              seen.add(mdc());
            });
    thread.start();
    thread.join();
    Map<String, String> always = with(PROCESS, marks);
    Map<String, String> first = with(always, RECORD);
    assertThat(seen)
        .containsExactly(
            first,
            with(first, Map.of("traceId", "t2")),
            with(always, Map.of("input", "orders", "partition", "5")),
            always);
  }

  @Test
  void whatAnAlgoClearsOrChangesIsThereForTheNextRecord() {
    List<Runnable> changes =
        List.of(
            MDC::clear,
            () -> MDC.remove("input"),
            () -> MDC.put("partition", "7"),
            () -> MDC.remove("attempt"),
            () -> MDC.put("traceId", "mine"),
            () -> MDC.setContextMap(Map.of("input", "orders", "attempt", "3")));
    for (Runnable change : changes) {
      bench.runText(
          record(),
          (text, context) -> {
            change.run();
            return null;
          });
      bench.runText(record(), looking());
    }
    assertThat(seen).hasSize(changes.size()).containsOnly(with(PROCESS, RECORD));
  }

  @Test
  void onAThreadOfSomebodyElseNothingIsLeft() {
    bench.instance(LogContext.of(PROCESS, false), ExecutionTracing.none());
    MDC.put("traceId", "of the caller");
    bench.runText(record(), looking());
    assertThat(seen).containsExactly(with(PROCESS, RECORD));
    assertThat(mdc()).containsOnly(entry("traceId", "of the caller"));
  }

  @Test
  void offIsOff() {
    bench.instance(LogContext.none(), ExecutionTracing.none());
    bench.runText(record(), looking());
    assertThat(seen).containsExactly(Map.of());
  }

  @Test
  void aTraceFromOutsideCannotForgeALine() {
    bench.runText(
        Bench.record("k", "v", Bench.headers("traceID", "a\nERROR forged\u0085" + "x".repeat(999))),
        looking());
    assertThat(seen.get(0).get("traceId"))
        .startsWith("a\\nERROR forged")
        .hasSizeLessThanOrEqualTo(129)
        .matches("\\P{Cntrl}*");
  }

  @Test
  void anAsyncAlgoSeesItInItsCallAndTheEncoderOnTheWorkerThatGoesOn() {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    RecordingSettlement settlement = new RecordingSettlement();
    List<Runnable> resumed = new ArrayList<>();
    bench.resultCodec(
        new Codec<String>() {
          @Override
          public String contentType() {
            return "text/plain";
          }

          @Override
          public byte[] encode(String value) {
            seen.add(mdc());
            return new byte[1];
          }

          @Override
          public String decode(byte[] bytes) {
            throw new AssertionError("an output's");
          }
        });
    AsyncAlgo<String, Object> algo =
        (text, context) -> {
          seen.add(mdc());
          return stage;
        };
    Progress progress =
        bench
            .processor()
            .process(
                bench.route(new AlgoForm.Async(algo)),
                record(),
                settlement,
                RecordingSettlement.INDEX,
                (rest, nanos) -> resumed.add(rest));
    assertThat(progress).isEqualTo(Progress.PENDING);
    MDC.clear(); // as it is on another worker
    stage.complete("done");
    resumed.get(0).run();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(seen).containsExactly(with(PROCESS, RECORD), with(PROCESS, RECORD));
    assertThat(mdc()).isEqualTo(PROCESS);
  }

  @Test
  void aBatchTellsWhatItsRecordsHaveInCommon() {
    batch(2, 2);
    batch(2, 3);
    assertThat(seen)
        .containsExactly(
            with(PROCESS, Map.of("input", "orders", "partition", "2")),
            with(PROCESS, Map.of("input", "orders")));
  }

  @Test
  void aFailedRecordOfABatchIsToldByItself() {
    try (LoggedLines lines = new LoggedLines()) {
      batch(2, 7);
      assertThat(lines.mdc("failed, reason algo"))
          .containsEntry("partition", "7")
          .containsEntry("offset", "1");
    }
  }

  /** A batch of records of these partitions; the one of partition 7 fails. */
  private void batch(int... partitions) {
    List<BatchEntry> entries = new ArrayList<>();
    for (int partition : partitions) {
      entries.add(
          new BatchEntry(
              new ConsumerRecord<>(
                  Bench.INPUT_TOPIC,
                  partition,
                  entries.size(),
                  0,
                  TimestampType.CREATE_TIME,
                  0,
                  0,
                  new byte[0],
                  new byte[0],
                  Bench.headers(),
                  Optional.empty()),
              new RecordingSettlement(),
              RecordingSettlement.INDEX));
    }
    BatchAlgo<String, Object> algo =
        records -> {
          seen.add(mdc());
          records.forEach(
              record -> {
                if (record.context().position().partition() == 7) {
                  record.fail(new IllegalStateException("no"));
                } else {
                  record.complete();
                }
              });
        };
    bench
        .processor()
        .processBatch(bench.route(new AlgoForm.Batch(algo)), entries, Bench.NEVER_PENDING);
  }
}
