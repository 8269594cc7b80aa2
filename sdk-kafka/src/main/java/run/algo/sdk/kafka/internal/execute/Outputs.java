package run.algo.sdk.kafka.internal.execute;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import run.algo.sdk.Pipe;

/** The outputs of an Algo by name. Immutable. */
public final class Outputs {

  private final Map<String, OutputTarget> targets = new HashMap<>();
  private final Set<String> absent;

  /**
   * The outputs.
   *
   * @param targets those that have a topic
   * @param absent names of declared optional outputs without one
   */
  public Outputs(Collection<OutputTarget> targets, Set<String> absent) {
    for (OutputTarget target : targets) {
      this.targets.put(target.name(), target);
    }
    this.absent = Set.copyOf(absent);
  }

  boolean has(Pipe<?> pipe) {
    return targets.containsKey(pipe.name());
  }

  OutputTarget target(Pipe<?> pipe) {
    OutputTarget target = targets.get(pipe.name());
    if (target == null) {
      throw unknown(pipe.name());
    }
    return target;
  }

  /** {@return all outputs that have a topic} */
  public Collection<OutputTarget> all() {
    return targets.values();
  }

  private IllegalArgumentException unknown(String name) {
    String variable = "KAFKA_OUTPUT_TOPIC_" + name.toUpperCase(Locale.ROOT);
    return new IllegalArgumentException(
        absent.contains(name)
            ? "output " + name + " has no topic in this deployment: set " + variable
            : "output "
                + name
                + " is not declared: name its pipe at the builder, so that its topic ("
                + variable
                + ") is checked at start-up; declared are "
                + targets.keySet());
  }
}
