package run.algo.sdk.kafka.config;

import java.util.List;
import java.util.Optional;

/** Reads where files of file references are kept. */
final class StorageReader {

  private final Variables variables;
  private final Problems problems;

  StorageReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  StorageSettings read(RunnerConfig config, List<OutputSettings> outputs, OversizeAction oversize) {
    String user = user(outputs, oversize);
    boolean needed = !user.isEmpty();
    Optional<StorageHost> host = host();
    boolean given = variables.text(OperatorVariable.STORAGE_HOST).isPresent();
    if (needed && !given) {
      problems.missing(
          variables.label(OperatorVariable.STORAGE_HOST),
          "is required: " + user + " needs storage",
          "set it to the S3 service: http(s)://ACCESS:SECRET@host[:port]");
    }
    return new StorageSettings(
        host.map(StorageHost::endpoint),
        host.flatMap(StorageHost::credentials),
        bucket(config, needed, user),
        region());
  }

  /** Returns what writes to storage, or an empty text. */
  private String user(List<OutputSettings> outputs, OversizeAction oversize) {
    return outputs.stream()
        .filter(output -> output.dataType() == MessageDataType.FILE_REFERENCE)
        .findFirst()
        .map(output -> "the output " + problems.shown(output.name()))
        .orElse(
            oversize == OversizeAction.REFERENCE
                ? variables.label(Setting.OVERSIZE) + "=reference"
                : "");
  }

  private Optional<StorageHost> host() {
    try {
      return variables.text(OperatorVariable.STORAGE_HOST).map(StorageHost::parse);
    } catch (IllegalArgumentException e) {
      problems.masked(
          variables.label(OperatorVariable.STORAGE_HOST),
          String.valueOf(e.getMessage()),
          "write http(s)://ACCESS:SECRET@host[:port], or leave ACCESS:SECRET@ out for anonymous"
              + " access");
      return Optional.empty();
    }
  }

  private Optional<String> bucket(RunnerConfig config, boolean needed, String user) {
    DeploymentIdentity identity = config.identity();
    Optional<String> named = variables.text(OperatorVariable.STORAGE_BUCKET);
    if (named.isPresent()) {
      String bucket = ConfigTopics.fill(named.get().strip(), identity);
      if (!ValueParsers.isBucket(bucket)) {
        problems.add(
            variables.label(OperatorVariable.STORAGE_BUCKET),
            named.get(),
            "is not the name of a bucket",
            "use 3 to 63 of a-z, 0-9, point and hyphen, and the placeholders {deploymentowner} and"
                + " {deploymentname}");
        return Optional.empty();
      }
      return Optional.of(bucket);
    }
    boolean derivable =
        !identity.deploymentOwner().isBlank() && !identity.deploymentName().isBlank();
    String bucket = Texts.lower(identity.deploymentOwner() + "." + identity.deploymentName());
    if (derivable && ValueParsers.isBucket(bucket)) {
      return Optional.of(bucket);
    }
    if (needed && !config.broken()) {
      problems.missing(
          variables.label(OperatorVariable.STORAGE_BUCKET),
          derivable
              ? "is required: \"" + problems.shown(bucket) + "\" is not the name of a bucket"
              : "is required: "
                  + user
                  + " needs a bucket, and the runner config has no deploymentOwner and"
                  + " deploymentName to name one",
          "set it to the name of a bucket");
    }
    return Optional.empty();
  }

  private String region() {
    String region =
        variables
            .text(OperatorVariable.STORAGE_REGION)
            .map(String::strip)
            .orElse(OperatorVariable.STORAGE_REGION.defaultText());
    if (region.length() > 63 || !region.matches("[a-zA-Z0-9-]+")) {
      problems.add(
          variables.label(OperatorVariable.STORAGE_REGION),
          region,
          "is not the name of a region",
          "use a name such as us-east-1");
    }
    return region;
  }
}
