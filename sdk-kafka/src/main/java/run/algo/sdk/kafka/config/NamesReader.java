package run.algo.sdk.kafka.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads under which names the process works: its consumer group and its own. */
final class NamesReader {

  private static final int LONGEST = 249;

  private final Variables variables;
  private final Problems problems;

  NamesReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  AlgoSettings.Names read(RunnerConfig config) {
    return new AlgoSettings.Names(groupId(config), instanceName());
  }

  private String groupId(RunnerConfig config) {
    Optional<String> own = variables.text(Setting.GROUP_ID);
    if (own.isPresent()) {
      check(variables.label(Setting.GROUP_ID), own.get(), Setting.GROUP_ID.remedy());
      return own.get();
    }
    DeploymentIdentity identity = config.identity();
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("deploymentOwner", identity.deploymentOwner());
    parts.put("deploymentName", identity.deploymentName());
    parts.put("owner", identity.owner());
    parts.put("name", identity.name());
    List<String> missing =
        parts.entrySet().stream()
            .filter(part -> part.getValue().isBlank())
            .map(Map.Entry::getKey)
            .toList();
    if (!missing.isEmpty()) {
      if (!config.broken()) {
        problems.missing(
            Setting.GROUP_ID.variable(),
            config.present()
                ? "the consumer group cannot be named: the runner config has no "
                    + String.join(", ", missing)
                : "the consumer group cannot be named: there is no runner config",
            "set it to the name of the consumer group");
      }
      return "";
    }
    String group = "algorun-" + String.join("-", parts.values()) + "-" + identity.index();
    check(Setting.GROUP_ID.variable(), group, "set it to a shorter or cleaner name");
    return group;
  }

  private String instanceName() {
    Optional<String> own = variables.text(OperatorVariable.INSTANCE_NAME);
    own.ifPresent(
        name ->
            check(
                variables.label(OperatorVariable.INSTANCE_NAME),
                name,
                "use at most 249 characters without control characters"));
    return own.orElseGet(() -> "algo-" + UUID.randomUUID().toString().substring(0, 8));
  }

  private void check(String setting, String name, String remedy) {
    if (name.length() > LONGEST) {
      problems.add(setting, name, "is longer than " + LONGEST + " characters", remedy);
    } else if (Texts.hasControl(name)) {
      problems.add(setting, name, "holds control characters", remedy);
    }
  }
}
