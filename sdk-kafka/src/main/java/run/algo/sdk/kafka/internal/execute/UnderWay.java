package run.algo.sdk.kafka.internal.execute;

import org.jspecify.annotations.Nullable;

/**
 * An execution as whoever watches it sees it. What it tells has no order with what the worker does,
 * so that it costs that next to nothing; it may be a moment old.
 */
public interface UnderWay {

  /** {@return the thread that works on it; null while none does, as between an Algo's stages} */
  @Nullable Thread worker();

  /** {@return whether the Algo has done its part, and the rest is the brokers'} */
  boolean isSent();

  /** {@return the trace ID of its record} */
  String traceId();
}
