package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import run.algo.sdk.testkit.kafka.TopicNames;

/**
 * Runs arms round by round, each run in a fresh JVM against one broker in a process of its own, and
 * prints how they compare.
 *
 * <p>One input topic serves all runs; each has an output topic and a group of its own. Every round
 * starts with another arm, so that none is always the one behind the deletion of a topic. Where an
 * arm runs in several builds these are next to each other, and take turns at being the first.
 */
final class Comparison {

  /** In a flag, stands for the arm and the round. */
  static final String RUN = "{run}";

  private final Options options;
  private final List<List<Contender>> contenders;
  private final Work work;
  private final Stage stage;

  private Comparison(Options options, List<List<Contender>> contenders, Stage stage) {
    this.options = options;
    this.contenders = contenders;
    this.stage = stage;
    this.work = Work.parse(options.work());
  }

  /**
   * Runs it all and prints each run and the tables.
   *
   * @return every run
   */
  static Results run(Options options) throws InterruptedException, IOException {
    Results results =
        run(options, Contender.of(options.arms())).values().stream().findFirst().orElseThrow();
    System.out.print(results.table(options.arms()));
    System.out.print(
        results.ratioTable(
            options.arms(), arm -> options.against().isEmpty() ? arm.rivals() : options.against()));
    System.out.printf(Locale.ROOT, "load average at the end: %.1f%n", loadAverage());
    return results;
  }

  /**
   * Runs arms of several builds and prints each run.
   *
   * @param contenders by arm
   * @return every run, by build
   */
  static Map<Build, Results> run(Options options, List<List<Contender>> contenders)
      throws InterruptedException, IOException {
    if (options.jvm().recordings().isPresent()) {
      Files.createDirectories(options.jvm().recordings().get());
    }
    try (Stage stage = Stage.open()) {
      return new Comparison(options, contenders, stage).compare();
    }
  }

  private Map<Build, Results> compare() throws InterruptedException {
    describe();
    Load load = options.loader().fill(stage.topics(), TopicNames.unique("compare-in"));
    Map<Arm, Load> loads = new EnumMap<>(Arm.class);
    options.arms().forEach(arm -> loads.put(arm, load));
    if (!options.slow().isEmpty()) {
      Load little = options.loader().fewer().fill(stage.topics(), TopicNames.unique("compare-in"));
      options.slow().forEach(arm -> loads.put(arm, little));
    }
    Map<Build, Results> results = new LinkedHashMap<>();
    List<List<Contender>> order = new ArrayList<>();
    for (List<Contender> builds : contenders) {
      order.add(new ArrayList<>(builds));
      builds.forEach(
          one ->
              results.computeIfAbsent(
                  one.build(), build -> new Results(new Yardstick(options, load), build)));
    }
    Contender first = order.get(0).get(0);
    Objects.requireNonNull(results.get(first.build()))
        .warmUp(first.arm(), (arm, round) -> one(loads.getOrDefault(arm, load), first, round));
    for (int round = 1; round <= options.rounds(); round++) {
      for (List<Contender> builds : order) {
        for (Contender one : builds) {
          Objects.requireNonNull(results.get(one.build()))
              .once(one.arm(), round, (arm, now) -> one(loads.getOrDefault(arm, load), one, now));
        }
        Collections.rotate(builds, -1);
      }
      Collections.rotate(order, -1);
    }
    System.out.println();
    return results;
  }

  private Runs.Told<Measured> one(Load load, Contender one, int round) throws InterruptedException {
    Map<String, String> settings = new HashMap<>(options.settings());
    settings.put(Environment.STREAMS_THREADS, Integer.toString(options.streamsThreads()));
    settings.put(Environment.WARM_UP_PERCENT, Integer.toString(options.warmUpPercent()));
    List<String> main =
        new ArrayList<>(
            List.of(
                ArmMain.class.getName(),
                one.arm().label(),
                Long.toString(load.records()),
                work.spec()));
    if (!(options.loader().values() instanceof Values.RandomBytes)) {
      main.add(options.loader().values().spec()); // older revisions know no others
    }
    try (ArmRun run = new ArmRun(stage, one.arm(), load, settings);
        Child child = run.start(options.jvm().home(), one.build(), flags(one, round), main)) {
      if (!child.awaitEnd(options.jvm().timeout())) {
        throw new IllegalStateException(child.tail());
      }
      Measured measured = measured(child.output(), load, options.warmUpPercent());
      return new Runs.Told<>(measured, figures(measured, run.verify()));
    }
  }

  /** What a run says of itself; benchmarks of another revision may say something else. */
  static Measured measured(String printed, Load load, int warmUpPercent) {
    Measured measured =
        Measured.find(printed)
            .orElseThrow(
                () -> new IllegalStateException("too old or too new: it printed no result"));
    long counted = load.records() - ArmMain.warmUp(load.records(), warmUpPercent);
    if (measured.records() != counted) {
      throw new IllegalStateException(
          "too old or too new: its benchmarks count "
              + measured.records()
              + " of "
              + load.records()
              + " records and not "
              + counted
              + ", the others being warm-up");
    }
    return measured;
  }

  /** The flags of the arms' processes. */
  static List<String> flags(Options options) {
    return Stage.flags(options.jvm().flags());
  }

  private List<String> flags(Contender one, int round) {
    String run = one.label() + "-" + round;
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
        "%,d records of %s, %d partitions, keys %s, seed %d; work %s (%s); %d rounds%n",
        loader.records(),
        loader.values().text(),
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
}
