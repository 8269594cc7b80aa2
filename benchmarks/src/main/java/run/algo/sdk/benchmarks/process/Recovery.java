package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import run.algo.sdk.benchmarks.process.Takeover.Recovered;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.testkit.kafka.TopicNames;

/** How long an arm's outputs stand still when its process is killed, and what is done again. */
public final class Recovery extends ArmsPart<Arm, Recovered> {

  /** A run lasts longer than the session timeout. */
  private static final int ROUNDS = 3;

  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int IN_FLIGHT_AGAIN = 2;
  private static final int BEATS_IN_SESSION = 3;
  private static final int QUICK_SHARE = 3;
  private static final Duration SESSION = Duration.ofSeconds(6);
  private static final Loader LOADER =
      Loader.ofBytes(1_000_000, 200, 4, KeyDistribution.parse("zipf:1000"));
  private static final List<Arm> ARMS =
      List.of(
          Arm.BARE,
          Arm.SDK_PARTITION,
          Arm.SDK_KEY,
          Arm.SDK_PARTITION_EOS,
          Arm.STREAMS,
          Arm.SPRING,
          Arm.PARALLEL_CONSUMER_UNORDERED);

  private final List<Arm> arms;
  private final Loader loader;
  private final Work work;
  private final Duration session;

  /** With all arms. */
  public Recovery() {
    this(ARMS, LOADER, new Work.None(), SESSION);
  }

  Recovery(List<Arm> arms, Loader loader, Work work, Duration session) {
    super("recovery", "After a kill", ROUNDS);
    this.arms = arms;
    this.loader = loader;
    this.work = work;
    this.session = session;
  }

  /** Those of every arm. The name is that of a process that is started anew in its place. */
  private Map<String, String> variables() {
    long millis = session.toMillis();
    return Map.of(
        "KAFKA_CONSUMER_SESSION_TIMEOUT_MS",
        Long.toString(millis),
        "KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS",
        Long.toString(millis / BEATS_IN_SESSION),
        "INSTANCE_NAME",
        "recovery");
  }

  private Loader shape(Terms terms) {
    return terms.quick() ? loader.with(loader.records() / QUICK_SHARE) : loader;
  }

  @Override
  Runs<Arm, Recovered> run(Stage stage, Terms terms) throws InterruptedException {
    Load load = shape(terms).fill(stage.topics(), TopicNames.unique("recovery-in"));
    Runs<Arm, Recovered> runs =
        rounds(stage, terms, arms, Arm::label, (arm, round) -> one(stage, terms, load, arm));
    stage.topics().delete(load.topic());
    return runs;
  }

  private Runs.Told<Recovered> one(Stage stage, Terms terms, Load load, Arm arm)
      throws InterruptedException {
    Map<String, String> appended =
        Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    try (ArmRun run = new ArmRun(stage, arm, load, variables(), appended)) {
      Recovered recovered =
          new RecoveryRun(run, load, arm, work, terms.jdk()).measure(stage.topics());
      return new Runs.Told<>(
          recovered,
          String.format(
              Locale.ROOT,
              "first new output after %.2f s, %,d written again",
              recovered.seconds(),
              recovered.again()));
    }
  }

  @Override
  String text(Terms terms) {
    Loader shape = shape(terms);
    return String.format(
        Locale.ROOT,
        "%,d records of %s in %d partitions; the process gets SIGKILL when a third of the"
            + " outputs is there, and one of the same group and name starts at once. From the kill"
            + " until a reader of what is committed sees the first output of a record that had"
            + " none, and how many outputs are there once more. Nothing may be lost, and"
            + " exactly-once nothing written again. A member that was killed says nothing to its"
            + " group, so for the classic protocol and without static membership the session"
            + " timeout is to pass since its last heartbeat: it is %d s for all, with a heartbeat"
            + " every %d ms.",
        shape.records(),
        shape.values().text(),
        shape.partitions(),
        session.toSeconds(),
        session.toMillis() / BEATS_IN_SESSION);
  }

  @Override
  String settings() {
    return "settings " + variables() + ", flags " + Stage.flags(List.of());
  }

  @Override
  List<Section.Bar> bars(Runs<Arm, Recovered> runs) {
    Arm arm = Arm.SDK_PARTITION;
    int inFlight =
        SdkLoop.settings(arm.settings(Environment.of("localhost:1", "in", "out", "group")))
            .engine()
            .maxInFlight();
    List<Section.Bar> bars = new ArrayList<>();
    bars.add(
        runs.atMost(
            arm.label() + ", first output: at most the session timeout and 2 s",
            arm,
            Recovered::seconds,
            session.plus(GRACE).toMillis() / 1e3,
            2));
    bars.add(
        runs.atMost(
            String.format(
                Locale.ROOT,
                "%s, written again: at most %d × %,d in flight",
                arm.label(),
                IN_FLIGHT_AGAIN,
                inFlight),
            arm,
            Recovered::again,
            (double) IN_FLIGHT_AGAIN * inFlight,
            0));
    return bars;
  }

  @Override
  Section.Table table(Runs<Arm, Recovered> runs) {
    return runs.table(
        arms,
        "arm",
        List.of(
            runs.column("first new output, s", Recovered::seconds, 2),
            runs.column("written again", Recovered::again, 0)));
  }

  @Override
  Section.Chart chart(Runs<Arm, Recovered> runs) {
    return runs.chart(
        "Outputs written again after a kill",
        arms,
        arm -> arm.program() == Arm.Program.SDK,
        Recovered::again);
  }
}
