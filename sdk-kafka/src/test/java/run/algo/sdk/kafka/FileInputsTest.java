package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import run.algo.sdk.StorageException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.files.WatchedStore;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;

/**
 * Payloads in storage, through the real engine. Long, since each way to read is tried in each form,
 * with each thing that can go wrong.
 */
class FileInputsTest {

  private static final Pipe<Payload> FILES = Pipe.payload("files");

  /** After it a batch is executed. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final Pipe<String> OUT = Pipe.text("out");

  @TempDir Path folder;

  private final WatchedStore store = new WatchedStore();
  private final List<Payload> seen = new ArrayList<>();
  private final List<InputStream> opened = new ArrayList<>();
  private final List<Path> paths = new ArrayList<>();

  /** What an Algo does with a payload. */
  private interface Use {
    String of(Payload payload, AlgoContext context) throws Exception;
  }

  enum Form {
    SYNC,
    ASYNC,
    BATCH
  }

  enum Way {
    OPEN,
    BYTES,
    PATH,
    TEXT
  }

  private AlgoRunnerBuilder builder(Form form, Use use) {
    return switch (form) {
      case SYNC -> {
        Algo<Payload, String> algo = (payload, context) -> use.of(payload, context);
        yield AlgoRunner.builder().input(FILES, algo, OUT);
      }
      case ASYNC -> {
        AsyncAlgo<Payload, String> algo = (payload, context) -> stage(use, payload, context);
        yield AlgoRunner.builder().asyncInput(FILES, algo, OUT);
      }
      case BATCH -> {
        BatchAlgo<Payload, String> algo =
            records -> {
              for (BatchRecord<Payload, String> record : records) {
                try {
                  record.complete(use.of(record.value(), record.context()));
                } catch (Exception e) {
                  record.fail(e);
                }
              }
            };
        yield AlgoRunner.builder().batchInput(FILES, algo, OUT);
      }
    };
  }

