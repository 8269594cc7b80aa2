package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * How long a record is on its way through each arm, at the same load for all: half of what the
 * slowest of them can do, which a short comparison finds first.
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
  private static final Plan QUICK = new Plan(3, 3, 1, 100_000);

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
    LatencyLoad load =
        terms.rate().isPresent()
            ? LatencyLoad.given(terms.rate().getAsLong())
            : LatencyLoad.of(Comparison.run(options(terms, plan.topRecords, 1)), arms);
    System.out.println(load.text());
    Options options =
        options(terms, LatencyRun.FIRST + load.rate() * (plan.warmUp + plan.seconds), plan.rounds);
    LatencyResults results = new LatencyResults();
    try (Workspace workspace = new Workspace();
        Child broker = Comparison.broker(workspace.folder())) {
      String address = broker.awaitLine(BrokerMain.READY, Comparison.BROKER_START);
      try (Topics topics = new Topics(address)) {
        new Rounds(workspace, topics, options, load.rate(), plan.warmUp, results).run();
      }
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

  private Options options(Terms terms, long records, int rounds) {
    return Options.parse(
        "--keys",
        "uniform:1000",
        "--records",
        Long.toString(records),
        "--rounds",
        Integer.toString(rounds),
        "--arms",
        String.join(",", arms.stream().map(Arm::label).toList()),
        "--java-home",
        terms.jdk().toString());
  }

  /** All runs against one broker. */
  private record Rounds(
      Workspace workspace,
      Topics topics,
      Options options,
      long rate,
      int warmUp,
      LatencyResults results) {

    void run() throws InterruptedException {
      one(options.arms().get(0), 0); // warms the broker up
      List<Arm> order = new ArrayList<>(options.arms());
      for (int round = 1; round <= options.rounds(); round++) {
        for (Arm arm : order) {
          one(arm, round);
        }
        Collections.rotate(order, -1);
      }
    }

    private void one(Arm arm, int round) throws InterruptedException {
      Loader shape = options.loader();
      String input = TopicNames.unique("latency-in");
      String output = TopicNames.unique("latency-out");
      topics.create(input, shape.partitions());
      topics.create(output, shape.partitions());
      Map<String, String> environment =
          new HashMap<>(
              Environment.of(
                  topics.bootstrapServers(), input, output, TopicNames.unique("latency")));
      environment.putAll(options.settings());
      List<String> main =
          List.of(
              ArmMain.class.getName(),
              arm.label(),
              Long.toString(shape.records()),
              Work.parse(options.work()).spec());
      try (Child child =
          Child.start(
              workspace.folder(),
              options.jvm().home(),
              Comparison.flags(options),
              main,
              environment)) {
        LatencyRun.Found found =
            new LatencyRun(topics, shape, LatencyRun.FIRST + rate * warmUp, input, output)
                .measure((double) rate);
        if (!child.awaitEnd(Duration.ofMinutes(1))) {
          throw new IllegalStateException(child.tail());
        }
        if (round > 0) {
          results.add(arm, found);
        }
        say(arm, round, LatencyResults.figures(found));
      } catch (IllegalStateException e) {
        results.failed(arm, round, String.valueOf(e.getMessage()));
        say(arm, round, "FAILED, " + e.getMessage());
      } finally {
        topics.delete(input);
        topics.delete(output);
      }
    }

    private static void say(Arm arm, int round, String what) {
      String when = round == 0 ? "warm-up of the broker" : "round " + round;
      System.out.printf(Locale.ROOT, "%s, %s: %s%n", when, arm.label(), what);
    }
  }
}
