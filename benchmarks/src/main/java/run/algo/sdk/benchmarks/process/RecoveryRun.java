package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One run of an arm that is killed: its outputs are read all the time, and when a third of them is
 * there it gets SIGKILL, and a process like it starts at once. Not thread-safe.
 */
final class RecoveryRun {

  private static final int KILLED_AT = 3;
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ArmRun run;
  private final Load load;
  private final Path jdk;
  private final List<String> main;
  private final Verifier verifier;
  private final Takeover takeover;

  RecoveryRun(ArmRun run, Load load, Arm arm, Work work, Path jdk) {
    this.run = run;
    this.load = load;
    this.jdk = jdk;
    main = List.of(EndlessMain.class.getName(), arm.label(), work.spec());
    verifier = new Verifier(load, arm);
    takeover = new Takeover(verifier);
  }

  /**
   * Runs it.
   *
   * @throws IllegalStateException when it has failed
   */
  Takeover.Recovered measure(Topics topics) throws InterruptedException {
    try (OutputReader reader = new OutputReader(topics, run.output())) {
      long killed = killAtAThird(reader);
      try (Child second = start()) {
        takeover.secondBegan(Long.parseLong(second.awaitLine(EndlessMain.BEGAN, PATIENCE)));
        readUntil(reader, second, () -> takeover.found() == load.records());
        run.awaitCommitted(second, PATIENCE);
      }
      var ends = topics.ends(run.output());
      while (!reader.isAt(ends)) {
        read(reader);
      }
      List<String> problems = verifier.verdict();
      if (!problems.isEmpty()) {
        throw new IllegalStateException(String.join("; ", problems));
      }
      return takeover
          .recovered(killed)
          .orElseThrow(() -> new IllegalStateException("all was written before it was killed"));
    }
  }

  private long killAtAThird(OutputReader reader) {
    try (Child first = start()) {
      readUntil(reader, first, () -> takeover.found() >= load.records() / KILLED_AT);
      return System.nanoTime();
    }
  }

  private Child start() {
    return run.start(jdk, Stage.flags(List.of()), main);
  }

  private void readUntil(OutputReader reader, Child child, BooleanSupplier enough) {
    long began = System.nanoTime();
    while (!enough.getAsBoolean()) {
      read(reader);
      if (!child.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            takeover.found() + " of " + load.records() + " records have come; " + child.tail());
      }
    }
  }

  private void read(OutputReader reader) {
    var outputs = reader.poll(POLL);
    long now = System.nanoTime();
    outputs.forEach(output -> takeover.take(output, now));
  }
}
