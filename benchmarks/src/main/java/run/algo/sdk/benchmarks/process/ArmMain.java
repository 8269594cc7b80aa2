package run.algo.sdk.benchmarks.process;

import java.util.Map;
import run.algo.sdk.kafka.config.AlgoSettings;

/**
 * The process of one run: {@code ArmMain ARM RECORDS WORK [VALUES]}. Where to read and write is in
 * the environment, as the SDK has it; {@link Environment} makes it. Prints {@link Measured#line()}.
 */
final class ArmMain {

  /**
   * How many in 100 records of a run are warm-up, and do not count, unless something else is said.
   * Classes are loaded, code compiled, connections made. A service runs for days and compiles in
   * its first seconds; on two processors that takes a third of what there is from whatever else
   * runs, for up to 20 seconds.
   */
  static final int WARM_UP_PERCENT = 75;

  /** What all values once were: so that this revision can be compared with others. */
  private static final String BYTES = "bytes:200";

  private ArmMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 3 || args.length > 4) {
      throw new IllegalArgumentException("usage: ArmMain ARM RECORDS WORK [VALUES]");
    }
    ParentWatch.endWithParent();
    Job job = new Job(Values.parse(args.length == 4 ? args[3] : BYTES), Work.parse(args[2]));
    Measured measured = run(Arm.of(args[0]), Long.parseLong(args[1]), job, System.getenv());
    System.out.println(measured.line());
    System.exit(0);
  }

  /** So many of a run's records are warm-up. */
  static long warmUp(long records, int percent) {
    return records * percent / 100;
  }

  /** Runs an arm in this process. */
  static Measured run(Arm arm, long records, Job job, Map<String, String> given)
      throws InterruptedException {
    AckMeter meter =
        AckMeter.register(
            Environment.output(given), warmUp(records, Environment.warmUpPercent(given)), records);
    run(arm, job, given, meter);
    return meter.result();
  }

  /**
   * The same with a meter of the caller's.
   *
   * @param meter registered by the name of the output topic
   */
  static void run(Arm arm, Job job, Map<String, String> given, AckMeter meter)
      throws InterruptedException {
    Map<String, String> environment = arm.settings(given);
    String output = Environment.output(environment);
    environment.put("KAFKA_PRODUCER_INTERCEPTOR_CLASSES", AckMeter.Interceptor.class.getName());
    environment.put("KAFKA_PRODUCER_BENCHMARK_METER", output);
    String input = Environment.input(environment);
    switch (arm.program()) {
      case SDK ->
          SdkLoop.run(environment, arm.form(), job, meter, arm == Arm.SDK_PARTITION_OBSERVED);
      case BARE -> bare(arm, SdkLoop.settings(environment), input, output, job, meter);
      case STREAMS ->
          new StreamsLoop(
                  SdkLoop.settings(environment), Environment.streamsThreads(environment), job)
              .run(input, output, meter);
      case SPRING ->
          new SpringLoop(SdkLoop.settings(environment), output, job).run(arm.form(), input, meter);
      case MICRONAUT ->
          new MicronautLoop(SdkLoop.settings(environment), output, job).run(input, meter);
      case PARALLEL_CONSUMER ->
          new ParallelConsumerLoop(SdkLoop.settings(environment), output, job).run(input, meter);
    }
  }

  private static void bare(
      Arm arm, AlgoSettings settings, String input, String output, Job job, AckMeter meter)
      throws InterruptedException {
    if (arm.exactlyOnce()) {
      new BareTransactions(settings, input, output, job).run(meter);
      return;
    }
    Job done = arm == Arm.BARE_NO_WORK ? new Job(job.values(), new Work.None()) : job;
    BareLoop loop = new BareLoop(settings, input, output, done);
    switch (arm) {
      case BARE_FLUSH -> loop.runWithFlushes(meter);
      case BARE_VTHREAD -> loop.runOnVirtualThreads(meter);
      default -> loop.run(meter);
    }
  }
}
