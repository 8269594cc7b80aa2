package run.algo.sdk.kafka.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets every reader read its settings, then throws all their problems together or builds the value.
 */
final class SettingsLoader {

  private final SettingsSource source;
  private final Variables variables;
  private final Problems problems;

  SettingsLoader(SettingsSource source) {
    this.source = source;
    this.variables = new Variables(source);
    this.problems = new Problems(new Redactor(variables.secrets()));
  }

  AlgoSettings load() {
    StrayVariables.warn(variables, problems);
    RunnerConfig config = new RunnerConfigReader(variables, problems).read();
    AlgoSettings.Names names = new NamesReader(variables, problems).read(config);
    List<String> brokers = new BrokersReader(variables, problems).read();
    SecuritySettings security = new SecurityReader(variables, problems).read();
    KafkaSettings kafka = new ClientOverrides(variables, problems).read(brokers, security);
    RetryReader retries = new RetryReader(variables, problems, config);
    retries.judgeGeneral();
    AlgoSettings.Topology topology = topology(config, retries);
    EngineSettings engine =
        new EngineReader(variables, problems).read(config, retries.deadLetterSuffix());
    StorageSettings storage =
        new StorageReader(variables, problems).read(config, topology.outputs(), engine.oversize());
    HttpSettings http = new HttpReader(variables, problems).read();
    problems.throwIfAny();

    AlgoSettings.Services services = new AlgoSettings.Services(engine, storage, http);
    new ClientCheck(kafka, problems).whole(engine, names);
    problems.throwIfAny();
    warnOfNames(config, topology);
    AlgoSettings.Report report =
        new AlgoSettings.Report(
            problems.warnings(),
            new EffectiveSettings(variables, problems).of(names, kafka, topology, services));
    return new AlgoSettings(names, config, kafka, topology, services, report);
  }

  private AlgoSettings.Topology topology(RunnerConfig config, RetryReader retries) {
    boolean inline = variables.text(Setting.RUNNER_CONFIG).isPresent();
    String label = variables.label(inline ? Setting.RUNNER_CONFIG : Setting.RUNNER_CONFIG_FILE);
    ConfigTopics topics = new ConfigTopics(config, label, problems);
    List<InputSettings> inputs =
        new InputsReader(
                new TopicVariables(variables, OperatorVariable.INPUT_TOPIC),
                config,
                topics,
                retries,
                problems)
            .read(distinct(source.declaredInputs(), "input"));
    List<OutputSettings> outputs =
        new OutputsReader(
                new TopicVariables(variables, OperatorVariable.OUTPUT_TOPIC),
                config,
                topics,
                problems)
            .read(
                distinct(source.declaredOutputs(), "output"),
                distinct(source.optionalOutputs(), "optional output"),
                source.defaultOutput());
    return new AlgoSettings.Topology(inputs, outputs);
  }

  /** Returns the declared names that can be names of pipes. */
  private List<String> distinct(List<String> declared, String what) {
    Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<String> result = new ArrayList<>();
    for (String name : declared) {
      if (name.isBlank()) {
        problems.add("pipe", name, "a declared " + what + " has no name", "name the pipe");
      } else if (!seen.add(name)) {
        problems.add(
            "pipe",
            name,
            "two declared " + what + "s have this name; names match without case",
            "declare each pipe once");
      } else {
        result.add(name);
      }
    }
    return result;
  }

  /** The operator's own samples break the rule for names, so it is a warning. */
  private void warnOfNames(RunnerConfig config, AlgoSettings.Topology topology) {
    String algo = config.identity().name();
    if (!algo.isEmpty()) {
      warnOfName("Algo", algo);
    }
    topology.inputs().forEach(input -> warnOfName("input", input.name()));
    topology.outputs().forEach(output -> warnOfName("output", output.name()));
  }

  private void warnOfName(String what, String name) {
    if (!Texts.isName(name)) {
      problems.warn(
          "the "
              + what
              + " name \""
              + problems.shown(name)
              + "\" is not of lower-case letters, digits and single inner hyphens, at most 50");
    }
  }
}
