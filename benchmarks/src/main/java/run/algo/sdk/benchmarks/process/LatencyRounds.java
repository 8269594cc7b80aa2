package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * Runs arms at a steady load, each in a fresh JVM with topics of its own, against one broker.
 *
 * @param folder for what the processes print
 * @param topics the broker
 * @param options arms, size of the records, their keys, the processes; not how many records
 * @param plan how long and how often
 */
record LatencyRounds(Path folder, Topics topics, Options options, Latency.Plan plan) {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Runs all arms. */
  void run(long rate, LatencyResults results) throws InterruptedException {
    results.interleave(
        options.arms(),
        plan.rounds(),
        (arm, round) -> {
          LatencyRun.Found found = once(arm, rate);
          return new Runs.Told<>(found, LatencyResults.figures(found));
        });
  }

  /** Whether an arm keeps up with a load, which is found out by a run that does not count. */
  boolean keepsUp(Arm arm, long rate) throws InterruptedException {
    boolean keepsUp;
    String said;
    try {
      LatencyRun.Found found = once(arm, rate);
      keepsUp = found.keepsUp();
      said = LatencyResults.figures(found);
    } catch (IllegalStateException e) {
      keepsUp = false;
      said = "FAILED, " + e.getMessage();
    }
    System.out.printf(Locale.ROOT, "tried, %s at %,d records/s: %s%n", arm.label(), rate, said);
    return keepsUp;
  }

  private LatencyRun.Found once(Arm arm, long rate) throws InterruptedException {
    Loader shape =
        options.loader().with(LatencyRun.FIRST + rate * (plan.warmUp() + plan.seconds()));
    String input = TopicNames.unique("latency-in");
    String output = TopicNames.unique("latency-out");
    topics.create(input, shape.partitions());
    topics.create(output, shape.partitions());
    Map<String, String> environment =
        new HashMap<>(
            Environment.of(topics.bootstrapServers(), input, output, TopicNames.unique("latency")));
    environment.putAll(options.settings());
    List<String> main =
        List.of(
            ArmMain.class.getName(),
            arm.label(),
            Long.toString(shape.records()),
            Work.parse(options.work()).spec());
    try (Child child =
        Child.start(folder, options.jvm().home(), Comparison.flags(options), main, environment)) {
      LatencyRun.Found found =
          new LatencyRun(topics, shape, LatencyRun.FIRST + rate * plan.warmUp(), input, output)
              .measure((double) rate);
      if (!child.awaitEnd(PATIENCE)) {
        throw new IllegalStateException(child.tail());
      }
      return found;
    } finally {
      topics.delete(input);
      topics.delete(output);
    }
  }
}
