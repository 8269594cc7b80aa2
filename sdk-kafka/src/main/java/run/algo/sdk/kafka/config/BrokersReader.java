package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the bootstrap list. */
final class BrokersReader {

  private static final String REMEDY =
      "set it to the bootstrap list host:port,host:port of the Kafka cluster";

  private final Variables variables;
  private final Problems problems;

  BrokersReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  List<String> read() {
    String variable = OperatorVariable.BROKERS.variable();
    String label = variables.label(variable);
    Optional<String> list = variables.raw(variable);
    if (list.isEmpty()) {
      problems.missing(label, "is required", REMEDY);
      return List.of();
    }
    if (list.get().isBlank()) {
      problems.add(label, list.get(), "is blank", REMEDY);
      return List.of();
    }
    List<String> result = new ArrayList<>();
    for (String entry : list.get().split(",", -1)) {
      String server = entry.strip();
      String problem = HostAndPort.problem(server, true);
      if (!problem.isEmpty()) {
        // One problem for the variable: a list cut at the wrong place would bring hundreds.
        problems.add(
            label, list.get(), "the entry \"" + problems.shown(server) + "\" " + problem, REMEDY);
        return List.of();
      }
      result.add(server);
    }
    return result;
  }
}
