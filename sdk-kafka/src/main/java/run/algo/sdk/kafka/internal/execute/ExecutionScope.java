package run.algo.sdk.kafka.internal.execute;

import java.util.Set;
import java.util.function.BooleanSupplier;
import run.algo.sdk.kafka.internal.files.FileScope;

/**
 * What all executions of a runner share.
 *
 * @param outputs the Algo's outputs
 * @param instance the process, and how executions are told of
 * @param closing whether the runner closes and may interrupt its workers
 * @param deadlines how long an execution may take
 * @param requiredInputs inputs, in lower case, without a record of which nothing gathered may be
 *     executed
 * @param files payloads outside of records
 */
public record ExecutionScope(
    Outputs outputs,
    Instance instance,
    BooleanSupplier closing,
    Deadlines deadlines,
    Set<String> requiredInputs,
    FileScope files) {

  /** Copies the set. */
  public ExecutionScope {
    requiredInputs = Set.copyOf(requiredInputs);
  }

  /**
   * As the canonical one, without required inputs.
   *
   * @param outputs the Algo's outputs
   * @param instanceName name of the process
   * @param closing whether the runner closes and may interrupt its workers
   * @param deadlines how long an execution may take
   */
  public ExecutionScope(
      Outputs outputs, String instanceName, BooleanSupplier closing, Deadlines deadlines) {
    this(outputs, Instance.quiet(instanceName), closing, deadlines, Set.of(), FileScope.none());
  }

  /**
   * As the canonical one, for executions that may take any time.
   *
   * @param outputs the Algo's outputs
   * @param instanceName name of the process
   * @param closing whether the runner closes and may interrupt its workers
   */
  public ExecutionScope(Outputs outputs, String instanceName, BooleanSupplier closing) {
    this(outputs, instanceName, closing, Deadlines.none());
  }
}
