package run.algo.sdk.kafka.internal.engine;

import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many carriers this Java has for its virtual threads, where that can be changed: Java 24 and
 * newer, by {@code jdk.management.VirtualThreadSchedulerMXBean}. The carriers are the process's, so
 * what the runners of a process want beyond its own number is added up here. Thread-safe.
 */
interface CarrierPool {

  /** More carriers, threads of the system each, would not help a process. */
  int MOST = 256;

  /**
   * Changes how many carriers there are.
   *
   * @param more how many more, or fewer when negative
   * @return by how much it has changed
   */
  int change(int more);

  /** {@return the process's carriers; empty where their number is fixed} */
  static Optional<CarrierPool> ofProcess() {
    return Optional.ofNullable(Managed.INSTANCE);
  }

  /** By the bean, which this code is not compiled with. */
  final class Managed implements CarrierPool {

    private static final @Nullable CarrierPool INSTANCE = find();

    private final Object bean;
    private final Method get;
    private final Method set;

    private Managed(Object bean, Method get, Method set) {
      this.bean = bean;
      this.get = get;
      this.set = set;
    }

    private static @Nullable CarrierPool find() {
      try {
        Class<? extends PlatformManagedObject> type =
            Class.forName("jdk.management.VirtualThreadSchedulerMXBean")
                .asSubclass(PlatformManagedObject.class);
        @Nullable Object bean = ManagementFactory.getPlatformMXBean(type);
        return bean == null
            ? null
            : new Managed(
                bean,
                type.getMethod("getParallelism"),
                type.getMethod("setParallelism", int.class));
      } catch (ReflectiveOperationException | LinkageError | IllegalArgumentException e) {
        return null; // an older Java, or one without the module jdk.management
      }
    }

    @Override
    public synchronized int change(int more) {
      try {
        int before = (Integer) get.invoke(bean);
        int after = Math.max(1, Math.min(Math.max(MOST, before), before + more));
        if (after != before) {
          set.invoke(bean, after);
        }
        return after - before;
      } catch (IllegalAccessException | InvocationTargetException | RuntimeException e) {
        return 0; // a scheduler of another kind: as if there were no bean
      }
    }
  }
}
