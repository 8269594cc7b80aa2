package run.algo.sdk.kafka.config;

import java.time.Duration;

/**
 * One step of a retry strategy.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param index identifies the step and gives its place; unique within the strategy
 * @param backoffText the backoff as configured, for example {@code 30s}; part of the name of a
 *     retry topic
 * @param backoff the wait before each try, 0 or more
 * @param repeat how often the step is tried, at least 1
 * @since 0.1.0
 */
public record RetryStep(int index, String backoffText, Duration backoff, int repeat) {}
