package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.util.List;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;

/**
 * How long a record is on its way through each arm, at the same load for all: half of what the
 * slowest of them can do, which a short comparison finds first. Sender and reader take processors
 * as well, which they have not in that comparison: where the slowest arm does not keep up beside
 * them the load is halved until it does.
 *
 * <p>The keys are uniform, unlike the base: where one key is an eighth of all records, the engine
 * that works on a key's records one at a time would set a load for the others at which none of them
 * has anything to do. The exactly-once arms are left out: their outputs are seen when a transaction
 * is committed, so that their latency is the window that is set.
 */
public final class Latency implements Part {

  static final List<Arm> ARMS =
      List.of(
          Arm.BARE,
          Arm.SDK_PARTITION,
          Arm.SDK_KEY,
          Arm.SDK_UNORDERED,
          Arm.STREAMS,
          Arm.SPRING,
          Arm.SPRING_BATCH,
          Arm.MICRONAUT,
          Arm.PARALLEL_CONSUMER_KEY,
          Arm.PARALLEL_CONSUMER_UNORDERED);

  /** The code is compiled meanwhile; nothing of it counts. */
  private static final int WARM_UP_SECONDS = 15;

  private static final int SECONDS = 20;
  private static final int ROUNDS = 3;
  private static final long TOP_RECORDS = 600_000;
  private static final Plan QUICK = new Plan(5, 3, 1, 100_000);

  private final List<Arm> arms;

  /** With all arms. */
  public Latency() {
    this(ARMS);
  }

  Latency(List<Arm> arms) {
    this.arms = List.copyOf(arms);
  }

  /**
   * How much is measured.
   *
   * @param warmUp seconds that do not count
   * @param seconds seconds that do
   * @param rounds how often each arm runs
   * @param topRecords records by which the arms' tops are found
   */
  record Plan(int warmUp, int seconds, int rounds, long topRecords) {

    static Plan of(Terms terms) {
      Plan plan = terms.quick() ? QUICK : new Plan(WARM_UP_SECONDS, SECONDS, ROUNDS, TOP_RECORDS);
      return new Plan(
          plan.warmUp, plan.seconds, terms.rounds().orElse(plan.rounds), plan.topRecords);
    }
  }

  @Override
  public String id() {
    return "latency";
  }

  @Override
  public String title() {
    return "Latency";
  }

  @Override
  public Outcome measure(Terms terms) throws IOException, InterruptedException {
    return measure(terms, Plan.of(terms));
  }

  Outcome measure(Terms terms, Plan plan) throws IOException, InterruptedException {
    double loadBefore = Conditions.load();
    Options options = options(terms, plan);
    LatencyLoad load =
        terms.rate().isPresent()
            ? LatencyLoad.given(terms.rate().getAsLong(), arms.get(0))
            : LatencyLoad.of(Comparison.run(options), arms);
    LatencyResults results = new LatencyResults();
    try (Stage stage = Stage.open()) {
      LatencyRounds rounds = new LatencyRounds(stage.folder(), stage.topics(), options, plan);
      // Warms the broker up, too.
      load = load.borne(rounds::keepsUp);
      System.out.println(load.text());
      rounds.run(load.rate(), results);
    }
    return new Outcome(
        results.section(
            this,
            options,
            load,
            terms.rate().isPresent() ? " --rate " + load.rate() : "",
            loadBefore),
        !results.anyFailed() && load.missing().isEmpty());
  }

  /** Those by which the arms' tops are found. */
  private Options options(Terms terms, Plan plan) {
    return Options.parse(
        "--keys",
        "uniform:1000",
        "--records",
        Long.toString(plan.topRecords),
        "--rounds",
        "1",
        "--arms",
        String.join(",", arms.stream().map(Arm::label).toList()),
        "--java-home",
        terms.jdk().toString());
  }
}
