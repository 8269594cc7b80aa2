package run.algo.sdk.kafka.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where metrics and health are served.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param port the port, 0 for any free one; empty when {@code ALGO_METRICS_PORT} is {@code off}
 * @param address the address to bind, or empty for all
 * @since 0.1.0
 */
public record HttpSettings(OptionalInt port, Optional<String> address) {}
