package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.testkit.kafka.TopicNames;

/** How long each arm takes from nothing to its first acknowledged output. */
public final class Startup extends ArmsPart<Arm, Startup.Started> {

  private static final int ROUNDS = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Loader WAITING =
      Loader.ofBytes(1_000, 200, 4, KeyDistribution.parse("uniform:1000"));
  private static final List<Arm> ARMS =
      List.of(
          Arm.BARE,
          Arm.SDK_PARTITION,
          Arm.STREAMS,
          Arm.SPRING,
          Arm.MICRONAUT,
          Arm.PARALLEL_CONSUMER_UNORDERED);

  private final List<Arm> arms;

  /** With all arms. */
  public Startup() {
    this(ARMS);
  }

  Startup(List<Arm> arms) {
    super("startup", "From nothing to the first record", ROUNDS);
    this.arms = arms;
  }

  /**
   * What one run took.
   *
   * @param jvmMillis from the start of the process to main
   * @param times what followed
   */
  record Started(double jvmMillis, StartTimes times) {

    double first() {
      return times.firstMillis();
    }

    double acked() {
      return times.ackedMillis();
    }
  }

  @Override
  Runs<Arm, Started> run(Stage stage, Terms terms) throws InterruptedException {
    Load load = WAITING.fill(stage.topics(), TopicNames.unique("startup-in"));
    Runs<Arm, Started> runs =
        rounds(stage, terms, arms, Arm::label, (arm, round) -> one(stage, terms, load, arm));
    stage.topics().delete(load.topic());
    return runs;
  }

  private static Runs.Told<Started> one(Stage stage, Terms terms, Load load, Arm arm)
      throws InterruptedException {
    List<String> main =
        List.of(StartMain.class.getName(), arm.label(), Long.toString(load.records()));
    try (ArmRun run = new ArmRun(stage, arm, load, Map.of())) {
      long began = System.currentTimeMillis();
      try (Child child = run.start(terms.jdk(), Stage.flags(List.of()), main)) {
        if (!child.awaitEnd(PATIENCE)) {
          throw new IllegalStateException(child.tail());
        }
        StartTimes times =
            StartTimes.find(child.output())
                .orElseThrow(() -> new IllegalStateException("it printed no times"));
        run.verify();
        Started started = new Started(times.mainMillis() - began, times);
        return new Runs.Told<>(
            started,
            String.format(
                Locale.ROOT,
                "JVM %.0f ms, then first record %.0f ms, first acknowledged %.0f ms,"
                    + " without %.0f ms for settings",
                started.jvmMillis(),
                started.first(),
                started.acked(),
                times.borrowedNanos() / 1e6));
      }
    }
  }

  @Override
  String text(Terms terms) {
    return String.format(
        Locale.ROOT,
        "%,d records of %s in %d partitions wait; a fresh process of each arm takes them."
            + " From the start of the process to main, and from main to the first record at the"
            + " work and to the first acknowledged output; processor time of the process and heap"
            + " in use, garbage included, until then. The group is new and its broker lets the"
            + " first member begin at once (group.initial.rebalance.delay.ms=0), where brokers"
            + " wait 3 s by default. The peers take their clients' properties from the SDK's"
            + " settings; what it takes to read these is taken off the times, not off"
            + " processor time and heap.",
        WAITING.records(),
        WAITING.values().text(),
        WAITING.partitions());
  }

  @Override
  String settings() {
    return "flags " + Stage.flags(List.of());
  }

  @Override
  List<Section.Bar> bars(Runs<Arm, Started> runs) {
    return List.of();
  }

  @Override
  Section.Table table(Runs<Arm, Started> runs) {
    return runs.table(
        arms,
        "arm",
        List.of(
            runs.column("process to main, ms", Started::jvmMillis, 0),
            runs.column("main to first record, ms", Started::first, 0),
            runs.column("main to first acknowledged, ms", Started::acked, 0),
            runs.column("CPU s", run -> run.times().cpuSeconds(), 2),
            runs.column("heap MiB", run -> run.times().heapMebibytes(), 0)));
  }

  @Override
  Section.Chart chart(Runs<Arm, Started> runs) {
    return runs.chart(
        "From main to the first acknowledged output, in milliseconds",
        arms,
        arm -> arm.program() == Arm.Program.SDK,
        Started::acked);
  }
}
