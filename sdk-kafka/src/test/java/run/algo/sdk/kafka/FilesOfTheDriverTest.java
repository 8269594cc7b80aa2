package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Pipe;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.testkit.InMemoryFileStore;

/** Outputs in storage, as a test of an author's sees them: through the whole engine. */
class FilesOfTheDriverTest {

  private static final Pipe<String> LINES = Pipe.text("lines");
  private static final Pipe<Map<String, Integer>> COUNTS =
      Pipe.json("counts", new tools.jackson.core.type.TypeReference<>() {});
  private static final Pipe<byte[]> FILES = Pipe.bytes("files");

  private final InMemoryFileStore store = new InMemoryFileStore("minio:9000", "t.d");

  /** Both outputs travel by reference, as the operator mounts it. */
  static String config(String... outputs) {
    StringBuilder pipes = new StringBuilder();
    for (String output : outputs) {
      pipes
          .append(pipes.isEmpty() ? "" : ",")
          .append(
              """
          {"sourceComponentType":"Algo","sourceName":"o/a:1[0]","sourceOutputName":"%s",
           "sourceOutputMessageDataType":"FileReference",
           "destComponentType":"Algo","destName":"o/b:1[0]","destInputName":"in"}"""
                  .formatted(output));
    }
    return """
        {"deploymentOwner":"t","deploymentName":"d","owner":"o","name":"a","version":"1","index":0,
         "pipes":[%s]}"""
        .formatted(pipes);
  }

  private AlgoRunnerBuilder deployed(AlgoRunnerBuilder builder) {
    return builder
        .fileStore(store)
        .set("ALGO_RUNNER_CONFIG", config("counts"))
        .set("ALGO_GROUP_ID", "test")
        .set("KAFKA_INPUT_TOPIC_LINES", "lines")
        .set("KAFKA_OUTPUT_TOPIC_COUNTS", "counts")
        .set("KAFKA_OUTPUT_TOPIC_FILES", "files");
  }

