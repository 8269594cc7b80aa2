package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * What one run of an arm has of its own: an output topic, a group, and the variables of its
 * processes. The output topic goes with it. Not thread-safe.
 */
final class ArmRun implements AutoCloseable {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Stage stage;
  private final Arm arm;
  private final Load load;
  private final String output = TopicNames.unique("compare-out");
  private final String group = TopicNames.unique("compare");
  private final Map<String, String> environment;

  /**
   * Makes the output topic.
   *
   * @param stage where it runs
   * @param arm the arm
   * @param load what it is to read
   * @param settings variables besides those of the topics
   */
  ArmRun(Stage stage, Arm arm, Load load, Map<String, String> settings) {
    this(stage, arm, load, settings, Map.of());
  }

  /**
   * The same with an output topic that is configured.
   *
   * @param configs of the output topic
   */
  ArmRun(
      Stage stage, Arm arm, Load load, Map<String, String> settings, Map<String, String> configs) {
    this.stage = stage;
    this.arm = arm;
    this.load = load;
    environment =
        new HashMap<>(
            Environment.of(stage.topics().bootstrapServers(), load.topic(), output, group));
    environment.putAll(settings);
    stage.topics().create(output, load.partitions(), configs);
  }

  String output() {
    return output;
  }

  Map<String, String> environment() {
    return environment;
  }

  /**
   * Starts a process of it: there may be several.
   *
   * @param main the class and its arguments
   */
  Child start(Path jdk, List<String> flags, List<String> main) {
    return start(jdk, Build.THIS, flags, main);
  }

  /** The same of another build. */
  Child start(Path jdk, Build build, List<String> flags, List<String> main) {
    return Child.start(stage.folder(), jdk, build, flags, main, environment);
  }

  /**
   * Waits until the group has committed all, while a process still runs.
   *
   * @throws IllegalStateException when it does not come to that
   */
  void awaitCommitted(Child child, Duration patience) {
    long began = System.nanoTime();
    while (committed() != load.records()) {
      if (!child.isAlive() || System.nanoTime() - began > patience.toNanos()) {
        throw new IllegalStateException(
            "committed: " + committed() + " of " + load.records() + " records; " + child.tail());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private long committed() {
    return stage.topics().committed(group, load.topic());
  }

  /**
   * Judges the outputs and what is committed, once no process runs any more.
   *
   * @return the judge, who knows more
   * @throws IllegalStateException when something is wrong
   */
  Verifier verify() {
    Verifier verifier = new Verifier(load, arm);
    List<String> problems = new ArrayList<>(verifier.judge(stage.topics(), output));
    if (committed() != load.records()) {
      problems.add("committed: " + committed() + " of " + load.records() + " records");
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(String.join("; ", problems));
    }
    return verifier;
  }

  @Override
  public void close() {
    stage.topics().delete(output);
  }
}
