package run.algo.sdk.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers of different keys and the flow of parked records at once: none is lost, none overtakes.
 */
class KeyQueuesConcurrencyTest {

  private static final int WORKERS = 4;
  private static final int KEYS_OF_WORKER = 5;
  private static final int KEYS = WORKERS * KEYS_OF_WORKER;
  private static final int RECORDS_OF_KEY = 3_000;

  private final KeyQueues index = KeyQueues.ordered(RECORDS_OF_KEY);
  private final List<Collection<Long>> executed = new ArrayList<>();
  private final AtomicInteger left = new AtomicInteger(KEYS * RECORDS_OF_KEY);

  @Test
  @Timeout(120)
  void nothingIsLostAndNothingOvertakes() throws Exception {
    for (int key = 0; key < KEYS; key++) {
      executed.add(new ConcurrentLinkedQueue<>());
    }
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS + 1);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int own = worker;
        all.add(threads.submit(() -> work(own)));
      }
      all.add(threads.submit(this::flow));
      for (Future<?> one : all) {
        one.get(100, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(index.size()).isZero();
    assertThat(index.keys()).isZero();
    for (int key = 0; key < KEYS; key++) {
      int first = key;
      assertThat(executed.get(key))
          .containsExactlyElementsOf(
              LongStream.range(0, RECORDS_OF_KEY).map(i -> i * KEYS + first).boxed().toList());
    }
  }

  /** Reads the input of its keys. */
  private void work(int worker) {
    Random random = new Random(worker);
    for (long i = 0; i < RECORDS_OF_KEY; i++) {
      for (int key = worker * KEYS_OF_WORKER; key < (worker + 1) * KEYS_OF_WORKER; key++) {
        long offset = i * KEYS + key;
        switch (index.arrive(key(key), offset, false, 0)) {
          case FREE -> execute(offset, random.nextInt(50) == 0);
          case BEHIND -> index.stored(offset, offset);
          default -> throw new AssertionError("offset " + offset + " cannot arrive so");
        }
      }
    }
  }

  /** Executes what was parked. */
  private void flow() {
    Random random = new Random(WORKERS);
    List<Long> taken = new ArrayList<>();
    while (left.get() > 0) {
      index.take(0, 100, (offset, place, due) -> taken.add(offset));
      for (long offset : taken) {
        if (random.nextInt(20) == 0) {
          index.putBack(offset);
        } else if (index.begin(offset, 0) && execute(offset, random.nextInt(5) == 0)) {
          index.remove(offset);
        }
      }
      if (taken.isEmpty()) {
        Thread.onSpinWait();
      }
      taken.clear();
    }
  }

  /** Executes a record, which fails or does not. */
  private boolean execute(long offset, boolean fails) {
    int key = (int) (offset % KEYS);
    if (fails) {
      assertThat(index.failed(key(key), offset, 0)).isTrue();
      index.stored(offset, offset);
      return false;
    }
    executed.get(key).add(offset);
    left.decrementAndGet();
    return true;
  }

  private static byte[] key(int key) {
    return new byte[] {(byte) key};
  }
}
