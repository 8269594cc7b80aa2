package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a measurement runs on: a broker in a process of its own, and a folder for what the processes
 * of the arms print. Not thread-safe.
 */
final class Stage implements AutoCloseable {

  private static final Duration BROKER_START = Duration.ofMinutes(2);
  private static final List<String> BROKER_FLAGS = List.of("-Xms1g", "-Xmx1g");
  private static final List<String> ARM_FLAGS = List.of("-Xms1g", "-Xmx1g");

  private final Topics topics;
  private final Path folder;

  private final boolean warm;

  /** What ends with it, the last first. */
  private final List<Runnable> ends = new ArrayList<>();

  /** On a broker that is there already, and stays. */
  Stage(String bootstrapServers, Path folder) {
    this(bootstrapServers, folder, true);
  }

  private Stage(String bootstrapServers, Path folder, boolean warm) {
    this.warm = warm;
    this.topics = new Topics(bootstrapServers);
    this.folder = folder;
    ends.add(topics::close);
  }

  /** Starts a broker and waits until it serves. */
  static Stage open() throws InterruptedException {
    Workspace workspace = new Workspace();
    Child broker =
        Child.start(
            workspace.folder(),
            Path.of(System.getProperty("java.home")),
            BROKER_FLAGS,
            List.of(BrokerMain.class.getName(), workspace.folder().resolve("broker").toString()),
            Map.of());
    try {
      Stage stage =
          new Stage(broker.awaitLine(BrokerMain.READY, BROKER_START), workspace.folder(), false);
      stage.ends.add(0, broker::close);
      stage.ends.add(0, workspace::close);
      return stage;
    } catch (IllegalStateException | InterruptedException e) {
      broker.close();
      workspace.close();
      throw e;
    }
  }

  /** Whether its broker has served before, and needs no run to get warm. */
  boolean isWarm() {
    return warm;
  }

  Topics topics() {
    return topics;
  }

  Path folder() {
    return folder;
  }

  /** The flags of the arms' processes, with some more. */
  static List<String> flags(List<String> more) {
    List<String> flags = new ArrayList<>(ARM_FLAGS);
    flags.addAll(more);
    return flags;
  }

  @Override
  public void close() {
    for (int i = ends.size() - 1; i >= 0; i--) {
      ends.get(i).run();
    }
  }
}
