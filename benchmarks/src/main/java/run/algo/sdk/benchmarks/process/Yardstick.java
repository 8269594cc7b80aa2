package run.algo.sdk.benchmarks.process;

import java.util.OptionalDouble;

/** The bare loop, or for waits the ceiling that concurrency and order leave. */
final class Yardstick implements Results.Baseline {

  /** As the SDK and, where the work waits, the loop of Parallel Consumer have it. */
  private static final int WAITING_CONCURRENCY = 1_000;

  private final Options options;
  private final Work work;
  private final Load load;

  Yardstick(Options options, Load load) {
    this.options = options;
    this.work = Work.parse(options.work());
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

  /** How many records wait at once, at most; the loop of virtual threads has no limit but room. */
  int concurrency(Arm arm) {
    String set = options.settings().get("ALGO_CONCURRENCY");
    return switch (arm.program()) {
      case BARE -> Integer.parseInt(options.settings().getOrDefault("ALGO_MAX_IN_FLIGHT", "10000"));
      case STREAMS -> options.streamsThreads();
      case SPRING, MICRONAUT -> 1;
      case SDK -> set == null ? defaultConcurrency(arm) : Integer.parseInt(set);
      case PARALLEL_CONSUMER -> set == null ? WAITING_CONCURRENCY : Integer.parseInt(set);
    };
  }

  /** As the SDK chooses it: by whether what waits holds a thread of the operating system. */
  private int defaultConcurrency(Arm arm) {
    return arm.form() == Arm.Form.ASYNC || onVirtualThreads(arm)
        ? WAITING_CONCURRENCY
        : Runtime.getRuntime().availableProcessors();
  }

  private boolean onVirtualThreads(Arm arm) {
    return switch (options.settings().getOrDefault("ALGO_THREADS", "auto")) {
      case "virtual" -> true;
      case "platform" -> false;
      default -> arm.scope() != Arm.Scope.PARTITION && options.jvm().hasVirtualThreads();
    };
  }
}
