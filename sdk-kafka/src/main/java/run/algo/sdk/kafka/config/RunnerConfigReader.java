package run.algo.sdk.kafka.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds the runner config, inline or in a file, and reads it. */
final class RunnerConfigReader {

  /**
   * Far above any pipeline; a file of gigabytes at that path is a mistake that should not exhaust
   * the heap.
   */
  static final int LARGEST = 8 * 1024 * 1024;

  private static final String REMEDY = "correct the JSON of the runner config";

  private final Variables variables;
  private final Problems problems;

  RunnerConfigReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  RunnerConfig read() {
    Optional<String> inline = variables.text(Setting.RUNNER_CONFIG);
    if (inline.isPresent()) {
      String label = variables.label(Setting.RUNNER_CONFIG);
      String value = shownInline(inline.get());
      if (inline.get().length() > LARGEST) {
        problems.add(label, value, "is too large: at most 8 MiB", REMEDY);
        return RunnerConfig.empty(RunnerConfig.State.BROKEN);
      }
      return parse(inline.get(), new JsonDocument(label, value, REMEDY, problems));
    }
    Optional<String> named = variables.text(Setting.RUNNER_CONFIG_FILE);
    String location = named.orElse(Setting.RUNNER_CONFIG_FILE.defaultText());
    return file(location, named.isPresent());
  }

  static String shownInline(String json) {
    return "(inline, " + json.length() + " characters)";
  }

  private RunnerConfig file(String location, boolean named) {
    String label = variables.label(Setting.RUNNER_CONFIG_FILE);
    try {
      Path path = Path.of(location);
      if (!Files.exists(path)) {
        if (!named) {
          return RunnerConfig.empty(RunnerConfig.State.ABSENT);
        }
        return broken(label, location, "the file does not exist");
      }
      if (!Files.isRegularFile(path)) {
        return broken(label, location, "is not a file");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(LARGEST + 1);
      }
      if (bytes.length > LARGEST) {
        return broken(label, location, "the file is too large: at most 8 MiB");
      }
      return parse(decode(bytes), new JsonDocument(label, location, REMEDY, problems));
    } catch (InvalidPathException e) {
      return broken(label, location, "is not a path");
    } catch (CharacterCodingException e) {
      return broken(label, location, "the file is not UTF-8");
    } catch (IOException | SecurityException e) {
      return broken(label, location, "the file cannot be read");
    }
  }

  private RunnerConfig broken(String label, String location, String message) {
    problems.add(label, location, message, Setting.RUNNER_CONFIG_FILE.remedy());
    return RunnerConfig.empty(RunnerConfig.State.BROKEN);
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes))
            .toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private RunnerConfig parse(String json, JsonDocument document) {
    return document
        .parse(json)
        .map(this::config)
        .orElseGet(() -> RunnerConfig.empty(RunnerConfig.State.BROKEN));
  }

  private RunnerConfig config(JsonCursor root) {
    return new RunnerConfig(
        RunnerConfig.State.READ,
        identity(root),
        new RunnerConfig.Wiring(inputs(root), outputs(root), pipes(root), topics(root)),
        new ParametersReader(problems).read(root.objects("parameters")),
        new RunnerConfig.Retry(root.bool("retryEnabled").orElse(false), strategy(root)),
        timeout(root));
  }

  private static DeploymentIdentity identity(JsonCursor root) {
    OptionalInt index = root.integer("index");
    if (index.isPresent() && index.getAsInt() < 0) {
      root.problem("index", "must not be negative");
    }
    return new DeploymentIdentity(
        root.textOrEmpty("deploymentOwner"),
        root.textOrEmpty("deploymentName"),
        root.textOrEmpty("pipelineOwner"),
        root.textOrEmpty("pipelineName"),
        root.textOrEmpty("owner"),
        root.textOrEmpty("name"),
        root.textOrEmpty("version"),
        index.orElse(0));
  }

  private static List<RunnerConfig.Input> inputs(JsonCursor root) {
    return root.objects("inputs").stream()
        .map(
            input ->
                new RunnerConfig.Input(
                    input.textOrEmpty("name"),
                    input.bool("isRequired"),
                    input.textsOr("contentTypes", "name")))
        .toList();
  }

  private static List<RunnerConfig.Output> outputs(JsonCursor root) {
    return root.objects("outputs").stream()
        .map(
            output ->
                new RunnerConfig.Output(
                    output.textOrEmpty("name"),
                    output.text("contentType").filter(type -> !type.isBlank())))
        .toList();
  }

  private static List<RunnerConfig.Pipe> pipes(JsonCursor root) {
    return root.objects("pipes").stream()
        .map(
            pipe ->
                new RunnerConfig.Pipe(
                    pipe.path(),
                    pipe.textOrEmpty("sourceName"),
                    pipe.textOrEmpty("sourceOutputName"),
                    pipe.text("sourceOutputMessageDataType").filter(type -> !type.isBlank()),
                    pipe.textOrEmpty("destName"),
                    pipe.textOrEmpty("destInputName")))
        .toList();
  }

  private static Map<String, RunnerConfig.Topic> topics(JsonCursor root) {
    Map<String, RunnerConfig.Topic> result = new LinkedHashMap<>();
    root.entries("topics")
        .forEach(
            (key, topic) -> {
              // Not needed here, but a wrong type tells of a file that somebody wrote by guess.
              topic.integer("partitions");
              topic.integer("replicationFactor");
              result.put(
                  key,
                  new RunnerConfig.Topic(
                      topic.path(),
                      topic.text("outputName").filter(name -> !name.isBlank()),
                      topic.text("topicName").filter(name -> !name.isBlank()),
                      topic.bool("overrideRetryStrategy").orElse(false),
                      strategy(topic)));
            });
    return result;
  }

  private static Optional<RunnerConfig.RawStrategy> strategy(JsonCursor owner) {
    return owner.object("retryStrategy").map(RunnerConfigReader::rawStrategy);
  }

  static RunnerConfig.RawStrategy rawStrategy(JsonCursor strategy) {
    return new RunnerConfig.RawStrategy(
        strategy.path(),
        strategy.text("strategy"),
        strategy.text("deadLetterSuffix"),
        strategy.objects("steps").stream()
            .map(
                step ->
                    new RunnerConfig.RawStep(
                        step.path(),
                        step.integer("index").orElse(0),
                        step.text("backoffDuration"),
                        step.integer("repeat").orElse(0)))
            .toList());
  }

  private static Optional<Duration> timeout(JsonCursor root) {
    OptionalInt seconds = root.integer("timeoutSeconds");
    if (seconds.isPresent() && seconds.getAsInt() < 0) {
      root.problem("timeoutSeconds", "must not be negative; 0 is none");
    }
    return seconds.isPresent() && seconds.getAsInt() > 0
        ? Optional.of(Duration.ofSeconds(seconds.getAsInt()))
        : Optional.empty();
  }
}
