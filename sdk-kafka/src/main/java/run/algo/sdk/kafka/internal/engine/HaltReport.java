package run.algo.sdk.kafka.internal.engine;

import run.algo.sdk.RecordPosition;

/**
 * Why a partition is halted.
 *
 * @param position the record at which it halted
 * @param what what could not be done
 * @param cause the class of the error: its text may hold what is nobody's business at a port
 */
public record HaltReport(RecordPosition position, String what, String cause) {}
