package run.algo.sdk.kafka.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves keys of the config's {@code topics} to names of topics; reports each bad entry once. */
final class ConfigTopics {

  private static final String OWNER = "{deploymentowner}";
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{deployment(owner|name)}", Pattern.CASE_INSENSITIVE);

  /** A topic and its entry. */
  record Resolved(String topic, RunnerConfig.Topic entry) {}

  private final RunnerConfig config;
  private final String label;
  private final Problems problems;
  private final Map<String, Optional<Resolved>> resolved = new HashMap<>();

  ConfigTopics(RunnerConfig config, String label, Problems problems) {
    this.config = config;
    this.label = label;
    this.problems = problems;
  }

  /** Whether there is an entry for an output of a component. */
  boolean contains(String source, String output) {
    return entry(source + "|" + output).isPresent();
  }

  /** Returns the topic of an output of a component, or nothing after reporting why. */
  Optional<Resolved> resolve(String source, String output) {
    String key = source + "|" + output;
    // As computing may report, it must happen once a key.
    return resolved.computeIfAbsent(Texts.lower(key), unused -> resolve(key, source, output));
  }

  private Optional<Resolved> resolve(String key, String source, String output) {
    Optional<RunnerConfig.Topic> entry = entry(key);
    if (entry.isEmpty()) {
      report(
          "$.topics has no entry \"" + problems.shown(key, 200) + "\", which a pipe needs",
          "deploy the pipeline again, so that the operator writes it");
      return Optional.empty();
    }
    RunnerConfig.Topic topic = entry.get();
    Optional<String> outputName = topic.outputName();
    if (outputName.isPresent() && !outputName.get().equalsIgnoreCase(output)) {
      report(
          topic.path()
              + ".outputName is \""
              + problems.shown(outputName.get())
              + "\", but the key says \""
              + problems.shown(output)
              + "\": the topics of "
              + problems.shown(source)
              + " may be mixed up",
          "name the topics of its outputs apart, and deploy the pipeline again");
      return Optional.empty();
    }
    if (topic.topicName().isEmpty()) {
      report(topic.path() + ".topicName is missing", "name the topic in the pipeline");
      return Optional.empty();
    }
    String name = fill(topic.topicName().get(), config.identity());
    if (!Texts.isTopic(name)) {
      report(
          topic.path()
              + ".topicName \""
              + problems.shown(topic.topicName().get())
              + "\" gives \""
              + problems.shown(name)
              + "\", which is not the name of a topic",
          "use letters, digits, point, hyphen and underscore, at most 249");
      return Optional.empty();
    }
    return Optional.of(new Resolved(name, topic));
  }

  private Optional<RunnerConfig.Topic> entry(String key) {
    Map<String, RunnerConfig.Topic> topics = config.wiring().topics();
    RunnerConfig.Topic exact = topics.get(key);
    if (exact != null) {
      return Optional.of(exact);
    }
    return topics.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(key))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Fills the placeholders and lower-cases the whole. */
  static String fill(String pattern, DeploymentIdentity identity) {
    Matcher matcher = PLACEHOLDER.matcher(pattern);
    return Texts.lower(
        matcher.replaceAll(
            match ->
                Matcher.quoteReplacement(
                    match.group().equalsIgnoreCase(OWNER)
                        ? identity.deploymentOwner()
                        : identity.deploymentName())));
  }

  void report(String message, String remedy) {
    problems.add(label, "(the runner config)", message, remedy);
  }
}
