package run.algo.sdk.kafka;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.execute.ExecutionTracing;
import run.algo.sdk.kafka.internal.execute.OtelTracing;

/**
 * Where a runner's executions are traced: each is a span of OpenTelemetry, a child of the context
 * that its record carries in {@code traceparent}, and what it writes carries the span's context on.
 * Given to {@link AlgoRunnerBuilder#tracing}.
 *
 * <p>OpenTelemetry's API is an optional dependency: without it on the class path no runner traces,
 * none of its classes is asked for, and headers of contexts are carried through as they are. For an
 * instance of one's own see {@link OpenTelemetryTracing}; this class does not name OpenTelemetry's
 * types, so that it can be used without them.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Tracing {

  private static final Logger log = LoggerFactory.getLogger(Tracing.class);

  private static final Tracing OFF = new Tracing((group, instance) -> ExecutionTracing.none());

  private static final Tracing GLOBAL = new Tracing(Tracing::ofProcess);

  private final Source source;

  /** Makes it for a runner, when that starts. */
  interface Source {
    ExecutionTracing of(String group, String instance);
  }

  Tracing(Source source) {
    this.source = source;
  }

  /**
   * Traces nothing, whatever the process has.
   *
   * @return no tracing
   */
  public static Tracing off() {
    return OFF;
  }

  /**
   * Traces with the process's {@code GlobalOpenTelemetry}, as its Java agent or the program has set
   * it by the time the runner starts; where none is set, or there is no OpenTelemetry, nothing is
   * traced. This is the default. It never sets the global instance, and does not start
   * OpenTelemetry's autoconfiguration.
   *
   * @return tracing by the process's instance
   */
  public static Tracing global() {
    return GLOBAL;
  }

  /** For a runner that starts. */
  ExecutionTracing of(String group, String instance) {
    return source.of(group, instance);
  }

  private static ExecutionTracing ofProcess(String group, String instance) {
    try {
      Class.forName(
          "io.opentelemetry.api.GlobalOpenTelemetry", false, Tracing.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return ExecutionTracing.none();
    }
    try {
      return OtelTracing.global(group, instance);
    } catch (LinkageError e) {
      log.info(
          "the OpenTelemetry API on the class path is too old to ask it for the process's instance"
              + " ({}), so nothing is traced; OpenTelemetryTracing.of takes an instance",
          e.toString());
      return ExecutionTracing.none();
    }
  }
}
