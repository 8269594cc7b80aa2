package run.algo.sdk.benchmarks.storage;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import software.amazon.awssdk.crt.CRT;

/**
 * Watches this process's memory: every 10 ms what is in use, and after each collection what is left
 * in the heap. A heap with room may need none for as long as it is watched: then it can collect by
 * itself. Thread-safe.
 */
final class MemoryWatch implements AutoCloseable {

  private static final long EVERY_MILLIS = 10;
  private static final Path STATUS = Path.of("/proc/self/status");

  private final boolean netty;
  private final boolean crt;
  private final List<BufferPoolMXBean> buffers =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .toList();
  private final Set<String> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toUnmodifiableSet());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memory-watch");
            thread.setDaemon(true);
            return thread;
          });
  private Peaks peaks = Peaks.NONE;

  /**
   * Watches from now on.
   *
   * @param arm what is measured
   * @param collectMillis after how long garbage is collected each time, 0 = when the JVM does
   */
  MemoryWatch(StorageArm arm, long collectMillis) {
    netty = arm.api() == StorageArm.Api.NETTY;
    crt = arm.api() == StorageArm.Api.CRT;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener((notification, x) -> collected(notification), null, null);
      }
    }
    var unused = timer.scheduleAtFixedRate(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    if (collectMillis > 0) {
      unused =
          timer.scheduleWithFixedDelay(
              System::gc, collectMillis, collectMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void collected(Notification notification) {
    if (notification.getUserData() instanceof CompositeData data
        && notification
            .getType()
            .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      long left =
          GarbageCollectionNotificationInfo.from(data)
              .getGcInfo()
              .getMemoryUsageAfterGc()
              .entrySet()
              .stream()
              .filter(pool -> heapPools.contains(pool.getKey()))
              .mapToLong(pool -> pool.getValue().getUsed())
              .sum();
      saw(new Peaks(0, left, 0, 0, 0));
    }
  }

  private void look() {
    long direct = buffers.stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    saw(
        new Peaks(
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
            0,
            direct + (netty ? Math.max(0, PlatformDependent.usedDirectMemory()) : 0),
            crt ? CRT.nativeMemory() : 0,
            resident()));
  }

  private static long resident() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Not Linux: nobody tells.
    }
    return 0;
  }

  private synchronized void saw(Peaks seen) {
    peaks = peaks.max(seen);
  }

  /** What the peaks were since the last call; they begin anew. */
  Peaks take() {
    look();
    synchronized (this) {
      Peaks taken = peaks;
      peaks = Peaks.NONE;
      return taken;
    }
  }

  /** Begins anew. */
  synchronized void reset() {
    peaks = Peaks.NONE;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
