package run.algo.examples.conformance;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/** Keeps the calling thread busy. */
final class CpuTime {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuTime() {}

  /** Burns that much CPU time of this thread, however long others hold the processor. */
  static void burn(long micros) {
    long end = now() + TimeUnit.MICROSECONDS.toNanos(micros);
    while (now() < end) {
      Thread.onSpinWait();
    }
  }

  /** Spins for that much wall-clock time; an interrupt stays pending and changes nothing. */
  static void spin(long millis) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(millis)) {
      Thread.onSpinWait();
    }
  }

  private static long now() {
    try {
      return THREADS.getCurrentThreadCpuTime();
    } catch (UnsupportedOperationException e) {
      return System.nanoTime(); // virtual threads have no CPU time of their own
    }
  }
}
