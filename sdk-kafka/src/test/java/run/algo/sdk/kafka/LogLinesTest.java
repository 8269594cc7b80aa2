package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.kafka.internal.engine.KafkaClients;

/** How much is logged: a line where something changes, and none for each record. */
class LogLinesTest {

  private static final String SECRET = "s3cr3t-0f-m1ne";

  static final class Picky implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) throws Exception {
      if (text.startsWith("bad")) {
        throw text.endsWith("io") ? new IOException(text) : new IllegalStateException(text);
      }
      return text;
    }
  }

  @Test
  void recordsAreNotLoggedAtInfo() {
    try (LoggedLines lines = new LoggedLines();
        AlgoTestDriver driver = AlgoTestDriver.of(new Picky())) {
      IntStream.range(0, 1000).forEach(i -> driver.input((i % 2 == 0 ? "good" : "bad") + i));
      assertThat(driver.outputs()).hasSize(500);
      assertThat(driver.deadLetters()).hasSize(500);
      assertThat(lines.lines(Level.INFO))
          .as("the assignment has changed once")
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly("assigned [in-0], now 1 partitions");
    }
  }

  @Test
  void failuresOfAKindAreOneLine() {
    try (LoggedLines lines = new LoggedLines();
        AlgoTestDriver driver = AlgoTestDriver.of(new Picky())) {
      long begin = System.nanoTime();
      IntStream.range(0, 1000).forEach(i -> driver.input(i % 2 == 0 ? "bad" + i : "bad io"));
      long intervals = 1 + Duration.ofNanos(System.nanoTime() - begin).toSeconds() / 10;
      assertThat(driver.deadLetters()).hasSize(1000);
      assertThat(lines.lines(Level.WARN, "failed, reason algo"))
          .as("two kinds, each once an interval")
          .hasSizeBetween(2, (int) (2 * intervals));
      assertThat(lines.lines(Level.WARN)).hasSizeLessThanOrEqualTo((int) (2 * intervals));
      assertThat(lines.lines(Level.ERROR)).isEmpty();
    }
  }

  /** Its stages cannot be cancelled, and say so each time. */
  static final class Stubborn implements AsyncAlgo<String, String> {
    @Override
    public CompletableFuture<String> run(String text, AlgoContext context) {
      return new CompletableFuture<>() {
        @Override
        public boolean cancel(boolean mayInterrupt) {
          throw new UnsupportedOperationException("not me");
        }
      };
    }
  }

  @Test
  void stagesThatCannotBeCancelledAreOneLine() {
    try (LoggedLines lines = new LoggedLines();
        AlgoTestDriver driver =
            AlgoTestDriver.of(
                AlgoRunner.builder(new Stubborn())
                    .set("ALGO_TIMEOUT", "1s")
                    .set("ALGO_ORDERING", "unordered"))) {
      for (int i = 0; i < 64; i++) {
        driver.input("v" + i);
        driver.advance(Duration.ofSeconds(2));
      }
      assertThat(driver.deadLetters()).hasSize(64);
      assertThat(lines.lines(Level.WARN, "cannot be cancelled")).hasSizeBetween(1, 2);
    }
  }

  @Test
  void theStartIsOneLineWithoutSecrets() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "127.0.0.1:1");
    environment.put("ALGO_GROUP_ID", "algorun-g");
    environment.put("INSTANCE_NAME", "pod-7");
    environment.put("KAFKA_INPUT_TOPIC_IN", "in");
    environment.put("KAFKA_OUTPUT_TOPIC_OUT", "out");
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("KAFKA_AUTH_TYPE", "plain");
    environment.put("KAFKA_AUTH_USERNAME", "user");
    environment.put("KAFKA_AUTH_PASSWORD", SECRET + "1");
    environment.put("MC_HOST_algorun", "http://" + SECRET + "2:" + SECRET + "3@127.0.0.1:2");
    environment.put("STORAGE_BUCKET_NAME", "bucket");
    environment.put("KAFKA_CLIENT_MY_PLUGIN_TOKEN", SECRET + "4");
    environment.put("KAFKA_PRODUCER_INTERCEPTOR_PASSWORD", SECRET + "5");
    environment.put("KAFKA_CONSUMER_NOBODY_KNOWS_ME", SECRET + "6");
    environment.put(
        "ALGO_RUNNER_CONFIG",
        "{\"deploymentOwner\":\"acme\",\"deploymentName\":\"shop\",\"password\":\""
            + SECRET
            + "7\"}");
    environment.put(
        "ALGO_RETRY_STRATEGY",
        "{\"strategy\":\"Simple\",\"note\":\""
            + SECRET
            + "8\",\"steps\":[{\"index\":1,\"backoffDuration\":\"1s\",\"repeat\":1}]}");
    environment.put("ALGO_INPUT_DIR", "/tmp/" + SECRET + "1");
    List<String> texts = new ArrayList<>();
    try (LoggedLines lines = new LoggedLines();
        AlgoRunner runner =
            AlgoRunner.builder(new Picky())
                .environment(environment)
                .properties(new Properties())
                .clients(Unreachable.CLIENTS)
                .build()) {
      runner.start();
      assertThat(lines.lines(Level.INFO, "starting with"))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getFormattedMessage())
                    .doesNotContain("\n")
                    .contains(
                        "ALGO_LOG_CONTEXT=on", "KAFKA_AUTH_PASSWORD=***", "INSTANCE_NAME=pod-7");
                // Every setting has its part, secrets as well.
                for (String variable : environment.keySet()) {
                  assertThat(line.getFormattedMessage()).contains(variable + "=");
                }
                assertThat(line.getMDCPropertyMap())
                    .containsEntry("AlgoInstanceName", "pod-7")
                    .containsEntry("DeploymentOwner", "acme");
              });
      for (Level level : List.of(Level.INFO, Level.WARN, Level.ERROR)) {
        lines.lines(level).forEach(line -> texts.add(line.getFormattedMessage()));
      }
    }
    assertThat(texts).noneMatch(text -> text.contains(SECRET));
    assertThat(MDC.getCopyOfContextMap()).as("the caller's thread").isNullOrEmpty();
  }

  /** Kafka is not there. */
  enum Unreachable {
    ;

    static final KafkaClients CLIENTS =
        new KafkaClients() {
          @Override
          public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer(
              Map<String, Object> config) {
            throw new IllegalStateException("no consumer");
          }

          @Override
          public org.apache.kafka.clients.producer.Producer<byte[], byte[]> producer(
              Map<String, Object> config) {
            throw new IllegalStateException("no producer");
          }

          @Override
          public org.apache.kafka.clients.admin.Admin admin(Map<String, Object> config) {
            throw new IllegalStateException("no admin");
          }
        };
  }

  @ParameterizedTest
  @EnumSource(Switch.class)
  void theLogIsToldOfRecordsUnlessThatIsOff(Switch setting) {
    List<String> seen = new ArrayList<>();
    Algo<String, String> algo =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) {
            seen.add(String.valueOf(MDC.get("input")));
            return text;
          }
        };
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder(algo)
                .set("KAFKA_INPUT_TOPIC_LEFT", "t")
                .set("ALGO_LOG_CONTEXT", setting.name()))) {
      driver.input("a");
    }
    assertThat(seen).containsExactly(setting == Switch.on ? "left" : "null");
    assertThat(MDC.get("AlgoInstanceName")).isNull();
  }

  /** As the setting is written. */
  @SuppressWarnings("MemberName")
  enum Switch {
    on,
    off
  }
}
