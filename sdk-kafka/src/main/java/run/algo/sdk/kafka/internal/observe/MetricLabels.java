package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.Tags;
import io.prometheus.metrics.model.snapshots.Labels;
import run.algo.sdk.kafka.config.DeploymentIdentity;

/** The labels that every metric of the runner has: who the Algo is. */
final class MetricLabels {

  private static final String[] NAMES = {
    "deployment", "pipeline", "component", "name", "version", "index"
  };

  private MetricLabels() {}

  static Labels of(DeploymentIdentity identity) {
    return Labels.of(NAMES, values(identity));
  }

  static Tags tags(DeploymentIdentity identity) {
    String[] values = values(identity);
    Tags tags = Tags.empty();
    for (int i = 0; i < NAMES.length; i++) {
      tags = tags.and(NAMES[i], values[i]);
    }
    return tags;
  }

  private static String[] values(DeploymentIdentity identity) {
    return new String[] {
      join(identity.deploymentOwner(), identity.deploymentName()),
      join(identity.pipelineOwner(), identity.pipelineName()),
      "algo",
      join(identity.owner(), identity.name()),
      identity.version(),
      Integer.toString(identity.index())
    };
  }

  /** Empty for an Algo that runs without a deployment. */
  private static String join(String owner, String name) {
    return owner.isEmpty() && name.isEmpty() ? "" : owner + "/" + name;
  }
}
