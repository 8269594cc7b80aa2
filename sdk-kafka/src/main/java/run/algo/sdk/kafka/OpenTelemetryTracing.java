package run.algo.sdk.kafka;

import io.opentelemetry.api.OpenTelemetry;
import java.util.Objects;
import run.algo.sdk.kafka.internal.execute.OtelTracing;

/**
 * Makes {@link Tracing} of an instance of OpenTelemetry. A class of its own, since it alone names
 * types of OpenTelemetry's API, which is an optional dependency: it is usable where that is on the
 * class path.
 *
 * <pre>{@code
 * AlgoRunner.builder(new Uppercase())
 *     .tracing(OpenTelemetryTracing.of(openTelemetry))
 *     .build();
 * }</pre>
 *
 * @since 0.1.0
 */
public final class OpenTelemetryTracing {

  private OpenTelemetryTracing() {}

  /**
   * Traces with an instance of the program's own: its tracer makes the spans, and its propagators
   * read and write the headers.
   *
   * @param openTelemetry the instance; the runner never closes it. {@link OpenTelemetry#noop()}
   *     traces nothing, at no cost
   * @return tracing by this instance
   */
  public static Tracing of(OpenTelemetry openTelemetry) {
    Objects.requireNonNull(openTelemetry, "openTelemetry");
    return new Tracing((group, instance) -> OtelTracing.of(openTelemetry, group, instance));
  }
}
