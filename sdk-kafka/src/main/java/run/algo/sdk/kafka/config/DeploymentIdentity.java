package run.algo.sdk.kafka.config;

/**
 * Who this Algo is within its deployment, from the runner config. What the config lacks is the
 * empty text, and 0 for the index, as in the labels of the metrics.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param deploymentOwner owner of the deployment
 * @param deploymentName name of the deployment
 * @param pipelineOwner owner of the pipeline
 * @param pipelineName name of the pipeline
 * @param owner owner of the Algo
 * @param name name of the Algo
 * @param version version tag of the Algo
 * @param index which of several instances of the Algo in the pipeline
 * @since 0.1.0
 */
public record DeploymentIdentity(
    String deploymentOwner,
    String deploymentName,
    String pipelineOwner,
    String pipelineName,
    String owner,
    String name,
    String version,
    int index) {

  /** The identity of an Algo without a runner config. */
  static final DeploymentIdentity NONE = new DeploymentIdentity("", "", "", "", "", "", "", 0);

  /**
   * Returns the name under which pipes and topics of the config refer to this Algo.
   *
   * @return {@code owner/name:version[index]}
   */
  public String fullName() {
    return owner + "/" + name + ":" + version + "[" + index + "]";
  }
}
