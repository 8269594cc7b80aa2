package run.algo.sdk.benchmarks.process;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What this process has used up to a moment.
 *
 * @param nanos monotonic time, in nanoseconds
 * @param cpuNanos processor time of all threads, the JVM's own included, in nanoseconds
 * @param allocatedBytes bytes allocated by the threads, where the JVM tells it
 */
public record Usage(long nanos, long cpuNanos, long allocatedBytes) {

  /** Up to now. */
  public static Usage now() {
    long cpu = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    return new Usage(System.nanoTime(), cpu, allocated());
  }

  /** What was used since then. */
  public Usage minus(Usage earlier) {
    return new Usage(
        nanos - earlier.nanos,
        cpuNanos - earlier.cpuNanos,
        allocatedBytes - earlier.allocatedBytes);
  }

  /** This and some more. */
  public Usage plus(Usage more) {
    return new Usage(
        nanos + more.nanos, cpuNanos + more.cpuNanos, allocatedBytes + more.allocatedBytes);
  }

  /** Up to Java 20 only of the threads that live; the arms end none while they are measured. */
  private static long allocated() {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    try {
      Object total = ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
      return total instanceof Long bytes ? bytes : 0;
    } catch (NoSuchMethodException e) {
      return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
          .filter(bytes -> bytes > 0)
          .sum();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read the allocated bytes", e);
    }
  }
}
