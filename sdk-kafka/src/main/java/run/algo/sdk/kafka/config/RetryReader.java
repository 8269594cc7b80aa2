package run.algo.sdk.kafka.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import run.algo.sdk.spi.GoDuration;

/** Judges the retry strategies that are used, and knows which input topic uses which. */
final class RetryReader {

  static final String DEFAULT_SUFFIX = "dlq";

  private static final String STEP_REMEDY =
      "write a backoff such as 300ms, 30s, 1.5h, 1h30m or 1d: it becomes part of a topic's name";
  private static final String CONFIG_REMEDY = "correct the retry strategy in the pipeline";

  private final Problems problems;
  private final RunnerConfig config;
  private final String configLabel;
  private final Map<String, Optional<RetryStrategy>> judged = new HashMap<>();

  /** The strategy of the variable, which beats every other. */
  private final Optional<Source> own;

  /** The strategy of the variable came, but cannot be read: no other one may take its place. */
  private final boolean ownIsBroken;

  private record Source(String label, String value, RunnerConfig.RawStrategy strategy) {}

  RetryReader(Variables variables, Problems problems, RunnerConfig config) {
    this.problems = problems;
    this.config = config;
    boolean inline = variables.text(Setting.RUNNER_CONFIG).isPresent();
    this.configLabel = variables.label(inline ? Setting.RUNNER_CONFIG : Setting.RUNNER_CONFIG_FILE);
    Optional<String> json = variables.text(Setting.RETRY_STRATEGY);
    String label = variables.label(Setting.RETRY_STRATEGY);
    String value = RunnerConfigReader.shownInline(json.orElse(""));
    this.own =
        json.flatMap(
                text ->
                    new JsonDocument(label, value, Setting.RETRY_STRATEGY.remedy(), problems)
                        .parse(text))
            .map(cursor -> new Source(label, value, RunnerConfigReader.rawStrategy(cursor)));
    this.ownIsBroken = json.isPresent() && own.isEmpty();
  }

  /**
   * Judges the strategies that hold without an input, so that their problems are told in any case.
   */
  void judgeGeneral() {
    if (own.isPresent()) {
      judge(own.get());
    } else if (config.retry().enabled() && !ownIsBroken) {
      config.retry().strategy().ifPresent(this::judge);
      if (config.retry().strategy().isEmpty()) {
        problems.warn(
            "retryEnabled is true in the runner config, but there is no retryStrategy: only topics"
                + " with a strategy of their own retry");
      }
    }
  }

  /** Returns the strategy of an input topic, which may have an entry in the config. */
  Optional<RetryStrategy> of(Optional<RunnerConfig.Topic> topic) {
    if (own.isPresent()) {
      return judge(own.get());
    }
    if (ownIsBroken || !config.retry().enabled()) {
      return Optional.empty();
    }
    return topic
        .filter(RunnerConfig.Topic::overridesRetry)
        .flatMap(RunnerConfig.Topic::strategy)
        .or(() -> config.retry().strategy())
        .flatMap(this::judge);
  }

  /** Returns the suffix of dead letters of inputs without a strategy. */
  String deadLetterSuffix() {
    Optional<Source> source = own.or(() -> config.retry().strategy().map(this::fromConfig));
    Optional<String> suffix =
        source.flatMap(from -> from.strategy().suffix()).filter(text -> !text.isBlank());
    if (suffix.isEmpty()) {
      return DEFAULT_SUFFIX;
    }
    // A strategy that is judged reports its suffix itself.
    boolean reported = own.isPresent() || (config.retry().enabled() && !ownIsBroken);
    if (!reported && !Texts.isTopic(suffix.get())) {
      suffixProblem(source.get());
    }
    return suffix.get();
  }

  private Optional<RetryStrategy> judge(RunnerConfig.RawStrategy strategy) {
    return judge(fromConfig(strategy));
  }

  private Source fromConfig(RunnerConfig.RawStrategy strategy) {
    return new Source(configLabel, "(the runner config)", strategy);
  }

  private Optional<RetryStrategy> judge(Source source) {
    String key = source.label() + source.strategy().path();
    Optional<RetryStrategy> known = judged.get(key);
    if (known == null) {
      known = strategy(source);
      judged.put(key, known);
    }
    return known;
  }

  private Optional<RetryStrategy> strategy(Source source) {
    RunnerConfig.RawStrategy raw = source.strategy();
    Optional<RetryStrategyKind> kind =
        raw.strategy()
            .flatMap(
                name ->
                    Arrays.stream(RetryStrategyKind.values())
                        .filter(value -> value.wireName().equals(name))
                        .findFirst());
    if (kind.isEmpty()) {
      report(
          source,
          ".strategy "
              + raw.strategy()
                  .map(name -> "\"" + problems.shown(name) + "\" is unknown")
                  .orElse("is missing"),
          "use Simple, RetryTopics, StatefulOrdered or StatefulUnordered");
    }
    Optional<String> suffix = raw.suffix().filter(text -> !text.isBlank());
    if (suffix.isPresent() && !Texts.isTopic(suffix.get())) {
      suffixProblem(source);
    }
    List<RetryStep> steps = new ArrayList<>();
    Set<Integer> indexes = new HashSet<>();
    for (RunnerConfig.RawStep step : raw.steps()) {
      if (!indexes.add(step.index())) {
        problems.add(
            source.label(),
            source.value(),
            step.path() + ".index " + step.index() + " is that of an earlier step",
            "give each step an index of its own");
      }
      step(source, step).ifPresent(steps::add);
    }
    steps.sort(Comparator.comparingInt(RetryStep::index));
    return kind.map(value -> new RetryStrategy(value, suffix.orElse(DEFAULT_SUFFIX), steps));
  }

  private Optional<RetryStep> step(Source source, RunnerConfig.RawStep step) {
    String text = step.backoff().orElse("");
    String problem;
    try {
      Duration backoff = GoDuration.parse(text);
      if (backoff.isNegative()) {
        problem = "is negative";
      } else if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
        problem = "has no unit";
      } else if (!Texts.isTopic(text)) {
        problem = "cannot stand in the name of a topic";
      } else {
        return Optional.of(new RetryStep(step.index(), text, backoff, Math.max(1, step.repeat())));
      }
    } catch (IllegalArgumentException e) {
      problem = problems.holdsSecret(text) ? "is no duration" : String.valueOf(e.getMessage());
    }
    problems.add(
        source.label(),
        source.value(),
        step.path()
            + ".backoffDuration of step "
            + step.index()
            + " \""
            + problems.shown(text)
            + "\": "
            + problem,
        STEP_REMEDY);
    return Optional.empty();
  }

  private void suffixProblem(Source source) {
    report(
        source,
        ".deadLetterSuffix \""
            + problems.shown(source.strategy().suffix().orElse(""))
            + "\" cannot stand in the name of a topic",
        "use letters, digits, point, hyphen and underscore");
  }

  private void report(Source source, String message, String remedy) {
    boolean fromConfig = source.label().equals(configLabel);
    problems.add(
        source.label(),
        source.value(),
        source.strategy().path() + message,
        fromConfig ? remedy + "; " + CONFIG_REMEDY : remedy);
  }
}
