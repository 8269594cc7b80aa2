package run.algo.sdk.kafka.internal.execute;

import java.util.function.BooleanSupplier;

/**
 * What all executions of a runner share.
 *
 * @param outputs the Algo's outputs
 * @param instanceName name of the process
 * @param closing whether the runner closes and may interrupt its workers
 */
public record ExecutionScope(Outputs outputs, String instanceName, BooleanSupplier closing) {}