  private static CompletionStage<String> stage(Use use, Payload payload, AlgoContext context) {
    try {
      return CompletableFuture.completedFuture(use.of(payload, context));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private AlgoTestDriver drive(AlgoRunnerBuilder builder) {
    return AlgoTestDriver.of(
        builder.fileStore(store).set("ALGO_INPUT_DIR", folder.resolve("input").toString()));
  }

  private AlgoTestDriver drive(Form form, Use use) {
    return drive(builder(form, use));
  }

  private FileReference stored(String key, String content) {
    return store.write(FileTarget.of(key), content.getBytes(UTF_8));
  }

  private static TestRecord<byte[]> record(FileReference reference) {
    return record(reference.toJson());
  }

  private static TestRecord<byte[]> record(byte[] json) {
    return TestRecord.of(json).withHeader("messageDataType", "FileReference");
  }

  private static FileReference withoutSize(FileReference reference) {
    return new FileReference(
        reference.host(),
        reference.bucket(),
        reference.file(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private String read(Way way, Payload payload) throws Exception {
    seen.add(payload);
    return switch (way) {
      case OPEN -> {
        InputStream in = payload.open(); // and left open
        opened.add(in);
        yield new String(in.readAllBytes(), UTF_8);
      }
      case BYTES -> new String(payload.bytes(), UTF_8);
      case PATH -> {
        Path path = payload.path();
        paths.add(path);
        yield Files.readString(path);
      }
      case TEXT -> payload.as(Codec.text());
    };
  }

  private void assertNothingLeft() throws IOException {
    assertThat(store.open()).isZero();
    assertThat(paths).allSatisfy(path -> assertThat(path.getParent()).doesNotExist());
    for (InputStream in : opened) {
      if (!(in instanceof ByteArrayInputStream)) {
        assertThatThrownBy(in::read).isInstanceOf(IllegalStateException.class);
      }
    }
    for (Payload payload : seen) {
      assertThatThrownBy(payload::open).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(payload::bytes).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(payload::path).isInstanceOf(IllegalStateException.class);
      payload.name();
      payload.size();
    }
    assertThat(store.open()).isZero();
  }

  private void assertNoFiles() throws IOException {
    Path input = folder.resolve("input");
    if (Files.exists(input)) {
      assertThat(input).isEmptyDirectory();
    }
  }

  static Stream<Arguments> formsAndWays() {
    return Stream.of(Form.values())
        .flatMap(form -> Stream.of(Way.values()).map(way -> Arguments.of(form, way)));
  }

  @ParameterizedTest
  @MethodSource("formsAndWays")
  void aPayloadIsReadInEachWayWhereverItLies(Form form, Way way) throws Exception {
    FileReference reference = stored("a/b", "in storage ü");
    try (AlgoTestDriver driver = drive(form, (payload, context) -> read(way, payload))) {
      driver.inputBytes(record(reference));
      driver.inputBytes(record(withoutSize(reference)));
      driver.inputBytes(TestRecord.of("in the record ü".getBytes(UTF_8)));
      driver.inputBytes(record(stored("empty", "")));
      driver.inputBytes(TestRecord.of(new byte[0]));
      driver.advance(LINGER);
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(driver.outputs(OUT))
          .containsExactly("in storage ü", "in storage ü", "in the record ü", "", "");
      assertThat(store.reads).hasSize(3);
      assertNothingLeft();
    }
    assertNoFiles();
  }

  @ParameterizedTest
  @MethodSource("formsAndWays")
  void whatFailsLeavesNothing(Form form, Way way) throws Exception {
    FileReference reference = stored("a", "x");
    Use use =
        (payload, context) -> {
          read(way, payload);
          throw new IllegalStateException("after it was read");
        };
    try (AlgoTestDriver driver = drive(form, use)) {
      driver.inputBytes(record(reference));
      driver.inputBytes(TestRecord.of("x".getBytes(UTF_8)));
      driver.advance(LINGER);
      assertThat(driver.deadLetters())
          .hasSize(2)
          .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("algo"));
      assertNothingLeft();
    }
    assertNoFiles();
  }

  static Stream<Arguments> formsAndStrategies() {
    return Stream.of(Form.values())
        .flatMap(
            form ->
                Stream.of(
                        RetryStrategyKind.SIMPLE,
                        RetryStrategyKind.STATEFUL_ORDERED,
                        RetryStrategyKind.STATEFUL_UNORDERED)
                    .map(kind -> Arguments.of(form, kind)));
  }

  @ParameterizedTest
  @MethodSource("formsAndStrategies")
  void whatWaitsForAnotherTryHoldsNothingMeanwhile(Form form, RetryStrategyKind kind)
      throws Exception {
    Use use =
        (payload, context) -> {
          opened.add(payload.open());
          String content = read(Way.PATH, payload);
          if (content.equals("first") && context.attempt() == 1) {
            throw new IllegalStateException("not yet");
          }
          return content;
        };
    try (AlgoTestDriver driver =
        drive(
            builder(form, use)
                .retries(Retries.of(RetryStrategy.of(kind, RetryStep.of(1, "1m", 2)))))) {
      // Of one key, so that the second one waits with the first.
      driver.inputBytes(record(stored("a", "first")).withKey("k"));
      driver.inputBytes(record(stored("b", "second")).withKey("k"));
      driver.advance(LINGER);
      assertThat(paths).isNotEmpty();
      assertNothingLeft();
      driver.advance(Duration.ofMinutes(5));
      assertThat(driver.outputs(OUT)).containsExactlyInAnyOrder("first", "second");
      assertThat(driver.deadLetters()).isEmpty();
      assertNothingLeft();
    }
    assertNoFiles();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void whatIsNotAskedForIsNotRead(Form form) {
    FileReference reference = stored("a", "content");
    Use use = (payload, context) -> context.fileName() + context.headers().text("x").orElse("");
    try (AlgoTestDriver driver = drive(form, use)) {
      driver.inputBytes(record(reference).withHeader("fileName", "n.txt"));
      driver.inputBytes(record("no reference at all".getBytes(UTF_8)).withHeader("fileName", "m"));
      driver.advance(LINGER);
      assertThat(driver.outputs(OUT)).containsExactly("n.txt", "m");
      assertThat(store.reads).isEmpty();
    }
    assertThat(folder.resolve("input")).doesNotExist();
  }

  @Test
  void nameAndSizeAreToldWithoutReading() {
    FileReference reference = stored("a", "12345");
    Use use = (payload, context) -> payload.name() + " " + payload.size();
    try (AlgoTestDriver driver = drive(Form.SYNC, use)) {
      driver.inputBytes(record(reference).withHeader("fileName", "../n"));
      driver.inputBytes(record(withoutSize(reference)).withHeader("fileName", "n"));
      driver.inputBytes(record("{}".getBytes(UTF_8)).withHeader("fileName", "n"));
      driver.inputBytes(TestRecord.of(new byte[3]).withHeader("fileName", "n"));
      assertThat(driver.outputs(OUT))
          .containsExactly(
              "../n OptionalLong[5]",
              "n OptionalLong.empty",
              "n OptionalLong.empty",
              "n OptionalLong[3]");
      assertThat(store.reads).isEmpty();
    }
  }

  /** A value. */
  public record Point(int x, int y) {}

  @ParameterizedTest
  @EnumSource(Form.class)
  void aTypedInputIsReadFromStorage(Form form) throws Exception {
    FileReference point = stored("p", "{\"x\":1,\"y\":2}");
    FileReference wrong = stored("w", "{\"x\":\"one\"}");
    Pipe<Point> points = Pipe.json("files", Point.class);
    AlgoRunnerBuilder builder =
        switch (form) {
          case SYNC -> {
            Algo<Point, String> algo = (value, context) -> value.toString();
            yield AlgoRunner.builder().input(points, algo, OUT);
          }
          case ASYNC -> {
            AsyncAlgo<Point, String> algo =
                (value, context) -> CompletableFuture.completedFuture(value.toString());
            yield AlgoRunner.builder().asyncInput(points, algo, OUT);
          }
          case BATCH -> {
            BatchAlgo<Point, String> algo =
                records -> records.forEach(record -> record.complete(record.value().toString()));
            yield AlgoRunner.builder().batchInput(points, algo, OUT);
          }
        };
    try (AlgoTestDriver driver = drive(builder)) {
      driver.inputBytes(record(point));
      driver.inputBytes(record(wrong));
      driver.inputBytes(record(withoutSize(point)));
      driver.inputBytes(TestRecord.of("{\"x\":3,\"y\":4}".getBytes(UTF_8)));
      driver.inputBytes(record("nonsense".getBytes(UTF_8)));
      driver.advance(LINGER);
      store.failures.add(new IOException("connection reset"));
      driver.inputBytes(record(point));
      driver.advance(LINGER);
      assertThat(driver.outputs(OUT))
          .containsExactly("Point[x=1, y=2]", "Point[x=1, y=2]", "Point[x=3, y=4]");
      assertThat(driver.deadLetters())
          .extracting(TestDeadLetter::reason)
          .containsExactly("decode", "storage", "storage");
      assertThat(driver.deadLetters())
          .as("the Algo never began")
          .allSatisfy(letter -> assertThat(letter.executions()).isZero());
      assertThat(store.open()).isZero();
    }
  }

  @Test
  void textAndBytesAreReadFromStorage() {
    FileReference reference = stored("a", "text ü");
    Algo<String, String> text = (value, context) -> value;
    Algo<byte[], String> bytes = (value, context) -> new String(value, UTF_8);
    try (AlgoTestDriver one = drive(AlgoRunner.builder().input(Pipe.text("in"), text, OUT));
        AlgoTestDriver two = drive(AlgoRunner.builder().input(Pipe.bytes("in"), bytes, OUT))) {
      one.inputBytes(record(reference));
      two.inputBytes(record(withoutSize(reference)));
      assertThat(one.outputs(OUT)).containsExactly("text ü");
      assertThat(two.outputs(OUT)).containsExactly("text ü");
    }
  }

  @Test
  void gatheredRecordsAreEachReadFromStorage() throws Exception {
    Algo<Payload, String> algo =
        (payload, context) -> {
          StringBuilder all = new StringBuilder();
          for (GatheredRecord each : context.gathered()) {
            all.append(read(Way.PATH, each.payload().orElseThrow())).append(' ');
          }
          return all.toString();
        };
    try (AlgoTestDriver driver = drive(AlgoRunner.builder().input(FILES, algo, OUT))) {
      driver.inputBytes(held(record(stored("a", "one"))));
      driver.inputBytes(held(TestRecord.of("two".getBytes(UTF_8))));
      driver.inputBytes(record(stored("c", "three")).withHeader("traceID", "t"));
      assertThat(driver.outputs(OUT)).containsExactly("one two three ");
      assertNothingLeft();
    }
  }

  @Test
  void ofGatheredValuesOneThatCannotBeReadFailsAll() {
    Algo<String, String> algo =
        (value, context) -> context.gathered().stream().map(GatheredRecord::value).toList() + "";
    try (AlgoTestDriver driver = drive(AlgoRunner.builder().input(Pipe.text("in"), algo, OUT))) {
      FileReference one = stored("a", "one");
      driver.inputBytes(held(record(one)));
      driver.inputBytes(record(stored("b", "two")).withHeader("traceID", "t"));
      assertThat(driver.outputs(OUT)).containsExactly("[one, two]");
      driver.inputBytes(held(record(one)));
      store.delete(one);
      driver.inputBytes(record(stored("b", "two")).withHeader("traceID", "t"));
      assertThat(driver.deadLetters())
          .hasSize(2)
          .allSatisfy(
              letter -> {
                assertThat(letter.reason()).isEqualTo("storage");
                assertThat(letter.executions()).isZero();
              });
      assertThat(driver.outputs(OUT)).hasSize(1);
    }
  }

  private static TestRecord<byte[]> held(TestRecord<byte[]> record) {
    return record.withHeader("traceID", "t").withHeader("run", "false");
  }

  @Test
  void ofABatchOnlyTheRecordThatCannotBeReadFails() {
    BatchAlgo<String, String> algo =
        records -> records.forEach(record -> record.complete(record.value()));
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder()
                .batchInput(Pipe.text("in"), algo, OUT)
                .fileStore(store)
                .set("ALGO_ORDERING", "unordered")
                .set("ALGO_BATCH_LINGER", "1s"))) {
      FileReference gone = stored("gone", "x");
      store.delete(gone);
      driver.inputBytes(record(stored("a", "one")));
      driver.inputBytes(record(gone));
      driver.inputBytes(TestRecord.of("two".getBytes(UTF_8)));
      driver.inputBytes(record(stored("b", "three")));
      driver.advance(Duration.ofSeconds(2));
      assertThat(driver.outputs(OUT)).containsExactlyInAnyOrder("one", "two", "three");
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.reason()).isEqualTo("storage"));
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new NoSuchFileException("a"), 1, "is not there"),
        Arguments.of(new AccessDeniedException("a"), 1, "s3:GetObject"),
        Arguments.of(new FileMismatchException("other digest"), 1, "other digest"),
        Arguments.of(new IllegalArgumentException("another host"), 1, "another host"),
        Arguments.of(new IOException("503"), 3, "cannot be read: 503"),
        Arguments.of(new IOException(new IOException("reset")), 3, "cannot be read"),
        Arguments.of(new IllegalStateException("the store is closed"), 3, "closed"),
        Arguments.of(new java.net.SocketTimeoutException("slow"), 3, "slow"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void onlyWhatMayPassIsTriedAgain(Exception failure, int executions, String message) {
    FileReference reference = stored("a", "x");
    Use use =
        (payload, context) -> {
          try {
            return read(Way.BYTES, payload);
          } catch (StorageException e) {
            throw new IllegalStateException("wrapped by the author", e);
          }
        };
    try (AlgoTestDriver driver =
        drive(
            builder(Form.SYNC, use)
                .retries(
                    Retries.of(
                        RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "1s", 2)))))) {
      store.failures.addAll(List.of(failure, failure, failure));
      driver.inputBytes(record(reference));
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("storage");
                assertThat(letter.executions()).isEqualTo(executions);
              });
      assertThat(store.reads).hasSize(executions);
      store.failures.clear();
      Exception told = caught(failure, reference);
      assertThat(told)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(message)
          .hasMessageContaining("\"a\"")
          .hasMessageContaining("\"test\"")
          .cause()
          .isSameAs(failure);
    }
  }

  private Exception caught(Exception failure, FileReference reference) {
    List<Exception> caught = new ArrayList<>();
    Use use =
        (payload, context) -> {
          try {
            return read(Way.BYTES, payload);
          } catch (Exception e) {
            caught.add(e);
            return "";
          }
        };
    store.failures.add(failure);
    try (AlgoTestDriver driver = drive(Form.SYNC, use)) {
      driver.inputBytes(record(reference));
    }
    return caught.get(0);
  }

  @Test
  void storageThatIsMissingIsNoReasonToTryAgain() {
    Use use = (payload, context) -> read(Way.BYTES, payload);
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            builder(Form.SYNC, use)
                .retries(
                    Retries.of(
                        RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "1s", 2)))))) {
      driver.inputBytes(record(stored("a", "x")));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("storage");
                assertThat(letter.executions()).isEqualTo(1);
                assertThat(letter.message()).contains("MC_HOST_algorun");
              });
    }
  }

  @Test
  void aRetriedLoadIsTriedAsOftenAsTheStrategySaysAndIsNoExecution() {
    Algo<String, String> algo = (value, context) -> value + context.attempt();
    try (AlgoTestDriver driver =
        drive(
            AlgoRunner.builder()
                .input(Pipe.text("in"), algo, OUT)
                .retries(
                    Retries.of(
                        RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "1s", 2)))))) {
      IOException down = new IOException("down");
      store.failures.addAll(List.of(down, down));
      driver.inputBytes(record(stored("a", "x")));
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.outputs(OUT)).containsExactly("x1");
      store.failures.addAll(List.of(down, down, down));
      driver.inputBytes(record(stored("a", "x")));
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.executions()).isZero());
      assertThat(store.reads).hasSize(6);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatDiffersInItsMiddleIsNoPayload(Way way) throws Exception {
    store.streams =
        in ->
            new FilterInputStream(in) {
              @Override
              public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                if (read < 0) {
                  throw new FileMismatchException("another digest");
                }
                return read;
              }
            };
    try (AlgoTestDriver driver = drive(Form.SYNC, (payload, context) -> read(way, payload))) {
      driver.inputBytes(record(withoutSize(stored("a", "x"))));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.reason()).isEqualTo("storage"));
      assertNothingLeft();
    }
    assertNoFiles();
  }

  @Test
  void theFileHasASafeNameInAFolderOfItsOwn() {
    List<String> names = new ArrayList<>();
    Use use =
        (payload, context) -> {
          Path path = payload.path();
          assertThat(payload.path()).isEqualTo(path);
          assertThat(path).startsWith(folder.resolve("input")).isAbsolute();
          assertThat(path.getParent()).isNotIn(paths.stream().map(Path::getParent).toList());
          paths.add(path);
          names.add(path.getFileName().toString());
          return Files.readString(path);
        };
    try (AlgoTestDriver driver = drive(Form.SYNC, use)) {
      for (String name : List.of("a b.txt", "../../etc/passwd", "C:\\x\\y.z", "\u0000", "..")) {
        driver.inputBytes(record(stored("a", "x")).withHeader("fileName", name));
        driver.inputBytes(TestRecord.of("x".getBytes(UTF_8)).withHeader("fileName", name));
      }
      assertThat(driver.deadLetters()).isEmpty();
      assertThat(names)
          .containsExactly(
              "a b.txt", "a b.txt", "passwd", "passwd", "y.z", "y.z", "payload", "payload",
              "payload", "payload");
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aDiskThatDoesNotTakeItIsToldAndTriedAgain(boolean reference) throws Exception {
    Path notAFolder = Files.writeString(folder.resolve("file"), "x");
    Use use = (payload, context) -> read(Way.PATH, payload);
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            builder(Form.SYNC, use)
                .fileStore(store)
                .set("ALGO_INPUT_DIR", notAFolder.resolve("input").toString())
                .retries(
                    Retries.of(
                        RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "1s", 2)))))) {
      driver.inputBytes(reference ? record(stored("a", "x")) : TestRecord.of("x".getBytes(UTF_8)));
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("storage");
                assertThat(letter.executions()).isEqualTo(3);
                assertThat(letter.message()).contains("ALGO_INPUT_DIR");
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"BYTES, true", "BYTES, false", "OPEN, true", "OPEN, false", "TEXT, true"})
  void whatIsLargerThanTheMemoryIsRefusedAsAWhole(Way way, boolean sized) {
    FileReference large = stored("large", "x".repeat(1_100_000));
    FileReference fits = stored("fits", "x".repeat(1_000_000));
    Use use = (payload, context) -> Integer.toString(read(way, payload).length());
    try (AlgoTestDriver driver = drive(builder(Form.SYNC, use).set("ALGO_MEMORY_BUDGET", "1MiB"))) {
      driver.inputBytes(record(sized ? large : withoutSize(large)));
      driver.inputBytes(record(sized ? fits : withoutSize(fits)));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo("storage");
                assertThat(letter.message())
                    .contains("ALGO_MEMORY_BUDGET")
                    .contains("Payload.open");
              });
      assertThat(driver.outputs(OUT)).containsExactly("1000000");
    }
  }

  @Test
  void aStreamMayBeLargerThanTheMemory() throws Exception {
    FileReference large = stored("large", "x".repeat(3_000_000));
    Use use =
        (payload, context) -> {
          try (InputStream in = payload.open()) {
            long length = in.transferTo(java.io.OutputStream.nullOutputStream());
            return length + " " + Files.size(payload.path());
          }
        };
    try (AlgoTestDriver driver = drive(builder(Form.SYNC, use).set("ALGO_MEMORY_BUDGET", "1MiB"))) {
      driver.inputBytes(record(large));
      assertThat(driver.outputs(OUT)).containsExactly("3000000 3000000");
    }
  }

  @Test
  void aBatchThatDoesNotFitIsExecutedInSeveral() {
    List<Integer> sizes = new ArrayList<>();
    BatchAlgo<String, String> algo =
        records -> {
          sizes.add(records.size());
          records.forEach(record -> record.complete(record.value().substring(0, 1)));
        };
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder()
                .batchInput(Pipe.text("in"), algo, OUT)
                .fileStore(store)
                .set("ALGO_ORDERING", "unordered")
                .set("ALGO_MEMORY_BUDGET", "1MiB")
                .set("ALGO_BATCH_LINGER", "1s"))) {
      for (int i = 0; i < 5; i++) {
        driver.inputBytes(record(stored("f" + i, Integer.toString(i).repeat(400_000))));
      }
      driver.advance(Duration.ofMinutes(1));
      assertThat(driver.outputs(OUT)).containsExactlyInAnyOrder("0", "1", "2", "3", "4");
      assertThat(sizes).containsExactly(2, 2, 1);
      assertThat(driver.deadLetters()).isEmpty();
    }
  }

  @Test
  void anUnreadableRecordIsAnErrorOfNobodyElse() {
    Use use = (payload, context) -> read(Way.BYTES, payload);
    try (AlgoTestDriver driver = drive(Form.SYNC, use)) {
      driver.inputBytes(record("not json".getBytes(UTF_8)));
      driver.inputBytes(record(stored("a", "x")));
      assertThat(driver.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.message()).contains("messageDataType"));
      assertThat(driver.outputs(OUT)).containsExactly("x");
    }
  }

  @Test
  void openStreamsAreClosedWithTheRunnerThatDoesNotWaitForThem() throws Exception {
    CompletableFuture<String> never = new CompletableFuture<>();
    AsyncAlgo<Payload, String> algo =
        (payload, context) -> {
          opened.add(payload.open());
          paths.add(payload.path());
          return never;
        };
    AlgoTestDriver driver = drive(AlgoRunner.builder().asyncInput(FILES, algo, OUT));
    driver.inputBytes(record(stored("a", "x")));
    assertThat(store.open()).isEqualTo(1);
    assertThat(paths.get(0)).exists();
    driver.close();
    assertThat(paths.get(0)).doesNotExist();
    assertNoFiles();
  }

  @Test
  void theHeadersOfAnEmbeddedRecordMakeItEmbedded() {
    Use use = (payload, context) -> read(Way.BYTES, payload);
    try (AlgoTestDriver driver = drive(Form.SYNC, use)) {
      for (String type : List.of("Embedded", "", "filereference", "FileReference2")) {
        driver.inputBytes(TestRecord.of("x".getBytes(UTF_8)).withHeader("messageDataType", type));
      }
      assertThat(driver.outputs(OUT)).containsExactly("x", "x", "x", "x");
    }
  }
}
