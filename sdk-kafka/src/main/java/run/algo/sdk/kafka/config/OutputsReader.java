package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the topics of the outputs: the variable first, else the config's {@code topics}. */
final class OutputsReader {

  private final TopicVariables variables;
  private final RunnerConfig config;
  private final ConfigTopics topics;
  private final Problems problems;

  OutputsReader(
      TopicVariables variables, RunnerConfig config, ConfigTopics topics, Problems problems) {
    this.variables = variables;
    this.config = config;
    this.topics = topics;
    this.problems = problems;
  }

  List<OutputSettings> read(List<String> required, List<String> optional, boolean single) {
    List<String> names = new ArrayList<>(required);
    if (required.isEmpty() && single) {
      names.addAll(single(optional));
    }
    List<OutputSettings> result = new ArrayList<>();
    for (String name : names) {
      topic(name, !isAmong(optional, name))
          .map(topic -> output(name, topic))
          .ifPresent(result::add);
    }
    for (String name : optional) {
      if (!isAmong(names, name)) {
        topic(name, false).map(topic -> output(name, topic)).ifPresent(result::add);
      }
    }
    return result;
  }

  private static boolean isAmong(List<String> names, String name) {
    return names.stream().anyMatch(name::equalsIgnoreCase);
  }

  /** Returns the one output that is configured, besides the declared optional ones. */
  private List<String> single(List<String> optional) {
    Map<String, String> names = new LinkedHashMap<>();
    ownOutputs().forEach(name -> names.putIfAbsent(TopicVariables.sameKey(name), name));
    variables.names().forEach(name -> names.putIfAbsent(TopicVariables.sameKey(name), name));
    optional.forEach(name -> names.remove(TopicVariables.sameKey(name)));
    if (names.size() > 1) {
      problems.add(
          variables.pattern(),
          String.join(", ", names.values()),
          "there are " + names.size() + " outputs, and the Algo declares none",
          "declare a pipe for each output, and say to which the Algo's value goes");
      return List.of();
    }
    if (names.isEmpty() && !config.broken()) {
      problems.missing(
          variables.pattern(),
          "the Algo returns a value, but there is no output",
          "set it to the topic of the output NAME");
    }
    return List.copyOf(names.values());
  }

  /** Returns the outputs of this Algo that the config connects or gives a topic. */
  private Set<String> ownOutputs() {
    String self = config.identity().fullName();
    Set<String> result = new LinkedHashSet<>();
    config.wiring().pipes().stream()
        .filter(pipe -> pipe.source().equals(self))
        .forEach(pipe -> result.add(pipe.sourceOutput()));
    String prefix = self + "|";
    config.wiring().topics().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> result.add(key.substring(prefix.length())));
    return result;
  }

  private Optional<String> topic(String name, boolean required) {
    Optional<TopicVariables.Found> variable =
        variables.find(name).filter(found -> required || !found.topic().isBlank());
    if (variable.isPresent()) {
      String topic = variable.get().topic();
      if (Texts.isTopic(topic)) {
        return Optional.of(topic);
      }
      problems.add(
          variable.get().variable(),
          topic,
          topic.isBlank() ? "is blank" : "is not the name of a topic",
          "set it to the topic of the output: letters, digits, point, hyphen and underscore, at"
              + " most 249");
      return Optional.empty();
    }
    String self = config.identity().fullName();
    if (config.present() && topics.contains(self, name)) {
      return topics.resolve(self, name).map(ConfigTopics.Resolved::topic);
    }
    if (required && !config.broken()) {
      problems.missing(
          variables.wanted(name),
          "the output " + problems.shown(name) + " has no topic",
          "set it, or connect the output in the pipeline");
    }
    return Optional.empty();
  }

  private OutputSettings output(String name, String topic) {
    Optional<String> contentType =
        config.wiring().outputs().stream()
            .filter(output -> output.name().equalsIgnoreCase(name))
            .findFirst()
            .flatMap(RunnerConfig.Output::contentType);
    return new OutputSettings(name, topic, contentType, dataType(name));
  }

  private MessageDataType dataType(String name) {
    Set<MessageDataType> types = new LinkedHashSet<>();
    for (RunnerConfig.Pipe pipe : config.wiring().pipes()) {
      if (pipe.source().equals(config.identity().fullName())
          && pipe.sourceOutput().equalsIgnoreCase(name)) {
        types.add(dataType(pipe));
      }
    }
    if (types.size() > 1) {
      // Every reader learns the type from the record; what fits one fits the other, size apart.
      problems.warn(
          "pipes of the output "
              + problems.shown(name)
              + " differ in sourceOutputMessageDataType; FileReference is used for all");
      return MessageDataType.FILE_REFERENCE;
    }
    return types.stream().findFirst().orElse(MessageDataType.EMBEDDED);
  }

  private MessageDataType dataType(RunnerConfig.Pipe pipe) {
    String text = pipe.dataType().orElse(MessageDataType.EMBEDDED.wireName());
    for (MessageDataType type : MessageDataType.values()) {
      if (type.wireName().equals(text)) {
        return type;
      }
    }
    topics.report(
        pipe.path() + ".sourceOutputMessageDataType \"" + problems.shown(text) + "\" is unknown",
        "use Embedded or FileReference");
    return MessageDataType.EMBEDDED;
  }
}
