package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * Runs the arms round by round, each run in a fresh JVM against one broker in a process of its own,
 * and prints how they compare.
 *
 * <p>One input topic serves all runs; each has an output topic and a group of its own.
 */
final class Comparison {

  /** In a flag, stands for the arm and the round. */
  static final String RUN = "{run}";

  private final Options options;
  private final Work work;
  private final Stage stage;

  private Comparison(Options options, Stage stage) {
    this.options = options;
    this.stage = stage;
    this.work = Work.parse(options.work());
  }

  /**
   * Runs it all and prints each run and the tables.
   *
   * @return every run
   */
  static Results run(Options options) throws InterruptedException, IOException {
    if (options.jvm().recordings().isPresent()) {
      Files.createDirectories(options.jvm().recordings().get());
    }
    try (Stage stage = Stage.open()) {
      return new Comparison(options, stage).compare();
    }
  }

  private Results compare() throws InterruptedException {
    describe();
    Load load = options.loader().fill(stage.topics(), TopicNames.unique("compare-in"));
    Map<Arm, Load> loads = new EnumMap<>(Arm.class);
    options.arms().forEach(arm -> loads.put(arm, load));
    if (!options.slow().isEmpty()) {
      Load little = options.loader().fewer().fill(stage.topics(), TopicNames.unique("compare-in"));
      options.slow().forEach(arm -> loads.put(arm, little));
    }
    Results results = new Results(new Measure(load));
    Runs.Run<Arm, Measured> run = (arm, round) -> one(loads.getOrDefault(arm, load), arm, round);
    results.warmUp(options.arms().get(0), run);
    results.interleave(options.arms(), options.rounds(), run);
    System.out.println();
    System.out.print(results.table(options.arms()));
    System.out.print(
        results.ratioTable(
            options.arms(), arm -> options.against().isEmpty() ? arm.rivals() : options.against()));
    System.out.printf(Locale.ROOT, "load average at the end: %.1f%n", loadAverage());
    return results;
  }

  private Runs.Told<Measured> one(Load load, Arm arm, int round) throws InterruptedException {
    Map<String, String> settings = new HashMap<>(options.settings());
    settings.put(Environment.STREAMS_THREADS, Integer.toString(options.streamsThreads()));
    List<String> main =
        List.of(ArmMain.class.getName(), arm.label(), Long.toString(load.records()), work.spec());
    try (ArmRun run = new ArmRun(stage, arm, load, settings);
        Child child = run.start(options.jvm().home(), flags(arm, round), main)) {
      if (!child.awaitEnd(options.jvm().timeout())) {
        throw new IllegalStateException(child.tail());
      }
      Measured measured =
          Measured.find(child.output())
              .orElseThrow(() -> new IllegalStateException("it printed no result"));
      return new Runs.Told<>(measured, figures(measured, run.verify()));
    }
  }

  /** The flags of the arms' processes. */
  static List<String> flags(Options options) {
    return Stage.flags(options.jvm().flags());
  }

  private List<String> flags(Arm arm, int round) {
    String run = arm.label() + "-" + round;
    List<String> flags = flags(options);
    flags.replaceAll(flag -> flag.replace(RUN, run));
    options
        .jvm()
        .recordings()
        .ifPresent(
            recordings ->
                flags.add(
                    "-XX:StartFlightRecording=settings=profile,filename="
                        + recordings.resolve(run + ".jfr")));
    return flags;
  }

  private static String figures(Measured measured, Verifier verifier) {
    return String.format(
        Locale.ROOT,
        "%,.0f records/s, %.2f CPU s per million, %,.0f bytes per record%s%s",
        measured.recordsPerSecond(),
        measured.cpuSecondsPerMillion(),
        measured.bytesPerRecord(),
        verifier.transactions() == 0 ? "" : ", " + verifier.transactions() + " transactions",
        verifier.duplicates() == 0 ? "" : ", " + verifier.duplicates() + " duplicates");
  }

  private void describe() {
    Loader loader = options.loader();
    System.out.printf(
        Locale.ROOT,
        "%,d records of %d bytes, %d partitions, keys %s, seed %d; work %s (%s); %d rounds%n",
        loader.records(),
        loader.valueBytes(),
        loader.partitions(),
        loader.keys(),
        loader.seed(),
        options.work(),
        work.spec(),
        options.rounds());
    System.out.printf(
        Locale.ROOT,
        "arms on the JDK of %s, flags %s, settings %s; %d processors, load average %.1f%n",
        options.jvm().home().getFileName(),
        flags(options),
        options.settings(),
        Runtime.getRuntime().availableProcessors(),
        loadAverage());
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** The bare loop, or for waits the ceiling that concurrency and order leave. */
  private final class Measure implements Results.Baseline {

    private final Load load;

    Measure(Load load) {
      this.load = load;
    }

    @Override
    public String name() {
      return work instanceof Work.Wait ? "the ceiling" : Arm.BARE.label();
    }

    @Override
    public OptionalDouble ceiling(Arm arm) {
      if (work instanceof Work.Wait wait && arm != Arm.BARE_NO_WORK) {
        double seconds = wait.time().toNanos() / 1e9;
        return OptionalDouble.of(load.ceiling(arm.scope(), concurrency(arm), seconds));
      }
      return OptionalDouble.empty();
    }

    /** As the SDK chooses it where nobody sets it; the loop of virtual threads has no limit. */
    private int concurrency(Arm arm) {
      String inFlight = options.settings().getOrDefault("ALGO_MAX_IN_FLIGHT", "10000");
      if (arm.program() == Arm.Program.STREAMS) {
        return options.streamsThreads();
      }
      if (arm.program() == Arm.Program.BARE) {
        return Integer.parseInt(inFlight);
      }
      String set = options.settings().get("ALGO_CONCURRENCY");
      if (set != null) {
        return Integer.parseInt(set);
      }
      return arm.scope() == Arm.Scope.PARTITION
          ? Runtime.getRuntime().availableProcessors()
          : 1_000;
    }
  }
}