  private static void write(AlgoContext context, String text) throws IOException {
    try (OutputStream out = context.openOutput(FILES, "copy of " + text)) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private static final class Sync implements Algo<String, Map<String, Integer>> {
    @Override
    public Map<String, Integer> run(String text, AlgoContext context) throws IOException {
      write(context, text);
      return Map.of(text, text.length());
    }
  }

  private static final class Async implements AsyncAlgo<String, Map<String, Integer>> {
    @Override
    public CompletionStage<Map<String, Integer>> run(String text, AlgoContext context) {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              write(context, text);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            return Map.of(text, text.length());
          });
    }
  }

  private static final class Batch implements BatchAlgo<String, Map<String, Integer>> {
    @Override
    public void run(List<BatchRecord<String, Map<String, Integer>>> records) throws IOException {
      for (BatchRecord<String, Map<String, Integer>> record : records) {
        write(record.context(), record.value());
        record.complete(Map.of(record.value(), record.value().length()));
      }
    }
  }

  private void assertValuesAreRead(AlgoRunnerBuilder builder) throws InterruptedException {
    AlgoTestDriver driver = AlgoTestDriver.of(deployed(builder));
    try (driver) {
      driver.input(LINES, TestRecord.of("one").withHeader("traceID", "t1"));
      driver.input(LINES, TestRecord.of("three").withHeader("traceID", "t2"));
      driver.advance(Duration.ofSeconds(1));
      assertThat(driver.await(Duration.ofSeconds(30))).isTrue();
    }
    // Also when it is closed.
    assertThat(driver.outputs(COUNTS))
        .containsExactlyInAnyOrder(Map.of("one", 3), Map.of("three", 5));
    assertThat(driver.outputs(FILES))
        .extracting(bytes -> new String(bytes, UTF_8))
        .containsExactlyInAnyOrder("one", "three");
    assertThat(driver.records(FILES))
        .extracting(record -> record.headers().text("fileName").orElseThrow())
        .containsExactlyInAnyOrder("copy of one", "copy of three");
    assertThat(driver.records(COUNTS))
        .extracting(record -> record.headers().text("messageDataType").orElseThrow())
        .containsOnly("FileReference");
    assertThat(store.keys())
        .extracting(FilesOfTheDriverTest::withoutWriter)
        .containsExactly(
            "t1/lines-0-0/counts-1-lines-0-0-1",
            "t1/lines-0-0/files-0-copy of one",
            "t2/lines-0-1/counts-1-lines-0-1-1",
            "t2/lines-0-1/files-0-copy of three");
    assertThat(driver.deadLetters()).isEmpty();
  }

  @Test
  void aTestSeesTheValuesOfASyncAlgo() throws InterruptedException {
    assertValuesAreRead(AlgoRunner.builder().input(LINES, new Sync(), COUNTS).output(FILES));
  }

  @Test
  void aTestSeesTheValuesOfAnAsyncAlgo() throws InterruptedException {
    assertValuesAreRead(AlgoRunner.builder().asyncInput(LINES, new Async(), COUNTS).output(FILES));
  }

  @Test
  void aTestSeesTheValuesOfABatchAlgo() throws InterruptedException {
    assertValuesAreRead(AlgoRunner.builder().batchInput(LINES, new Batch(), COUNTS).output(FILES));
  }

  /** Fails after half of the file until it has been executed so often. */
  private static final class HalfFirst implements Algo<String, Void> {
    @Override
    public Void run(String text, AlgoContext context) throws IOException {
      context.emit(COUNTS, Map.of("attempt", context.attempt()));
      try (OutputStream out = context.openOutput(FILES, "x")) {
        out.write("half".getBytes(UTF_8));
        if (context.attempt() < 3) {
          throw new IllegalStateException("halfway");
        }
        out.write("whole".getBytes(UTF_8));
      }
      return null;
    }
  }

  @Test
  void aRetryWritesTheSameObject() {
    AlgoRunnerBuilder builder =
        AlgoRunner.builder()
            .input(LINES, new HalfFirst())
            .output(COUNTS)
            .output(FILES)
            .retries(
                Retries.of(RetryStrategy.of(RetryStrategyKind.SIMPLE, RetryStep.of(1, "1s", 5))));
    try (AlgoTestDriver driver = AlgoTestDriver.of(deployed(builder))) {
      driver.input(LINES, TestRecord.of("v").withHeader("traceID", "t"));
      driver.advance(Duration.ofSeconds(10));
      assertThat(driver.outputs(FILES)).singleElement().isEqualTo("halfwhole".getBytes(UTF_8));
      assertThat(driver.outputs(COUNTS)).containsExactly(Map.of("attempt", 3));
      assertThat(store.keys())
          .extracting(FilesOfTheDriverTest::withoutWriter)
          .containsExactly("t/lines-0-0/counts-0-lines-0-0", "t/lines-0-0/files-1-x");
    }
  }

  /** Returns as much as it is told to. */
  private static final class Sized implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return "x".repeat(Integer.parseInt(text));
    }
  }

  @Test
  void whatIsTooLargeIsReadBackLikeTheRest() {
    AlgoRunnerBuilder builder =
        AlgoRunner.builder(new Sized()).fileStore(store).set("ALGO_OVERSIZE", "reference");
    try (AlgoTestDriver driver = AlgoTestDriver.of(builder)) {
      driver.input("3");
      driver.input("2000000");
      assertThat(driver.outputs())
          .extracting(value -> value.toString().length())
          .containsExactly(3, 2_000_000);
      assertThat(driver.records())
          .extracting(record -> record.headers().text("messageDataType").orElseThrow())
          .containsExactly("Embedded", "FileReference");
      assertThat(store.keys()).hasSize(1);
    }
  }

  /** The key without what stands for the Algo, here its class. */
  private static String withoutWriter(String key) {
    return key.replaceFirst("-[0-9a-f]{8}/", "/");
  }
}
