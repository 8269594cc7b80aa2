package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the topics of the inputs: the config's pipes to this Algo count, the variable only where
 * there is none.
 */
final class InputsReader {

  private final TopicVariables variables;
  private final RunnerConfig config;
  private final ConfigTopics topics;
  private final RetryReader retries;
  private final Problems problems;

  /** Which input has a topic already. */
  private final Map<String, String> owners = new HashMap<>();

  InputsReader(
      TopicVariables variables,
      RunnerConfig config,
      ConfigTopics topics,
      RetryReader retries,
      Problems problems) {
    this.variables = variables;
    this.config = config;
    this.topics = topics;
    this.retries = retries;
    this.problems = problems;
  }

  List<InputSettings> read(List<String> declared) {
    List<String> names = declared.isEmpty() ? single() : declared;
    List<InputSettings> result = new ArrayList<>();
    boolean connected = false;
    int before = problems.count();
    for (String name : names) {
      Map<String, Optional<RunnerConfig.Topic>> found = topicsOf(name);
      connected |= !found.isEmpty();
      own(name, found).ifPresent(result::add);
    }
    if (!names.isEmpty() && !connected && problems.count() == before) {
      problems.missing(
          variables.wanted(names.get(0)),
          "no input has a topic, although none is required",
          "connect at least one input, or set its topic");
    }
    return result;
  }

  private List<RunnerConfig.Pipe> pipesTo(String input) {
    return config.wiring().pipes().stream()
        .filter(pipe -> pipe.dest().equals(config.identity().fullName()))
        .filter(pipe -> pipe.destInput().equalsIgnoreCase(input))
        .toList();
  }

  /** Returns the one input that is configured. */
  private List<String> single() {
    Map<String, String> names = new LinkedHashMap<>();
    config.wiring().pipes().stream()
        .filter(pipe -> pipe.dest().equals(config.identity().fullName()))
        .forEach(pipe -> names.putIfAbsent(Texts.lower(pipe.destInput()), pipe.destInput()));
    if (names.isEmpty()) {
      // The operator may set variables of other Algos' inputs, so they count only without pipes.
      variables.names().forEach(name -> names.put(name, spelled(name)));
    }
    if (names.size() > 1) {
      problems.add(
          variables.pattern(),
          String.join(", ", names.values()),
          "there are " + names.size() + " inputs, and the Algo declares none",
          "declare a pipe for each input that the Algo reads");
      return List.of();
    }
    if (names.isEmpty() && !config.broken()) {
      problems.missing(
          variables.pattern(),
          "there is no input"
              + (config.present()
                  ? ": no pipe of the runner config leads to "
                      + problems.shown(config.identity().fullName())
                  : ""),
          "set it to the topic of the input NAME");
    }
    return List.copyOf(names.values());
  }

  /** Returns the name as the config spells it. */
  private String spelled(String name) {
    return config.wiring().inputs().stream()
        .map(RunnerConfig.Input::name)
        .filter(input -> TopicVariables.sameKey(input).equals(TopicVariables.sameKey(name)))
        .findFirst()
        .orElse(name);
  }

  private Map<String, Optional<RunnerConfig.Topic>> topicsOf(String name) {
    List<RunnerConfig.Pipe> pipes = pipesTo(name);
    Optional<TopicVariables.Found> variable = variables.find(name);
    Map<String, Optional<RunnerConfig.Topic>> result = new LinkedHashMap<>();
    boolean complete = true;
    for (RunnerConfig.Pipe pipe : pipes) {
      Optional<ConfigTopics.Resolved> topic = topics.resolve(pipe.source(), pipe.sourceOutput());
      topic.ifPresent(found -> result.put(found.topic(), Optional.of(found.entry())));
      complete &= topic.isPresent();
    }
    if (!pipes.isEmpty()) {
      boolean judge = complete;
      variable
          .filter(found -> judge && !result.containsKey(found.topic()))
          .ifPresent(
              found ->
                  problems.warn(
                      problems.shown(found.variable())
                          + "="
                          + problems.shown(found.topic())
                          + " is not the topic of any pipe to this input and is ignored; the pipes"
                          + " have "
                          + problems.shown(String.join(", ", result.keySet()), 200)));
      return result;
    }
    if (variable.isPresent()) {
      String topic = variable.get().topic();
      if (Texts.isTopic(topic)) {
        result.put(topic, Optional.empty());
      } else {
        problems.add(
            variable.get().variable(),
            topic,
            topic.isBlank() ? "is blank" : "is not the name of a topic",
            "set it to the topic of the input: letters, digits, point, hyphen and underscore, at"
                + " most 249");
      }
    } else if (required(name) && !config.broken()) {
      problems.missing(
          variables.wanted(name),
          "the input " + problems.shown(name) + " has no topic",
          "set it, or connect the input in the pipeline");
    }
    return result;
  }

  /** Drops the topics that an earlier input has, so that each record is delivered once. */
  private Optional<InputSettings> own(
      String name, Map<String, Optional<RunnerConfig.Topic>> found) {
    Map<String, Optional<RunnerConfig.Topic>> own = new LinkedHashMap<>();
    found.forEach(
        (topic, entry) -> {
          String owner = owners.putIfAbsent(topic, name);
          if (owner == null) {
            own.put(topic, entry);
          } else {
            problems.warn(
                "the topic "
                    + problems.shown(topic)
                    + " of the input "
                    + problems.shown(name)
                    + " is that of the input "
                    + problems.shown(owner)
                    + " too, which gets its records");
          }
        });
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Map<String, RetryStrategy> strategies =
        own.entrySet().stream()
            .flatMap(
                entry ->
                    retries
                        .of(entry.getValue())
                        .map(retry -> Map.entry(entry.getKey(), retry))
                        .stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    Optional<RunnerConfig.Input> input = input(name);
    return Optional.of(
        new InputSettings(
            name,
            List.copyOf(own.keySet()),
            input.map(RunnerConfig.Input::contentTypes).orElse(List.of()),
            required(name),
            strategies));
  }

  private Optional<RunnerConfig.Input> input(String name) {
    return config.wiring().inputs().stream()
        .filter(input -> input.name().equalsIgnoreCase(name))
        .findFirst();
  }

  private boolean required(String name) {
    return input(name).flatMap(RunnerConfig.Input::required).orElse(true);
  }
}
