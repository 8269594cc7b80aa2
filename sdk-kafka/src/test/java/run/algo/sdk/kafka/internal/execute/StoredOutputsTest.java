package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.Algo;
import run.algo.sdk.Payload;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.files.UploadWatch;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.FileReference;

/**
 * Outputs whose content goes to storage when the Algo has returned. Long, since every kind of value
 * meets every limit here.
 */
class StoredOutputsTest {

  private static final String KEY = "t/t.orders-2-41-" + Bench.WRITER + "/result-0-";
  private static final int LIMIT = 1_000;

  private final RecordTooLargeException tooLarge = new RecordTooLargeException("too large");
  private final UploadWatch store = new UploadWatch();

  @TempDir Path folder;

  @AfterEach
  void nothingIsLeft() {
    assertThat(store.open).as("uploads left open").hasValue(0);
    assertThat(Thread.interrupted()).as("interrupt left by the test").isFalse();
  }

  private Bench byReference() {
    return Bench.acknowledging().store(store, false).byReference();
  }

  /** What is too large goes to storage, and the test answers the sends. */
  private Bench oversize() {
    return Bench.manual().store(store, true);
  }

  private static RecordingSettlement run(Bench bench, Algo<?, ?> algo) {
    return bench.run(Bench.record("k", "value", Bench.headers("traceID", "t")), algo);
  }

  private static Algo<Object, Object> returning(Object value) {
    return (input, context) -> value;
  }

  private String content(ProducerRecord<byte[], byte[]> record) throws IOException {
    assertThat(Bench.header(record, "messageDataType")).isEqualTo("FileReference");
    assertThat(record.headers().headers("messageDataType")).hasSize(1);
    return new String(store.content(record.value()), UTF_8);
  }

  private static void assertReason(ProducerRecord<byte[], byte[]> letter, String reason) {
    assertThat(letter.topic()).isEqualTo(Bench.DEAD_LETTER_TOPIC);
    assertThat(Bench.header(letter, "dlqReason")).isEqualTo(reason);
    assertThat(Bench.header(letter, "dlqAttempts")).isEqualTo("1");
  }

  // Pipes of references

  @Test
  void aValueIsEncodedAndStored() throws Exception {
    Bench bench = byReference();
    RecordingSettlement settlement = run(bench, returning("some text"));
    settlement.assertSettled(Outcome.WRITTEN);
    ProducerRecord<byte[], byte[]> record = bench.producer.history().get(0);
    assertThat(content(record)).isEqualTo("some text");
    FileReference reference = FileReference.parse(record.value());
    assertThat(reference.file()).isEqualTo(KEY + "t.orders-2-41");
    assertThat(Bench.header(record, "fileName")).isEqualTo("t.orders-2-41");
    assertThat(Bench.header(record, "contentType")).isEqualTo("text/x-config");
    assertThat(bench.resultCounters.dataBytes()).isEqualTo("some text".length());
    assertThat(bench.resultCounters.messageBytes()).isEqualTo(record.value().length);
    assertThat(settlement.emitted()).isEqualTo(1 + record.value().length);
    assertThat(store.events).containsExactly("bytes");
  }

  @Test
  void aFileOfTheAuthorsIsNotReadIntoMemory() throws Exception {
    Path file = Files.writeString(folder.resolve("own.txt"), "a file");
    Bench bench = byReference().resultCodec(Payload.codec());
    run(bench, returning(Payload.of(file))).assertSettled(Outcome.WRITTEN);
    assertThat(content(bench.producer.history().get(0))).isEqualTo("a file");
    assertThat(store.events).containsExactly("path");
    assertThat(file).exists();
  }

  @Test
  void aFileOfTheAuthorsThatIsMissingIsNoFaultOfTheStorage() {
    Bench bench = byReference().resultCodec(Payload.codec());
    run(bench, returning(Payload.of(folder.resolve("none")))).assertSettled(Outcome.DEAD_LETTERED);
    assertReason(bench.onlyDeadLetter(), "encode");
    assertThat(store.targets).isEmpty();
  }

