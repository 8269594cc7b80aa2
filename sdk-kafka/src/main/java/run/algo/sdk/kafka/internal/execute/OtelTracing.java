package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.observe.RateLimit;

/**
 * Spans by OpenTelemetry's API. With {@link OtelSpan} the only class of this package that names its
 * types, so it is loaded only where they are.
 *
 * <p>An execution is a child of the context that its record carries; what was gathered for it is
 * linked. Records that are executed at once have one span, linked to the context of each, since a
 * span has one parent only. Names of attributes are those of OpenTelemetry's semantic conventions
 * for messaging.
 *
 * <p>Whatever goes wrong in here is logged, and the records go their way untraced.
 */
public final class OtelTracing extends ExecutionTracing {

  private static final Logger log = LoggerFactory.getLogger(OtelTracing.class);

  private static final String SCOPE = "run.algo.sdk.kafka";

  private static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
  private static final AttributeKey<Boolean> TOMBSTONE =
      AttributeKey.booleanKey("messaging.kafka.message.tombstone");
  private static final AttributeKey<Long> BATCH =
      AttributeKey.longKey("messaging.batch.message_count");
  private static final AttributeKey<String> TRACE_ID = AttributeKey.stringKey("algorun.trace_id");
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("algorun.attempt");

  private static final TextMapGetter<Headers> GETTER =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // older APIs, which may be on the class path, demand it
        public Iterable<String> keys(Headers headers) {
          List<String> names = new ArrayList<>();
          headers.forEach(header -> names.add(header.key()));
          return names;
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
          Header header = headers == null ? null : headers.lastHeader(name);
          byte[] value = header == null ? null : header.value();
          return value == null ? null : new String(value, UTF_8);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final Set<String> fields;
  private final Attributes common;
  private final RateLimit warnings = new RateLimit(RecordProcessors.LOG_INTERVAL, System::nanoTime);

  private OtelTracing(OpenTelemetry openTelemetry, Attributes common) {
    this.tracer = openTelemetry.getTracer(SCOPE);
    this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    this.fields = Set.copyOf(propagator.fields());
    this.common = common;
  }

  /**
   * By the process's instance, if there is one.
   *
   * @param group the consumer group
   * @param instance name of the process
   * @return tracing
   */
  public static ExecutionTracing global(String group, String instance) {
    return of(GlobalOpenTelemetry.getOrNoop(), group, instance);
  }

  /**
   * By an instance.
   *
   * @param openTelemetry the instance
   * @param group the consumer group
   * @param instance name of the process
   * @return tracing; none when the instance makes no spans
   */
  public static ExecutionTracing of(OpenTelemetry openTelemetry, String group, String instance) {
    if (openTelemetry.getTracerProvider() == TracerProvider.noop()) {
      return ExecutionTracing.none();
    }
    return new OtelTracing(
        openTelemetry,
        Attributes.builder()
            .put("messaging.system", "kafka")
            .put("messaging.operation.name", "process")
            .put("messaging.operation.type", "process")
            .put("messaging.consumer.group.name", group)
            .put("messaging.client.id", instance)
            .build());
  }

  @Override
  @Nullable ExecutionSpan begin(Execution execution) {
    try {
      ConsumerRecord<byte[], byte[]> record = execution.record;
      Context parent = context(record);
      SpanBuilder builder =
          builder(execution.route)
              .setParent(parent)
              .setAttribute(DESTINATION, record.topic())
              .setAttribute(PARTITION, Integer.toString(record.partition()))
              .setAttribute(OFFSET, record.offset())
              .setAttribute(TRACE_ID, new String(execution.traceIdBytes(), ISO_8859_1))
              .setAttribute(ATTEMPT, (long) execution.attempt());
      if (record.value() == null) {
        builder.setAttribute(TOMBSTONE, true);
      }
      if (execution.gathers()) {
        for (Execution each : execution.records()) {
          if (each != execution) {
            link(builder, each.record);
          }
        }
      }
      return span(builder, parent);
    } catch (Throwable t) { // whoever has made the instance may have erred
      trouble(t);
      return null;
    }
  }

  @Override
  @Nullable ExecutionSpan beginBatch(Route route, List<Execution> executions) {
    try {
      SpanBuilder builder =
          builder(route).setNoParent().setAttribute(BATCH, (long) executions.size());
      place(builder, executions);
      for (Execution execution : executions) {
        for (Execution each : execution.records()) {
          link(builder, each.record);
        }
      }
      OtelSpan span = span(builder, Context.root());
      executions.forEach(execution -> execution.span(span.ofRecord()));
      return span;
    } catch (Throwable t) {
      trouble(t);
      return null;
    }
  }

  /** Where all of them come from, where that is one place. */
  private static void place(SpanBuilder builder, List<Execution> executions) {
    ConsumerRecord<byte[], byte[]> first = executions.get(0).record;
    boolean topic = true;
    boolean partition = true;
    for (Execution execution : executions) {
      topic &= execution.record.topic().equals(first.topic());
      partition &= execution.record.partition() == first.partition();
    }
    if (topic) {
      builder.setAttribute(DESTINATION, first.topic());
      if (partition) {
        builder.setAttribute(PARTITION, Integer.toString(first.partition()));
      }
    }
  }

  private SpanBuilder builder(Route route) {
    return tracer
        .spanBuilder(route.input + " process")
        .setSpanKind(SpanKind.CONSUMER)
        .setAllAttributes(common);
  }

  private void link(SpanBuilder builder, ConsumerRecord<byte[], byte[]> record) {
    SpanContext linked = Span.fromContext(context(record)).getSpanContext();
    if (linked.isValid()) {
      builder.addLink(
          linked,
          Attributes.of(
              DESTINATION,
              record.topic(),
              PARTITION,
              Integer.toString(record.partition()),
              OFFSET,
              record.offset()));
    }
  }

  /** What a record carries: nothing of the thread's own, which is not what it comes from. */
  private Context context(ConsumerRecord<byte[], byte[]> record) {
    return propagator.extract(Context.root(), record.headers(), GETTER);
  }

  private OtelSpan span(SpanBuilder builder, Context parent) {
    Span span = builder.startSpan();
    return new OtelSpan(this, span, parent.with(span), true);
  }

  TextMapPropagator propagator() {
    return propagator;
  }

  /** Names of the headers that carry a context. */
  Set<String> fields() {
    return fields;
  }

  void trouble(Throwable error) {
    Throwable cause = FailureLog.printable(error);
    warnings.run(
        error.getClass().getName(),
        heldBack ->
            log.warn(
                "OpenTelemetry has failed: records go their way untraced (and {} more like it)",
                heldBack,
                cause));
  }
}
