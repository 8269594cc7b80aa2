package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.benchmarks.process.InFlightMemory.Form;
import run.algo.sdk.benchmarks.process.InFlightMemory.Heap;
import run.algo.sdk.benchmarks.process.Takeover.Recovered;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

/** What the parts beside the cells compute. */
class ArmsPartTest {

  private static final int MIB = 1 << 20;

  /** An output of the record at an offset of partition 0, appended then. */
  private static ConsumerRecord<byte[], byte[]> output(int offset, long appendedMillis) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(new RecordHeader("fileName", ("in-0-" + offset).getBytes(UTF_8)));
    byte[] text = Integer.toString(offset).getBytes(UTF_8);
    return new ConsumerRecord<>(
        "out",
        0,
        0,
        appendedMillis,
        TimestampType.LOG_APPEND_TIME,
        1,
        1,
        text,
        text,
        headers,
        Optional.empty());
  }

  private static Load load(int records) {
    Load load = new Load("in", 1, 1);
    for (int i = 0; i < records; i++) {
      byte[] text = Integer.toString(i).getBytes(UTF_8);
      load.wrote(0, i, 0, Load.fingerprint(text, text));
    }
    return load;
  }

  @Test
  void theSuccessorsFirstOutputThatIsNewCounts() {
    Verifier verifier = new Verifier(load(4), Arm.Scope.PARTITION, false);
    Takeover takeover = new Takeover(verifier);
    takeover.take(output(0, 100), 1_000_000_000L);
    takeover.secondBegan(200);
    // Of the first process, but seen late.
    takeover.take(output(1, 199), 2_000_000_000L);
    assertThat(takeover.recovered(0)).isEmpty();
    // Of the second: again, and again, then new.
    takeover.take(output(0, 300), 3_000_000_000L);
    takeover.take(output(1, 300), 3_500_000_000L);
    takeover.take(output(2, 300), 4_000_000_000L);
    takeover.take(output(3, 400), 5_000_000_000L);
    assertThat(takeover.found()).isEqualTo(4);
    assertThat(takeover.recovered(1_500_000_000L)).contains(new Recovered(2.5, 2));
    assertThat(verifier.verdict()).isEmpty();
  }

  @Test
  void withoutASuccessorNothingIsRecovered() {
    Takeover takeover = new Takeover(new Verifier(load(2), Arm.Scope.PARTITION, false));
    takeover.take(output(0, 100), 1);
    takeover.take(output(1, 900), 2);
    assertThat(takeover.recovered(0)).isEmpty();
  }

  @Test
  void recoveryIsJudgedByTheSessionTimeoutAndByWhatIsInFlight() {
    assertThat(bars(new Recovered(8, 20_000))).extracting(Section.Bar::holds).containsOnly(true);
    assertThat(bars(new Recovered(8.01, 20_001)))
        .containsExactly(
            new Section.Bar(
                "sdk-partition, first output: at most the session timeout and 2 s",
                "8.01 [8.01 .. 8.01]",
                false),
            new Section.Bar(
                "sdk-partition, written again: at most 2 × 10,000 in flight",
                "20,001 [20,001 .. 20,001]",
                false));
  }

  private static List<Section.Bar> bars(Recovered recovered) {
    Runs<Arm, Recovered> runs = new Runs<>(Arm::label);
    runs.add(Arm.SDK_PARTITION, 1, recovered);
    return new Recovery().bars(runs);
  }

  @Test
  void memoryIsTheDifferenceThatTheRecordsMake() {
    Heap heap = new Heap(50_000, 20L * MIB, 70L * MIB, 30L * MIB);
    assertThat(heap.perUnitMebibytes()).isEqualTo(10);
    assertThat(heap.bytesPerRecord()).isEqualTo(50.0 * MIB / 50_000);
    Form form = new Form(Arm.SDK_UNORDERED, 50_000);
    Runs<Form, Heap> runs = new Runs<>(Form::label);
    runs.add(form, 1, heap);
    InFlightMemory part = new InFlightMemory(List.of(Arm.SDK_UNORDERED), List.of(50_000));
    assertThat(part.table(runs).rows())
        .containsExactly(
            List.of(
                "sdk-unordered, 50,000",
                "70.0 [70.0 .. 70.0]",
                "20.0 [20.0 .. 20.0]",
                "30.0 [30.0 .. 30.0]",
                "10.00 [10.00 .. 10.00]",
                "1,049 [1,049 .. 1,049]"));
  }

  @Test
  void memoryWantsVirtualThreads(@TempDir Path jdk) throws Exception {
    Part.Terms terms =
        new Part.Terms(jdk, Optional.empty(), true, OptionalInt.empty(), OptionalLong.empty());
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"20.0.2\"\n");
    assertThat(new InFlightMemory().missing(terms)).isPresent();
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
    assertThat(new InFlightMemory().missing(terms)).isEmpty();
  }

  @Test
  void timesTravelInALineAndLeaveOutWhatIsNotTheArms() {
    StartTimes times = new StartTimes(5, 900_000_000, 1_000_000_000, 100_000_000, 7, 3L * MIB);
    assertThat(StartTimes.find("a log line\n" + times.line() + "\n")).contains(times);
    assertThat(StartTimes.find("nothing")).isEmpty();
    assertThat(times.firstMillis()).isEqualTo(800);
    assertThat(times.ackedMillis()).isEqualTo(900);
    assertThat(times.heapMebibytes()).isEqualTo(3);
  }

  @Test
  void aGateHoldsThreadsAndStagesUntilItIsOpened() throws Exception {
    Gate gate = new Gate();
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    try {
      CompletableFuture<Void> first = CompletableFuture.runAsync(gate::runHere, threads);
      CompletionStage<String> second = gate.begin("done", threads);
      while (gate.held() < 2) {
        Thread.onSpinWait();
      }
      assertThat(first).isNotDone();
      assertThat(second.toCompletableFuture()).isNotDone();
      gate.open();
      first.get();
      assertThat(second.toCompletableFuture()).isCompletedWithValue("done");
      assertThat(gate.held()).isZero();
      assertThat(gate.begin("next", threads).toCompletableFuture()).isNotDone();
      assertThat(gate.held()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theFirstRecordAtTheWorkIsNoted() throws Exception {
    FirstSeen work = new FirstSeen(new Work.None());
    assertThat(work.nanos()).isEmpty();
    work.run();
    long first = work.nanos().orElseThrow();
    assertThat(first).isLessThanOrEqualTo(System.nanoTime());
    work.run();
    assertThat(work.nanos()).hasValue(first);
  }
}
