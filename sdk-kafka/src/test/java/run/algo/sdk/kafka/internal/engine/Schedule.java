package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.spi.RetryStep;

/** What a seed decides before the first step: the settings, the load, and how much goes wrong. */
final class Schedule {

  final long seed;
  final Ordering ordering;
  final FormKind form;
  final int partitions;
  final int records;
  final int keys;
  final int members;
  final int steps;
  final EnginePlan plan;

  /** Every member gives all back before a rebalance, as the client's eager assignors do. */
  final boolean eager;

  /** Failed records have somewhere to go. */
  final boolean deadLetters;

  /** Offsets are missing so far apart that commit metadata may not reach across. */
  final boolean wideHoles;

  /** What records lead to is written in transactions. */
  final boolean exactlyOnce;

  /** Most of the time, in nanoseconds, that passes at once. */
  final int stride;

  /** How long an execution may take; empty when it may take any time. */
  final Optional<Duration> timeout;

  /** Some records are held for others of their trace. */
  final boolean gathers;

  /** Failed records wait in their place for each of these; empty when nothing is tried again. */
  final List<RetryStep> retries;

  /** How failed records are parked; null when they wait in their place. */
  final @Nullable Parks parks;

  /** The order in which the input is executed: a key's, at least, where parking keeps it. */
  final Ordering order;

  /** Whether executions count as quick, which few workers are enough for. */
  final boolean quick;

  // Each of a thousand

  final int failingSends;
  final int failingCommits;
  final int failingAlgos;
  final int slowAlgos;
  final int hangingAlgos;
  final int events;

  /**
   * How failed records are parked.
   *
   * @param ordered whether a key keeps its order
   * @param perKey most of a key
   * @param most most of a member
   * @param haltWhenFull whether what has no room halts its partition
   */
  record Parks(boolean ordered, int perKey, int most, boolean haltWhenFull) {}

  Schedule(long seed) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    ordering = one(List.of(Ordering.values()), random);
    form = one(List.of(FormKind.values()), random);
    partitions = 1 + random.nextInt(4);
    records = 20 + random.nextInt(41);
    keys = 1 + random.nextInt(8);
    members = 1 + random.nextInt(3);
    steps = 100 + random.nextInt(200);
    eager = random.nextBoolean();
    deadLetters = random.nextInt(8) != 0;
    wideHoles = random.nextInt(20) == 0;
    failingSends = rate(random, 200);
    failingCommits = rate(random, 300);
    int failing = rate(random, 300);
    slowAlgos = rate(random, 500);
    events = rate(random, 80);
    EnginePlan usual = plan(random);
    exactlyOnce = random.nextInt(3) == 0;
    stride = exactlyOnce ? one(List.of(3_000_000, 30_000_000, 300_000_000), random) : 3_000_000;
    timeout =
        random.nextInt(3) == 0
            ? Optional.of(Duration.ofMillis(1 + random.nextInt(30)))
            : Optional.empty();
    parks = parks(new SplittableRandom(seed * 31 + 17));
    order =
        parks != null && parks.ordered() && ordering == Ordering.UNORDERED
            ? Ordering.KEY
            : ordering;
    gathers =
        deadLetters
            && random.nextInt(4) == 0
            && parks == null; // else what is held in vain halts for good
    plan =
        gathers
            ? new EnginePlan(
                usual.execution(),
                usual.bounds(),
                usual.times().gatherTimeout(gatherTimeout(random)))
            : usual;
    hangingAlgos = timeout.isPresent() ? 1 + random.nextInt(80) : 0;
    retries = random.nextInt(3) == 0 || parks != null ? retries(random) : List.of();
    failingAlgos = retries.isEmpty() ? failing : 100 + failing;
    quick = new SplittableRandom(seed * 31 + 29).nextBoolean();
  }

  private @Nullable Parks parks(SplittableRandom random) {
    if (random.nextInt(4) != 0) {
      return null;
    }
    boolean halts = !deadLetters || random.nextBoolean(); // else what has no room halts for good
    int perKey = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1000;
    int most = random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 1000;
    return new Parks(random.nextInt(3) != 0, perKey, most, halts);
  }

  private static List<RetryStep> retries(SplittableRandom random) {
    List<RetryStep> steps = new ArrayList<>();
    int index = random.nextInt(20);
    for (int step = random.nextInt(3); step >= 0; step--) {
      index -= 1 + random.nextInt(3); // the last of them comes first
      Duration backoff = random.nextInt(5) == 0 ? Duration.ZERO : millis(random, 30);
      steps.add(new RetryStep(index, backoff, random.nextInt(4)));
    }
    return steps;
  }

  /** Some end within the steps, some only when nothing else goes on. */
  private static Duration gatherTimeout(SplittableRandom random) {
    return random.nextBoolean()
        ? Duration.ofMillis(5 + random.nextInt(100))
        : Duration.ofSeconds(20);
  }

  private static <T> T one(List<T> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  private EnginePlan plan(SplittableRandom random) {
    int pollRecords = 1 + random.nextInt(10);
    int pollBytes = 50 + random.nextInt(400);
    return new EnginePlan(
        new EnginePlan.Execution(
            ordering, 1 + random.nextInt(6), 1 + random.nextInt(8), millis(random, 6)),
        new EnginePlan.Bounds(
            pollRecords + random.nextInt(60),
            pollRecords,
            pollBytes + random.nextInt(random.nextBoolean() ? 300 : 6000),
            pollBytes),
        new EnginePlan.Times(
            millis(random, 20), millis(random, 40), millis(random, 40), millis(random, 10)));
  }

  /** Nothing of its kind in every third schedule, so that what else goes wrong is seen alone. */
  private static int rate(SplittableRandom random, int most) {
    return random.nextInt(3) == 0 ? 0 : random.nextInt(most);
  }

  private static Duration millis(SplittableRandom random, int most) {
    return Duration.ofMillis(random.nextInt(most));
  }

  @Override
  public String toString() {
    return String.format(
        "seed %d: %s, %s, %s, %d records in %d partitions, %d keys, %d members, %s%s%s%s, %s, retries %s, of a thousand"
            + " %d sends, %d commits, %d executions fail, %d are slow, %d hang (%s), %d steps are"
            + " events, %s",
        seed,
        exactlyOnce ? "exactly once" : "at least once",
        ordering,
        form,
        records,
        partitions,
        keys,
        members,
        eager ? "eager" : "cooperative",
        deadLetters ? "" : ", failures halt",
        wideHoles ? ", wide holes" : "",
        gathers ? ", gathers" : "",
        parks,
        retries,
        failingSends,
        failingCommits,
        failingAlgos,
        slowAlgos,
        hangingAlgos,
        timeout.map(Duration::toString).orElse("no timeout"),
        events,
        plan);
  }
}