  @Test
  void thePayloadOfARecordIsPassedOn() throws Exception {
    Bench bench = byReference().inputCodec(Payload.codec()).resultCodec(Payload.codec());
    run(bench, (input, context) -> input).assertSettled(Outcome.WRITTEN);
    ProducerRecord<byte[], byte[]> first = bench.producer.history().get(0);
    assertThat(content(first)).isEqualTo("value");
    assertThat(store.events).containsExactly("bytes");

    // And on again, this time from storage, as a stream.
    bench
        .run(
            Bench.record(
                "k",
                new String(first.value(), UTF_8),
                Bench.headers("traceID", "u", "messageDataType", "FileReference")),
            (input, context) -> input)
        .assertSettled(Outcome.WRITTEN);
    ProducerRecord<byte[], byte[]> second = bench.producer.history().get(1);
    assertThat(content(second)).isEqualTo("value");
    assertThat(FileReference.parse(second.value()).file()).startsWith("u/");
    assertThat(store.events).containsExactly("bytes", "complete");
  }

  @Test
  void anOutputThatCannotBeEncodedLeavesNothingInStorage() {
    Bench bench = byReference().resultCodec(Payload.codec());
    run(
            bench,
            (input, context) -> {
              context.emit(run.algo.sdk.Pipe.payload("result"), Payload.of(new byte[9]));
              return Payload.of(folder.resolve("none"));
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertThat(store.targets).isEmpty();
  }

  @Test
  void whatIsStreamedIsCompletedLast() {
    Bench bench = byReference();
    run(
            bench,
            (input, context) -> {
              try (OutputStream out = context.openOutput(Bench.SIDE, "x")) {
                out.write(1);
              }
              return "after it";
            })
        .assertSettled(Outcome.WRITTEN);
    assertThat(store.events).containsExactly("bytes", "complete");
    assertThat(bench.producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly(Bench.SIDE_TOPIC, Bench.RESULT_TOPIC);
  }

  @Test
  void storageThatFailsFailsTheRecordWithNothingSent() {
    store.broken = new IOException("503");
    Bench bench = byReference();
    run(
            bench,
            (input, context) -> {
              context.emit(Bench.SIDE, "other");
              return "result";
            })
        .assertSettled(Outcome.DEAD_LETTERED);
    assertReason(bench.onlyDeadLetter(), "storage");
    assertThat(Bench.header(bench.onlyDeadLetter(), "dlqExceptionMessage"))
        .contains("t/t.orders-2-41-" + Bench.WRITER + "/result-1-")
        .contains("503");
  }

  /** A payload of an author's own kind, whose content cannot be read. */
  private record Unreadable() implements Payload {
    @Override
    public String name() {
      return "mine";
    }

    @Override
    public OptionalLong size() {
      return OptionalLong.empty();
    }

    @Override
    public InputStream open() {
      return new SequenceInputStream(
          new ByteArrayInputStream(new byte[3]),
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("unreadable");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
              return read();
            }
          });
    }

    @Override
    public byte[] bytes() {
      throw new AssertionError("streamed");
    }

    @Override
    public Path path() {
      throw new AssertionError("streamed");
    }
  }

  @Test
  void aPayloadThatCannotBeReadIsNoFaultOfTheStorageAndLeavesNothing() {
    Bench bench = byReference().resultCodec(Payload.codec());
    run(bench, returning(new Unreadable())).assertSettled(Outcome.DEAD_LETTERED);
    assertReason(bench.onlyDeadLetter(), "encode");
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void anUploadHasSomeSecondsHoweverLateTheAlgoIs() {
    ManualTime time = new ManualTime();
    Duration limit = Duration.ofSeconds(60);
    Bench bench =
        byReference()
            .deadlines(
                new Deadlines(
                    limit, time, 4, new Abandoned(1, time::nanos, n -> {}), thread -> false));
    for (int late : new int[] {10, 59}) {
      run(
              bench,
              (input, context) -> {
                time.advance(Duration.ofSeconds(late));
                return "result" + late;
              })
          .assertSettled(Outcome.WRITTEN);
    }
    assertThat(store.targets)
        .extracting(target -> target.timeout().orElseThrow())
        .containsExactly(Duration.ofSeconds(50), Uploads.LEAST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"thread", "stream", "channel"})
  void anInterruptOfARunnerThatClosesLeavesTheRecordWithoutOutcome(String toldBy) {
    Bench bench = byReference();
    store.broken =
        switch (toldBy) {
          case "stream" -> new InterruptedIOException("interrupted while writing");
          case "channel" -> new ClosedByInterruptException();
          default -> new IOException("for whatever reason");
        };
    assertThatThrownBy(
            () ->
                run(
                    bench,
                    (input, context) -> {
                      bench.closing.set(true);
                      if (toldBy.equals("thread")) {
                        Thread.currentThread().interrupt();
                      }
                      return "result";
                    }))
        .isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).isTrue(); // Kafka's exception sets it in any case
    assertThat(bench.producer.history()).isEmpty();
  }

  // Payloads as values

  @Test
  void aPayloadIsAValueWhereThePipeSaysSo() {
    Bench bench = Bench.acknowledging().resultCodec(Payload.codec());
    run(bench, returning(Payload.of("bytes".getBytes(UTF_8)))).assertSettled(Outcome.WRITTEN);
    assertThat(Bench.value(bench.producer.history().get(0))).isEqualTo("bytes");
    assertThat(Bench.header(bench.producer.history().get(0), "messageDataType"))
        .isEqualTo("Embedded");
  }

  /** It knows its size, and is not to be read. */
  private record Huge() implements Payload {
    @Override
    public String name() {
      return "huge";
    }

    @Override
    public OptionalLong size() {
      return OptionalLong.of(LIMIT + 1L);
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(new byte[LIMIT + 1]);
    }

    @Override
    public byte[] bytes() {
      throw new AssertionError("read into memory");
    }

    @Override
    public Path path() {
      throw new AssertionError("read into a file");
    }
  }

  @Test
  void aPayloadThatIsTooLargeIsRefusedUnread() throws Exception {
    Path file = Files.write(folder.resolve("large"), new byte[LIMIT + 1]);
    for (Payload payload : List.of(new Huge(), Payload.of(file))) {
      Bench bench = Bench.acknowledging().resultCodec(Payload.codec()).maxBytes(LIMIT);
      run(bench, returning(payload)).assertSettled(Outcome.DEAD_LETTERED);
      assertReason(bench.onlyDeadLetter(), "too-large");
    }
  }

  @Test
  void aPayloadThatIsTooLargeGoesToStorageUnread() throws Exception {
    Path file = Files.write(folder.resolve("large"), new byte[LIMIT + 1]);
    for (Payload payload : List.of(new Huge(), Payload.of(file))) {
      Bench bench =
          Bench.acknowledging().store(store, true).resultCodec(Payload.codec()).maxBytes(LIMIT);
      run(bench, returning(payload)).assertSettled(Outcome.WRITTEN);
      assertThat(content(bench.producer.history().get(0))).hasSize(LIMIT + 1);
    }
    assertThat(store.events).containsExactly("complete", "path");
  }

  // Oversize

  @Test
  void whatIsMeasuredTooLargeGoesByReference() throws Exception {
    String large = "x".repeat(LIMIT + 1);
    Bench bench = Bench.acknowledging().store(store, true).maxBytes(LIMIT);
    run(
            bench,
            (input, context) -> {
              context.emit(Bench.SIDE, "small");
              return large;
            })
        .assertSettled(Outcome.WRITTEN);
    List<ProducerRecord<byte[], byte[]>> sent = bench.producer.history();
    assertThat(Bench.value(sent.get(0))).isEqualTo("small");
    assertThat(content(sent.get(1))).isEqualTo(large);
    assertThat(store.keys())
        .containsExactly("t/t.orders-2-41-" + Bench.WRITER + "/result-1-t.orders-2-41-1");
    assertThat(bench.resultCounters.dataBytes()).isEqualTo(LIMIT + 1);
  }

  @Test
  void aKeyThatIsTooLargeIsRefusedBeforeAnythingIsStored() {
    Bench bench = Bench.acknowledging().store(store, true).byReference().maxBytes(LIMIT);
    bench
        .run(Bench.record("k".repeat(LIMIT), "v"), returning("result"))
        .assertSettled(Outcome.DEAD_LETTERED);
    assertReason(bench.onlyDeadLetter(), "too-large");
    assertThat(store.targets).isEmpty();
  }

  @Test
  void withoutOversizeItIsTooLarge() {
    Bench bench = Bench.acknowledging().store(store, false).maxBytes(LIMIT);
    run(bench, returning("x".repeat(LIMIT + 1))).assertSettled(Outcome.DEAD_LETTERED);
    assertReason(bench.onlyDeadLetter(), "too-large");
    assertThat(store.targets).isEmpty();
  }

  @Test
  void whatTheBrokerRefusesGoesByReferenceAndTheOthersAreNotSentAgain() throws Exception {
    Bench bench = oversize();
    RecordingSettlement settlement =
        run(
            bench,
            (input, context) -> {
              context.emit(Bench.SIDE, "small");
              return "large";
            });
    assertThat(bench.producer.completeNext()).isTrue();
    assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    settlement.assertWithoutOutcome(0);
    assertThat(bench.producer.history()).hasSize(3);
    assertThat(content(bench.producer.history().get(2))).isEqualTo("large");
    assertThat(Bench.header(bench.producer.history().get(2), "fileName"))
        .isEqualTo("t.orders-2-41-1");
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.resultCounters.dataBytes()).isEqualTo("large".length());
    assertThat(bench.executions).hasValue(1);
  }

