package run.algo.sdk.kafka.internal.record;

/**
 * A failed record.
 *
 * @param reason what kind of failure it is
 * @param cause what was thrown
 * @param attempts executions begun so far: 0 when the record never reached the Algo
 */
public record Failure(FailureReason reason, Throwable cause, int attempts) {}
