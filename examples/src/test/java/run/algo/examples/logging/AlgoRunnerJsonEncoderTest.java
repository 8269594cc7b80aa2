package run.algo.examples.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import java.net.URL;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.AlgoTestDriver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AlgoRunnerJsonEncoderTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

  private final LoggerContext context = new LoggerContext();
  private final AlgoRunnerJsonEncoder encoder = new AlgoRunnerJsonEncoder();

  private LoggingEvent event(
      String logger, Level level, String message, @Nullable Throwable e, Map<String, String> mdc) {
    LoggingEvent event =
        new LoggingEvent("any", context.getLogger(logger), level, message, e, new Object[0]);
    event.setInstant(NOW);
    event.setMDCPropertyMap(mdc);
    return event;
  }

  private LoggingEvent event(String logger, Level level, String message, @Nullable Throwable e) {
    return event(logger, level, message, e, Map.of());
  }

  private LoggingEvent event(String message, Map<String, String> mdc) {
    return event("com.acme.Count", Level.INFO, message, null, mdc);
  }

  private LoggingEvent event(String message) {
    return event("com.acme.Count", Level.INFO, message, null);
  }

  /** What is printed, found to be one object on one line. */
  private JsonNode line(ILoggingEvent event) {
    String text = new String(encoder.encode(event), UTF_8);
    assertThat(text).endsWith("}\n");
    assertThat(text.chars().filter(c -> c < ' ').count()).as("its end alone").isEqualTo(1);
    return JSON.readTree(text);
  }

  private static String text(JsonNode line, String field) {
    return line.required(field).stringValue();
  }

  @Test
  void aLineHasTheFieldsOfTheProtocolAndNoOthers() {
    LoggingEvent event =
        event(
            "counted",
            Map.of(
                "traceId", "t1",
                "input", "orders",
                "offset", "41",
                "AlgoName", "count",
                "AlgoInstanceName", "pod-0",
                "user", "u"));
    assertThat(line(event))
        .isEqualTo(
            JSON.readTree(
                """
                {"version":"1","level":"Info","type":"Algo","logger":"com.acme.Count",
                 "ts":"2026-01-02T03:04:05.678901Z","traceId":"t1","msg":"counted","error":"",
                 "data":{"AlgoName":"count","AlgoInstanceName":"pod-0","input":"orders",
                 "offset":"41","user":"u"}}
                """));
  }

  @Test
  void levelsAreThoseOfTheProtocol() {
    Map<Level, String> levels =
        Map.of(
            Level.ERROR, "Error",
            Level.WARN, "Warning",
            Level.INFO, "Info",
            Level.DEBUG, "Debug",
            Level.TRACE, "Debug");
    levels.forEach(
        (level, name) ->
            assertThat(text(line(event("any", level, "m", null)), "level")).isEqualTo(name));
  }

  @Test
  void theSdksLinesAreTheRunners() {
    for (String logger : new String[] {"run.algo.sdk", "run.algo.sdk.kafka.AlgoRunner"}) {
      assertThat(text(line(event(logger, Level.INFO, "m", null)), "type")).isEqualTo("Runner");
    }
    for (String logger : new String[] {"run.algo.sdkish", "run.algo.examples.A", "a", "ROOT"}) {
      assertThat(text(line(event(logger, Level.INFO, "m", null)), "type")).isEqualTo("Algo");
    }
  }

  @Test
  void anExceptionIsAnErrorWithItsCauses() {
    Exception thrown =
        new IllegalStateException("outer \"quoted\"\n\tand broken", new RuntimeException("inner"));
    String error = text(line(event("a", Level.ERROR, "failed", thrown)), "error");
    assertThat(error)
        .startsWith("java.lang.IllegalStateException: outer \"quoted\"\n\tand broken")
        .contains("Caused by: java.lang.RuntimeException: inner")
        .contains("AlgoRunnerJsonEncoderTest");
  }

  @Test
  void everyCharacterComesBack() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x250; c++) {
      all.append(c);
    }
    all.append("\u2028\u2029\ufeff\ud83d\ude00\\u0000</script>{}\"");
    assertThat(text(line(event(all.toString())), "msg")).isEqualTo(all.toString());
    LoggingEvent event = event("m", Map.of("a\"\n", "b\"\n", "traceId", "\u0000"));
    assertThat(line(event).required("data").required("a\"\n").stringValue()).isEqualTo("b\"\n");
  }

  @Test
  void halfACharacterIsStillALine() {
    assertThat(text(line(event("a\ud83d")), "msg")).startsWith("a");
    assertThat(text(line(event("\ude00b")), "msg")).endsWith("b");
  }

  @Test
  void hugeMessagesAreCut() {
    assertThat(text(line(event("x".repeat(32 * 1024))), "msg")).hasSize(32 * 1024);
    assertThat(text(line(event("x".repeat(5_000_000))), "msg"))
        .hasSizeLessThan(33 * 1024)
        .endsWith("x… (4967232 more characters)");
    encoder.setLongest(16);
    assertThat(text(line(event("x".repeat(15) + "\ud83d\ude00")), "msg"))
        .isEqualTo("x".repeat(15) + "… (2 more characters)");
    assertThatThrownBy(() -> encoder.setLongest(15)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLineWithoutTheProcessIsGivenTheOneThatWasSeen() {
    assertThat(line(event("before")).required("data").isEmpty()).isTrue();
    LoggingEvent told =
        event("told", Map.of("AlgoInstanceName", "pod-0", "AlgoName", "n", "input", "i"));
    line(told);
    assertThat(line(event("after")).required("data"))
        .isEqualTo(JSON.readTree("{\"AlgoName\":\"n\",\"AlgoInstanceName\":\"pod-0\"}"));
    LoggingEvent other = event("another runner's", Map.of("AlgoInstanceName", "pod-1"));
    assertThat(line(other).required("data"))
        .isEqualTo(JSON.readTree("{\"AlgoInstanceName\":\"pod-1\"}"));
    assertThat(line(event("whose?")).required("data").isEmpty()).isTrue();
    line(told);
    assertThat(line(event("still")).required("data").isEmpty()).isTrue();
  }

  @Test
  void theConfigurationUsesIt() throws Exception {
    URL config = getClass().getResource("/logback-json.xml");
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(config);
    ConsoleAppender<?> console =
        (ConsoleAppender<?>) context.getLogger("ROOT").getAppender("STDOUT");
    assertThat(console.getTarget()).isEqualTo("System.out");
    assertThat((Encoder<?>) console.getEncoder()).isInstanceOf(AlgoRunnerJsonEncoder.class);
    assertThat(context.getLogger("ROOT").getLevel()).isEqualTo(Level.INFO);
    context.stop();
  }

  /** Fails on what is bad. */
  static final class Picky implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      if (text.startsWith("bad")) {
        throw new IllegalStateException("does not like it");
      }
      return text;
    }
  }

  @Test
  void aFailedRecordsLineTellsWhichOne() {
    Logger logger = (Logger) LoggerFactory.getLogger("run.algo.sdk");
    ListAppender<ILoggingEvent> lines =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            super.append(event);
          }
        };
    lines.start();
    logger.addAppender(lines);
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder(new Picky())
                .set("INSTANCE_NAME", "pod-7")
                .set("ALGO_GROUP_ID", "algorun-g")
                .set("KAFKA_INPUT_TOPIC_IN", "in")
                .set("KAFKA_OUTPUT_TOPIC_OUT", "out")
                .set(
                    "ALGO_RUNNER_CONFIG",
                    "{\"deploymentOwner\":\"acme\",\"deploymentName\":\"shop\"}"))) {
      driver.input("bad");
    } finally {
      logger.detachAppender(lines);
    }
    JsonNode line =
        lines.list.stream()
            .filter(event -> event.getFormattedMessage().contains("failed, reason algo"))
            .map(this::line)
            .findFirst()
            .orElseThrow();
    assertThat(text(line, "type")).isEqualTo("Runner");
    assertThat(text(line, "level")).isEqualTo("Warning");
    assertThat(text(line, "traceId")).hasSize(32);
    assertThat(text(line, "error")).contains("does not like it");
    JsonNode data = line.required("data");
    assertThat(text(data, "AlgoInstanceName")).isEqualTo("pod-7");
    assertThat(text(data, "DeploymentOwner")).isEqualTo("acme");
    assertThat(text(data, "offset")).isEqualTo("0");
    assertThat(text(data, "attempt")).isEqualTo("1");
  }
}
