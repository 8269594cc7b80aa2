package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.kafka.internal.execute.ExecutionTracing;

/** Spans of executions, as OpenTelemetry's SDK gets them. */
class TracingTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";
  private static final Pipe<String> IN = Pipe.text("in");
  private static final Pipe<String> OUT = Pipe.text("out");

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
  private final OpenTelemetry openTelemetry = openTelemetry(provider);
  private final List<String> current = new ArrayList<>();

  @AfterEach
  void close() {
    provider.close();
    assertThat(Span.current().getSpanContext().isValid()).as("left current").isFalse();
  }

  private static OpenTelemetry openTelemetry(SdkTracerProvider provider) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(provider)
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build();
  }

  private AlgoTestDriver drive(AlgoRunnerBuilder builder) {
    return AlgoTestDriver.of(
        builder
            .set("ALGO_GROUP_ID", "algorun-g")
            .set("INSTANCE_NAME", "pod-0")
            .tracing(OpenTelemetryTracing.of(openTelemetry)));
  }

  private AlgoTestDriver drive(Algo<String, String> algo) {
    return drive(AlgoRunner.builder().input(IN, algo, OUT));
  }

  private static TestRecord<String> traced(String text) {
    return TestRecord.of(text).withHeader("traceparent", PARENT).withHeader("tracestate", "a=b");
  }

  private String look(String text) {
    current.add(Span.current().getSpanContext().getSpanId());
    if (text.startsWith("bad")) {
      throw new IllegalStateException("does not like " + text);
    }
    return text;
  }

  private SpanData onlySpan() {
    assertThat(exporter.getFinishedSpanItems()).hasSize(1);
    return exporter.getFinishedSpanItems().get(0);
  }

  private static String header(RecordHeaders headers, String name) {
    List<String> values = new ArrayList<>();
    headers.forEach(
        header -> {
          if (header.name().equals(name)) {
            values.add(new String(header.value(), UTF_8));
          }
        });
    assertThat(values).as(name + " of " + headers).hasSize(1);
    return values.get(0);
  }

  private static String parentOf(SpanData span) {
    return "00-"
        + span.getTraceId()
        + "-"
        + span.getSpanId()
        + "-"
        + span.getSpanContext().getTraceFlags().asHex();
  }

  private static Object attribute(SpanData span, AttributeKey<?> key) {
    return span.getAttributes().get(key);
  }

  private static Object attribute(SpanData span, String name) {
    return attribute(span, AttributeKey.stringKey(name));
  }

  @Test
  void anExecutionIsAChildOfWhatItsRecordCarriesAndItsOutputsCarryIt() {
    try (AlgoTestDriver driver = drive((text, context) -> look(text))) {
      driver.input(traced("a").withHeader("traceID", "t1"));
      SpanData span = onlySpan();
      assertThat(span.getName()).isEqualTo("in process");
      assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
      assertThat(span.getTraceId()).isEqualTo(TRACE);
      assertThat(span.getParentSpanId()).isEqualTo(SPAN);
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      assertThat(span.getLinks()).isEmpty();
      assertThat(attribute(span, "messaging.system")).isEqualTo("kafka");
      assertThat(attribute(span, "messaging.operation.name")).isEqualTo("process");
      assertThat(attribute(span, "messaging.operation.type")).isEqualTo("process");
      assertThat(attribute(span, "messaging.destination.name")).isNotNull();
      assertThat(attribute(span, "messaging.destination.partition.id")).isEqualTo("0");
      assertThat(attribute(span, "messaging.consumer.group.name")).isEqualTo("algorun-g");
      assertThat(attribute(span, "messaging.client.id")).isEqualTo("pod-0");
      assertThat(attribute(span, AttributeKey.longKey("messaging.kafka.offset"))).isEqualTo(0L);
      assertThat(attribute(span, AttributeKey.longKey("algorun.attempt"))).isEqualTo(1L);
      assertThat(attribute(span, "algorun.trace_id")).isEqualTo("t1");
      assertThat(current).as("in the Algo").containsExactly(span.getSpanId());
      RecordHeaders headers = driver.records(OUT).get(0).headers();
      assertThat(header(headers, "traceparent")).isEqualTo(parentOf(span));
      assertThat(header(headers, "tracestate")).isEqualTo("a=b");
    }
  }

  @Test
  void aRecordWithoutAContextBeginsATrace() {
    try (AlgoTestDriver driver = drive((text, context) -> look(text))) {
      driver.input(IN, TestRecord.of("a"));
      SpanData span = onlySpan();
      assertThat(span.getParentSpanContext().isValid()).isFalse();
      assertThat(header(driver.records(OUT).get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(span));
    }
  }

  @Test
  void aForgedContextIsNone() {
    try (AlgoTestDriver driver = drive((text, context) -> look(text))) {
      driver.input(IN, TestRecord.of("a").withHeader("traceparent", "00-zzz\n"));
      assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
      assertThat(header(driver.records(OUT).get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(onlySpan()));
    }
  }

  @Test
  void theThreadsOwnSpanIsNotWhatARecordComesFrom() {
    Span own = openTelemetry.getTracer("test").spanBuilder("own").startSpan();
    try (AlgoTestDriver driver = drive((text, context) -> look(text));
        var scope = Context.root().with(own).makeCurrent()) {
      assertThat(scope).isNotNull();
      driver.input(IN, TestRecord.of("a"));
      assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
      assertThat(Span.current()).isSameAs(own);
    }
  }

  @Test
  void whatAnAuthorGivesAnOutputIsLeftAlone() {
    String own = "00-" + TRACE + "-00000000000000aa-01";
    try (AlgoTestDriver driver =
        drive(
            (text, context) -> {
              context.emit(Output.of(OUT, text).withHeader("traceparent", own));
              return null;
            })) {
      driver.input(traced("a"));
      RecordHeaders headers = driver.records(OUT).get(0).headers();
      assertThat(header(headers, "traceparent")).isEqualTo(own);
    }
  }

  @Test
  void aFailureIsToldAndTheDeadLetterCarriesIt() {
    try (AlgoTestDriver driver = drive((text, context) -> look(text))) {
      driver.input(traced("bad"));
      SpanData span = onlySpan();
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(span.getStatus().getDescription()).isEqualTo("algo");
      assertThat(attribute(span, "error.type")).isEqualTo(IllegalStateException.class.getName());
      assertThat(span.getEvents())
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.message")))
                      .isEqualTo("does not like bad"));
      assertThat(header(driver.deadLetters().get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(span));
    }
  }

  @Test
  void aRecordThatDoesNotDecodeFailsInItsSpan() {
    Pipe<Integer> numbers = Pipe.json("in", Integer.class);
    try (AlgoTestDriver driver =
        drive(AlgoRunner.builder().input(numbers, (number, context) -> "" + number, OUT))) {
      driver.inputBytes(numbers, TestRecord.of("no number".getBytes(UTF_8)));
      assertThat(onlySpan().getStatus().getDescription()).isEqualTo("decode");
    }
  }

  @Test
  void eachTryInPlaceIsASpan() {
    try (AlgoTestDriver driver =
        drive(
            AlgoRunner.builder()
                .input(
                    IN,
                    (String text, AlgoContext context) ->
                        look(context.attempt() < 3 ? "bad" : text),
                    OUT)
                .set("ALGO_RETRY_STRATEGY", Failing.simple("1:5s:3")))) {
      driver.input(traced("a"));
      driver.advance(Duration.ofMinutes(1));
      List<SpanData> spans = exporter.getFinishedSpanItems();
      assertThat(spans)
          .extracting(span -> attribute(span, AttributeKey.longKey("algorun.attempt")))
          .containsExactly(1L, 2L, 3L);
      assertThat(spans).extracting(SpanData::getParentSpanId).containsOnly(SPAN);
      assertThat(header(driver.records(OUT).get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(spans.get(2)));
    }
  }

  @Test
  void aParkedRecordGoesOnFromItsLastTry() {
    try (AlgoTestDriver driver =
        drive(
            AlgoRunner.builder()
                .input(
                    IN,
                    (String text, AlgoContext context) ->
                        look(context.attempt() < 3 ? "bad" : text),
                    OUT)
                .set("ALGO_RETRY_STRATEGY", Failing.strategy("StatefulOrdered", "1:5s:3")))) {
      driver.input(traced("a").withKey("k"));
      driver.input(traced("behind").withKey("k"));
      driver.advance(Duration.ofMinutes(5));
      List<SpanData> spans =
          exporter.getFinishedSpanItems().stream().filter(TracingTest::isOfFirst).toList();
      assertThat(spans).hasSize(3);
      assertThat(spans).extracting(SpanData::getTraceId).containsOnly(TRACE);
      assertThat(spans.get(0).getParentSpanId()).isEqualTo(SPAN);
      assertThat(spans.get(1).getParentSpanId()).isEqualTo(spans.get(0).getSpanId());
      assertThat(spans.get(2).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
      SpanData behind =
          exporter.getFinishedSpanItems().stream()
              .filter(span -> !isOfFirst(span))
              .findFirst()
              .orElseThrow();
      assertThat(behind.getParentSpanId()).as("it was not tried before").isEqualTo(SPAN);
    }
  }

  private static boolean isOfFirst(SpanData span) {
    return Long.valueOf(0).equals(attribute(span, AttributeKey.longKey("messaging.kafka.offset")));
  }

  /** Its stages are the test's. */
  private final class Slow implements AsyncAlgo<String, String> {
    final CompletableFuture<String> stage = new CompletableFuture<>();

    @Override
    public CompletionStage<String> run(String text, AlgoContext context) {
      look(text);
      return stage;
    }
  }

  @Test
  void anAsyncExecutionEndsWithItsStage() {
    Slow slow = new Slow();
    try (AlgoTestDriver driver = drive(AlgoRunner.builder().asyncInput(IN, slow, OUT))) {
      driver.input(traced("a"));
      assertThat(exporter.getFinishedSpanItems()).isEmpty();
      assertThat(current).hasSize(1);
      assertThat(Span.current().getSpanContext().isValid()).as("after the call").isFalse();
      slow.stage.complete("done");
      driver.runUntilIdle();
      SpanData span = onlySpan();
      assertThat(span.getParentSpanId()).isEqualTo(SPAN);
      assertThat(current).containsExactly(span.getSpanId());
      assertThat(header(driver.records(OUT).get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(span));
    }
  }

  @Test
  void anAsyncExecutionThatFailsOrTimesOutIsAnError() {
    Slow slow = new Slow();
    try (AlgoTestDriver driver =
        drive(AlgoRunner.builder().asyncInput(IN, slow, OUT).set("ALGO_TIMEOUT", "1s"))) {
      driver.input(traced("a"));
      driver.advance(Duration.ofSeconds(5));
      assertThat(onlySpan().getStatus().getDescription()).isEqualTo("timeout");
      slow.stage.completeExceptionally(new IllegalStateException("too late"));
      driver.input(traced("b"));
      driver.runUntilIdle();
      assertThat(exporter.getFinishedSpanItems()).hasSize(2);
      assertThat(exporter.getFinishedSpanItems().get(1).getStatus().getDescription())
          .isEqualTo("algo");
      assertThat(driver.deadLetters())
          .extracting(letter -> header(letter.headers(), "traceparent"))
          .containsExactly(
              parentOf(exporter.getFinishedSpanItems().get(0)),
              parentOf(exporter.getFinishedSpanItems().get(1)));
    }
  }

  @Test
  void aBatchIsOneSpanLinkedToEachRecord() {
    BatchAlgo<String, String> algo =
        records -> {
          for (BatchRecord<String, String> record : records) {
            try {
              record.complete(look(record.value()));
            } catch (IllegalStateException e) {
              record.fail(e);
            }
          }
        };
    try (AlgoTestDriver driver =
        drive(
            AlgoRunner.builder()
                .batchInput(IN, algo, OUT)
                .set("ALGO_BATCH_SIZE", "3")
                .set("ALGO_BATCH_LINGER", "1s"))) {
      driver.input(traced("a"));
      driver.input(IN, TestRecord.of("untraced"));
      driver.input(traced("bad"));
      driver.advance(Duration.ofSeconds(2));
      SpanData span = onlySpan();
      assertThat(span.getParentSpanContext().isValid()).isFalse();
      assertThat(attribute(span, AttributeKey.longKey("messaging.batch.message_count")))
          .isEqualTo(3L);
      assertThat(attribute(span, "messaging.destination.partition.id")).isEqualTo("0");
      assertThat(span.getLinks())
          .extracting(
              link ->
                  link.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset"))
                      + " "
                      + link.getSpanContext().getSpanId())
          .containsExactly("0 " + SPAN, "2 " + SPAN);
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(current).containsOnly(span.getSpanId()).hasSize(3);
      assertThat(driver.records(OUT))
          .extracting(record -> header(record.headers(), "traceparent"))
          .containsExactly(parentOf(span), parentOf(span));
      assertThat(header(driver.deadLetters().get(0).headers(), "traceparent"))
          .isEqualTo(parentOf(span));
    }
  }

  @Test
  void whatWasGatheredIsLinkedToTheExecutionOfItsTrigger() {
    String other = "00-" + TRACE + "-00000000000000bb-01";
    try (AlgoTestDriver driver =
        drive(
            (text, context) -> {
              assertThat(context.gathered()).hasSize(2);
              return look(text);
            })) {
      driver.input(
          TestRecord.of("held")
              .withHeader("traceID", "t1")
              .withHeader("run", "false")
              .withHeader("traceparent", other));
      assertThat(exporter.getFinishedSpanItems()).as("nothing is executed").isEmpty();
      driver.input(traced("bad").withHeader("traceID", "t1").withHeader("run", "true"));
      SpanData span = onlySpan();
      assertThat(span.getParentSpanId()).isEqualTo(SPAN);
      assertThat(span.getLinks())
          .extracting(LinkData::getSpanContext)
          .extracting(context -> context.getSpanId())
          .containsExactly("00000000000000bb");
      assertThat(driver.deadLetters())
          .extracting(letter -> header(letter.headers(), "traceparent"))
          .as("what was held comes from where it came from")
          .containsExactly(other, parentOf(span));
    }
  }

  @Test
  void whatIsNotSampledIsCarriedOnAllTheSame() {
    try (SdkTracerProvider none =
            SdkTracerProvider.builder()
                .setSampler(Sampler.alwaysOff())
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        AlgoTestDriver driver =
            AlgoTestDriver.of(
                AlgoRunner.builder()
                    .input(IN, (String text, AlgoContext context) -> look(text), OUT)
                    .tracing(OpenTelemetryTracing.of(openTelemetry(none))))) {
      driver.input(traced("a"));
      assertThat(exporter.getFinishedSpanItems()).isEmpty();
      assertThat(header(driver.records(OUT).get(0).headers(), "traceparent"))
          .startsWith("00-" + TRACE)
          .endsWith("-00");
    }
  }

  @Test
  void whereNothingIsTracedNothingIsDone() {
    assertThat(OpenTelemetryTracing.of(OpenTelemetry.noop()).of("g", "i"))
        .isSameAs(ExecutionTracing.none());
    assertThat(Tracing.global().of("g", "i")).isSameAs(ExecutionTracing.none());
    assertThat(Tracing.off().of("g", "i")).isSameAs(ExecutionTracing.none());
    assertThat(OpenTelemetryTracing.of(openTelemetry).of("g", "i"))
        .isNotSameAs(ExecutionTracing.none());
    try (AlgoTestDriver driver =
        AlgoTestDriver.of(
            AlgoRunner.builder()
                .input(IN, (String text, AlgoContext context) -> look(text), OUT)
                .tracing(OpenTelemetryTracing.of(OpenTelemetry.noop())))) {
      driver.input(traced("a"));
      RecordHeaders headers = driver.records(OUT).get(0).headers();
      assertThat(header(headers, "traceparent")).as("carried as it is").isEqualTo(PARENT);
      assertThat(current).containsExactly("0000000000000000");
    }
  }

  @Test
  void aTracerThatFailsDoesNotHarmRecords() {
    OpenTelemetry broken =
        new OpenTelemetry() {
          @Override
          public TracerProvider getTracerProvider() {
            return new TracerProvider() {
              @Override
              public Tracer get(String scope) {
                return name -> {
                  throw new IllegalStateException("no spans today");
                };
              }

              @Override
              public Tracer get(String scope, String version) {
                return get(scope);
              }
            };
          }

          @Override
          public ContextPropagators getPropagators() {
            return ContextPropagators.create(W3CTraceContextPropagator.getInstance());
          }
        };
    try (LoggedLines lines = new LoggedLines();
        AlgoTestDriver driver =
            AlgoTestDriver.of(
                AlgoRunner.builder()
                    .input(IN, (String text, AlgoContext context) -> look(text), OUT)
                    .tracing(OpenTelemetryTracing.of(broken)))) {
      driver.input(traced("a"));
      driver.input(traced("b"));
      assertThat(driver.outputs()).containsExactly("a", "b");
      assertThat(lines.lines(Level.WARN, "OpenTelemetry has failed")).hasSize(1);
    }
  }
}
