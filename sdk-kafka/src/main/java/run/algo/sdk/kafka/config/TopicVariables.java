package run.algo.sdk.kafka.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The variables that name the topics of inputs, or of outputs. Names match without case. */
final class TopicVariables {

  /** A variable and its topic, which may be blank. */
  record Found(String variable, String topic) {}

  private final String prefix;
  private final SortedMap<String, String> topics;

  TopicVariables(Variables variables, OperatorVariable pattern) {
    this.prefix = pattern.prefix();
    this.topics = variables.suffixes(prefix);
  }

  /**
   * Returns the variable of a name as the operator writes it, else with underscores for hyphens.
   */
  Optional<Found> find(String name) {
    return exactly(name).or(() -> exactly(name.replace('-', '_')));
  }

  private Optional<Found> exactly(String name) {
    // The operator's spelling first; then any other, of which the sorted map always has the same
    // one first.
    String upper = Texts.upper(name);
    String topic = topics.get(upper);
    if (topic != null) {
      return Optional.of(new Found(prefix + upper, topic));
    }
    return topics.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .findFirst()
        .map(entry -> new Found(prefix + entry.getKey(), entry.getValue()));
  }

  /** Returns one name for each input or output that has a variable, in lower case. */
  List<String> names() {
    Map<String, String> result = new LinkedHashMap<>();
    topics.keySet().forEach(suffix -> result.putIfAbsent(sameKey(suffix), Texts.lower(suffix)));
    return List.copyOf(result.values());
  }

  /** Returns a key that is equal for the spellings of one name. */
  static String sameKey(String name) {
    return Texts.lower(name).replace('-', '_');
  }

  /** Returns the variable that a name should have. */
  String wanted(String name) {
    return prefix + Texts.upper(name);
  }

  /** Returns the pattern of the variables. */
  String pattern() {
    return prefix + "<NAME>";
  }
}
