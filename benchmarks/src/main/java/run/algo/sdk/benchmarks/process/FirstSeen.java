package run.algo.sdk.benchmarks.process;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** A work that notes when the first record came to it. Safe for use by several threads. */
final class FirstSeen implements Work {

  private final Work work;

  /** Monotonic time, which could be 0, but is not twice. */
  private final AtomicLong first = new AtomicLong();

  FirstSeen(Work work) {
    this.work = work;
  }

  @Override
  public void run() throws InterruptedException {
    if (first.get() == 0) {
      first.compareAndSet(0, System.nanoTime());
    }
    work.run();
  }

  @Override
  public String spec() {
    return work.spec();
  }

  /** {@return when the first record came, as {@code System.nanoTime} has it; empty = none did} */
  OptionalLong nanos() {
    long nanos = first.get();
    return nanos == 0 ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
