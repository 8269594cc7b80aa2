package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The process of a run of which the start is measured: {@code StartMain ARM RECORDS}. Prints {@link
 * StartTimes#line()}. Until the first acknowledgement it does nothing that the arm does not need,
 * but for one thing: the peers have their clients' properties from the SDK's settings, and what it
 * takes to read these is told, to be taken off.
 */
final class StartMain {

  private StartMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    long beganNanos = System.nanoTime();
    long beganMillis = System.currentTimeMillis();
    ParentWatch.endWithParent();
    Arm arm = Arm.of(args[0]);
    Map<String, String> environment = System.getenv();
    long borrowed = arm.program() == Arm.Program.SDK ? 0 : readSettings(arm.settings(environment));
    AckMeter meter = AckMeter.register(Environment.output(environment), 1, Long.parseLong(args[1]));
    FirstSeen work = new FirstSeen(new Work.None());
    FutureTask<StartTimes> times =
        new FutureTask<>(() -> awaitFirst(meter, work, beganMillis, beganNanos, borrowed));
    Thread watch = new Thread(times, "watch");
    watch.setDaemon(true);
    EndlessMain.endWith(Thread.currentThread());
    watch.start();
    ArmMain.run(arm, Job.ofBytes(work), environment, meter);
    System.out.println(times.get().line());
    System.exit(0);
  }

  private static StartTimes awaitFirst(
      AckMeter meter, FirstSeen work, long beganMillis, long beganNanos, long borrowed)
      throws InterruptedException {
    long acked = meter.awaitFirst();
    // Not by the management beans: to load these takes long, and other threads are at work.
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    Runtime runtime = Runtime.getRuntime();
    return new StartTimes(
        beganMillis,
        work.nanos().orElseThrow() - beganNanos,
        acked - beganNanos,
        borrowed,
        cpu.toNanos(),
        runtime.totalMemory() - runtime.freeMemory());
  }

  /** How long it takes to read the settings, less what whoever makes clients needs anyway. */
  private static long readSettings(Map<String, String> environment) {
    if (ConsumerConfig.configNames().isEmpty() || ProducerConfig.configNames().isEmpty()) {
      throw new IllegalStateException("the clients have no properties");
    }
    long began = System.nanoTime();
    SdkLoop.settings(environment);
    return System.nanoTime() - began;
  }
}
