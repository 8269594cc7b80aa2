package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.kafka.common.header.Headers;
import run.algo.sdk.kafka.internal.record.Failure;

/** A span of {@link OtelTracing}. */
final class OtelSpan implements ExecutionSpan {

  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private static final TextMapSetter<Headers> SETTER =
      (headers, name, value) -> {
        if (headers != null) {
          headers.remove(name);
          headers.add(name, value.getBytes(UTF_8));
        }
      };

  private final OtelTracing tracing;
  private final Span span;
  private final Context context;

  /** False for a record of a batch: the batch's span goes on. */
  private final boolean whole;

  OtelSpan(OtelTracing tracing, Span span, Context context, boolean whole) {
    this.tracing = tracing;
    this.span = span;
    this.context = context;
    this.whole = whole;
  }

  /** As one of several records that have it in common knows it. */
  OtelSpan ofRecord() {
    return new OtelSpan(tracing, span, context, false);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // whoever has what is returned closes it
  public Current enter() {
    try {
      Scope scope = context.makeCurrent();
      return () -> close(scope);
    } catch (Throwable t) {
      tracing.trouble(t);
      return () -> {};
    }
  }

  private void close(Scope scope) {
    try {
      scope.close();
    } catch (Throwable t) {
      tracing.trouble(t);
    }
  }

  @Override
  public void inject(Headers headers) {
    try {
      if (span.getSpanContext().isValid()) {
        tracing.fields().forEach(headers::remove); // also one that this context has not
        tracing.propagator().inject(context, headers, SETTER);
      }
    } catch (Throwable t) {
      tracing.trouble(t);
    }
  }

  @Override
  public boolean writes(String header) {
    // Baggage is another matter: an author's own comes last, and counts.
    return tracing.fields().contains(header) && !header.equals("baggage");
  }

  @Override
  public void failed(Failure failure) {
    failed(failure.reason().wireName(), failure.cause());
  }

  @Override
  public void failed(Throwable error) {
    failed("an error within the SDK", error);
  }

  private void failed(String description, Throwable cause) {
    try {
      if (span.isRecording()) {
        span.setStatus(StatusCode.ERROR, description);
        span.setAttribute(ERROR_TYPE, cause.getClass().getName());
        span.recordException(FailureLog.printable(cause));
      }
    } catch (Throwable t) {
      tracing.trouble(t);
    }
  }

  @Override
  public void end() {
    if (whole) {
      try {
        span.end();
      } catch (Throwable t) {
        tracing.trouble(t);
      }
    }
  }
}
