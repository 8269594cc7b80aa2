package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;

/**
 * Why a partition halts at a record.
 *
 * @param what what could not be done, for the log and the readiness report
 * @param cause the error
 * @param again whether this same send was in the way before, and is counted already
 * @param retry tries the same again, without executing the Algo again; may block, so it runs on a
 *     worker; empty when only a restart helps
 */
public record Blockage(String what, Throwable cause, boolean again, Optional<Runnable> retry) {}
