package run.algo.sdk.kafka.internal.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.RetryStep;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;

/**
 * Where the status page gets what it shows. The suppliers may be asked by any thread, at any time.
 *
 * @param who what does not change
 * @param counters what is counted
 * @param health whether a restart can help
 * @param state name of the runner's state
 * @param notReady what keeps it from its work
 * @param view its latest view
 */
public record StatusSource(
    Who who,
    RunnerCounters counters,
    Health health,
    Supplier<String> state,
    Supplier<List<String>> notReady,
    Supplier<RunnerView> view) {

  /**
   * Who the runner is.
   *
   * @param name the Algo's full name, or its class
   * @param identity the deployment's names
   * @param instance the instance's name
   * @param group the consumer group
   * @param sdk version of the SDK
   * @param steps the retry steps of all inputs, by rising index
   * @param settings the effective settings, masked
   */
  public record Who(
      String name,
      DeploymentIdentity identity,
      String instance,
      String group,
      String sdk,
      List<Step> steps,
      Map<String, String> settings) {

    /**
     * From settings.
     *
     * @param name the Algo's full name, or its class
     * @param settings the settings
     * @return who the runner is
     */
    public static Who of(String name, AlgoSettings settings) {
      return new Who(
          name,
          settings.runnerConfig().identity(),
          settings.instanceName(),
          settings.groupId(),
          SdkVersion.read(),
          Step.of(settings.inputs()),
          settings.effective());
    }
  }

  /**
   * A retry step; of the inputs that have one of this index, since retries are counted by index.
   *
   * @param index its index
   * @param strategies the kinds of strategy
   * @param backoff the backoffs, as configured
   * @param repeat the most tries
   */
  record Step(int index, String strategies, String backoff, int repeat) {

    static List<Step> of(Collection<InputSettings> inputs) {
      Map<Integer, Map<RetryStep, Set<String>>> byIndex = new TreeMap<>();
      for (InputSettings input : inputs) {
        for (RetryStrategy strategy : input.retries().values()) {
          for (RetryStep step : strategy.steps()) {
            byIndex
                .computeIfAbsent(step.index(), index -> new LinkedHashMap<>())
                .computeIfAbsent(step, first -> new LinkedHashSet<>())
                .add(strategy.strategy().wireName());
          }
        }
      }
      List<Step> steps = new ArrayList<>();
      byIndex.forEach((index, variants) -> steps.add(merged(index, variants)));
      return List.copyOf(steps);
    }

    private static Step merged(int index, Map<RetryStep, Set<String>> variants) {
      Set<String> kinds = new LinkedHashSet<>();
      Set<String> backoffs = new LinkedHashSet<>();
      int repeat = 0;
      for (Map.Entry<RetryStep, Set<String>> variant : variants.entrySet()) {
        kinds.addAll(variant.getValue());
        backoffs.add(variant.getKey().backoffText());
        repeat = Math.max(repeat, variant.getKey().repeat());
      }
      return new Step(index, String.join(", ", kinds), String.join(", ", backoffs), repeat);
    }
  }
}
