package run.algo.sdk.benchmarks.process;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The process of a run of which the heap is measured: {@code MemoryMain ARM FIRST RECORDS}. The
 * first records wait in the topic: they load classes and make connections, and nothing of them
 * counts. The others come when it has printed {@link #EMPTY}, and are held until all are in flight.
 * It runs until it is killed.
 */
final class MemoryMain {

  /** Begins the line with the bytes of the heap after GC with nothing in flight. */
  static final String EMPTY = "EMPTY ";

  /** Begins the line with the same with all in flight. */
  static final String HELD = "HELD ";

  /** Begins the line with the same when all of them have gone. */
  static final String GONE = "GONE ";

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * So long are the first held: an SDK that has seen shorter executions takes partitions that have
   * not ended one for slow, and gives them more of its concurrency only one by one.
   */
  private static final long USUAL_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private MemoryMain() {}

  /**
   * Runs the arm.
   *
   * @param args see above
   */
  public static void main(String[] args) throws InterruptedException {
    ParentWatch.endWithParent();
    EndlessMain.endWith(Thread.currentThread());
    int first = Integer.parseInt(args[1]);
    int records = Integer.parseInt(args[2]);
    Gate gate = new Gate();
    AckMeter meter = AckMeter.endless(Environment.output(System.getenv()));
    Thread watch = new Thread(() -> watch(gate, meter, first, records), "watch");
    watch.setDaemon(true);
    EndlessMain.endWith(watch);
    watch.start();
    ArmMain.run(Arm.of(args[0]), Job.ofBytes(gate), System.getenv(), meter);
  }

  private static void watch(Gate gate, AckMeter meter, int first, int records) {
    await(gate::held, first, "in flight");
    LockSupport.parkNanos(USUAL_NANOS);
    gate.open();
    await(meter::acknowledgedCount, first, "acknowledged");
    System.out.println(EMPTY + heapAfterCollection());
    await(gate::held, records, "in flight");
    System.out.println(HELD + heapAfterCollection());
    gate.open();
    await(meter::acknowledgedCount, first + records, "acknowledged");
    System.out.println(GONE + heapAfterCollection());
  }

  private static void await(LongSupplier count, long wanted, String what) {
    long best = 0;
    long last = System.nanoTime();
    for (long now = count.getAsLong(); now != wanted; now = count.getAsLong()) {
      if (now > best) {
        best = now;
        last = System.nanoTime();
      }
      if (System.nanoTime() - last > PATIENCE_NANOS) {
        throw new IllegalStateException("no more than " + best + " records are " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** The second collection takes what the first has only made free to be taken. */
  private static long heapAfterCollection() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