  @Test
  void aReferenceThatTheBrokerRefusesIsTooLarge() {
    Bench bench = oversize();
    RecordingSettlement settlement = run(bench, returning("large"));
    assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    assertReason(bench.producer.history().get(2), "too-large");
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void storageThatFailsThereFailsTheRecord() {
    Bench bench = oversize();
    RecordingSettlement settlement = run(bench, returning("large"));
    store.broken = new IOException("503");
    assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    assertReason(bench.producer.history().get(1), "storage");
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  // In transactions

  private static Algo<Object, Object> threeOutputs() {
    return (input, context) -> {
      context.emit(Bench.SIDE, "0");
      context.emit(Bench.SIDE, "1");
      return "2";
    };
  }

  /** A transaction in which some are refused for their size. */
  private void refuse(Bench bench, PreparedSends sends, List<Integer> which) {
    WriteFaults faults = new WriteFaults(() -> {});
    bench.producer.clear();
    sends.send(bench.producer, faults);
    for (int i = 0; i < 3; i++) {
      assertThat(which.contains(i) ? bench.producer.errorNext(tooLarge) : true).isTrue();
      if (!which.contains(i)) {
        assertThat(bench.producer.completeNext()).isTrue();
      }
    }
    faults.end();
    sends.abortedByRefusal();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatATransactionRefusesComesAgainByReferenceWithTheOthersInItsPlace(int refused)
      throws Exception {
    Bench bench = oversize().transactional();
    RecordingSettlement settlement = run(bench, threeOutputs());
    refuse(bench, settlement.takePrepared(), List.of(refused));
    settlement.assertWithoutOutcome(0);

    PreparedSends again = settlement.takePrepared();
    bench.producer.clear();
    again.send(bench.producer, new WriteFaults(() -> {}));
    List<ProducerRecord<byte[], byte[]>> sent = bench.producer.history();
    assertThat(sent).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(i == refused ? content(sent.get(i)) : Bench.value(sent.get(i)))
          .isEqualTo(Integer.toString(i));
    }
    again.committed();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.executions).hasValue(1);
  }

  @Test
  void aTransactionMayRefuseOneAfterTheOther() throws Exception {
    Bench bench = oversize().transactional();
    RecordingSettlement settlement = run(bench, threeOutputs());
    refuse(bench, settlement.takePrepared(), List.of(1));
    refuse(bench, settlement.takePrepared(), List.of(2));
    PreparedSends again = settlement.takePrepared();
    bench.producer.clear();
    again.send(bench.producer, new WriteFaults(() -> {}));
    assertThat(Bench.value(bench.producer.history().get(0))).isEqualTo("0");
    assertThat(content(bench.producer.history().get(1))).isEqualTo("1");
    assertThat(content(bench.producer.history().get(2))).isEqualTo("2");
    again.committed();
    settlement.assertSettled(Outcome.WRITTEN);
  }

  @Test
  void storageThatFailsThereFailsTheRecordAndNoneOfTheOthersIsWritten() {
    Bench bench = oversize().transactional();
    RecordingSettlement settlement = run(bench, threeOutputs());
    store.broken = new IOException("503");
    refuse(bench, settlement.takePrepared(), List.of(1));
    PreparedSends letter = settlement.takePrepared();
    bench.producer.clear();
    letter.send(bench.producer, new WriteFaults(() -> {}));
    assertReason(bench.onlyDeadLetter(), "storage");
    letter.committed();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  // Dead letters

  private static Algo<Object, Object> failing() {
    return (input, context) -> {
      throw new IllegalStateException("it fails");
    };
  }

  private void refuseAsOftenAsItCanBeShortened(Bench bench) {
    for (int i = 0; i < 3; i++) {
      assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    }
  }

  @Test
  void aDeadLetterThatIsTooLargeGoesByReferenceWithAllItsHeaders() throws Exception {
    Bench bench = oversize();
    RecordingSettlement settlement =
        bench.run(
            Bench.record("k", "value", Bench.headers("traceID", "t", "fileName", "in.csv")),
            failing());
    refuseAsOftenAsItCanBeShortened(bench);
    ProducerRecord<byte[], byte[]> letter = bench.producer.history().get(3);
    assertThat(content(letter)).isEqualTo("value");
    assertThat(FileReference.parse(letter.value()).file())
        .isEqualTo("t/t.orders-2-41-" + Bench.WRITER + "/dead-letter-0-in.csv");
    assertReason(letter, "algo");
    assertThat(Bench.header(letter, "dlqStackTrace")).contains("it fails");
    assertThat(Bench.key(letter)).isEqualTo("k");
    assertThat(letter.partition()).isEqualTo(Bench.PARTITION);
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void aDeadLetterThatStorageDoesNotTakeHaltsUntilItDoes() throws Exception {
    Bench bench = oversize();
    RecordingSettlement settlement = run(bench, failing());
    store.broken = new IOException("503");
    refuseAsOftenAsItCanBeShortened(bench);
    settlement.assertWithoutOutcome(1);
    assertThat(settlement.lastBlockage().what()).contains("storage does not take it");
    store.broken = null;
    settlement.retryLast();
    assertThat(bench.producer.errorNext(tooLarge)).isTrue();
    assertThat(content(bench.producer.history().get(4))).isEqualTo("value");
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.DEAD_LETTERED);
  }

  @Test
  void aDeadLetterHaltsWithoutOversizeAndWhereItIsAReferenceAlready() {
    Bench bench = Bench.manual().store(store, false);
    RecordingSettlement settlement = run(bench, failing());
    refuseAsOftenAsItCanBeShortened(bench);
    settlement.assertWithoutOutcome(1);
    assertThat(store.targets).isEmpty();

    Bench other = oversize();
    settlement =
        other.run(
            Bench.record("k", "{}", Bench.headers("messageDataType", "FileReference")), failing());
    refuseAsOftenAsItCanBeShortened(other);
    settlement.assertWithoutOutcome(1);
    assertThat(store.targets).isEmpty();
  }

  @Test
  void aTypedOutputOfAnyCodecMayGoByReference() throws Exception {
    Bench bench = byReference().resultCodec(Codec.bytes());
    run(bench, returning(new byte[] {'a', 'b'})).assertSettled(Outcome.WRITTEN);
    assertThat(content(bench.producer.history().get(0))).isEqualTo("ab");
  }
}
