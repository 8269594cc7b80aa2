package run.algo.sdk.kafka.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PayloadMemoryTest {

  private static final Duration LONG = Duration.ofSeconds(50);

  private final PayloadMemory memory = new PayloadMemory(100);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private PayloadMemory.Holding holding() {
    return memory.holding(new PayloadMemory.Share());
  }

  @Test
  void whatIsTakenIsGivenBackAtTheEnd() throws Exception {
    PayloadMemory.Holding one = holding();
    assertThat(one.take(60, LONG)).isTrue();
    one.giveBack(20);
    assertThat(memory.taken()).isEqualTo(40);
    one.close();
    one.close();
    one.giveBack(10);
    assertThat(memory.taken()).isZero();
    assertThatThrownBy(() -> one.take(1, LONG)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoHoldsNothingWaitsInTheOrderOfAsking() throws Exception {
    PayloadMemory.Holding first = holding();
    first.take(90, LONG);
    List<String> order = new CopyOnWriteArrayList<>();
    Future<PayloadMemory.Holding> large = threads.submit(() -> took(order, "large", 95));
    await().until(() -> memory.waiting() == 1);
    Future<PayloadMemory.Holding> small = threads.submit(() -> took(order, "small", 10));
    await().until(() -> memory.waiting() == 2);
    assertThat(holding().take(10, Duration.ofMillis(1))).as("behind the others").isFalse();
    assertThat(order).isEmpty();
    first.close();
    PayloadMemory.Holding next = large.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("large"); // there is no room for both
    next.close();
    small.get(30, TimeUnit.SECONDS);
    assertThat(order).containsExactly("large", "small");
  }

  private PayloadMemory.Holding took(List<String> order, String name, long bytes)
      throws InterruptedException {
    PayloadMemory.Holding holding = holding();
    assertThat(holding.take(bytes, LONG)).isTrue();
    order.add(name);
    return holding;
  }

  @Test
  void whoHoldsSomeNeverWaitsNorDoesItsShare() throws Exception {
    PayloadMemory.Holding other = holding();
    other.take(90, LONG);
    PayloadMemory.Share share = new PayloadMemory.Share();
    PayloadMemory.Holding one = memory.holding(share);
    PayloadMemory.Holding two = memory.holding(share);
    one.take(10, LONG);
    assertThat(one.take(30, LONG)).isTrue();
    assertThat(two.take(30, LONG)).isTrue();
    assertThat(two.left()).isEqualTo(30);
    assertThat(memory.taken()).isEqualTo(160);
    one.close();
    assertThat(two.left()).isEqualTo(70);
  }

  @Test
  void anInterruptEndsTheWaitAndTheQueueGoesOn() throws Exception {
    PayloadMemory.Holding first = holding();
    first.take(100, LONG);
    Future<?> waiting = threads.submit(() -> holding().take(100, LONG));
    await().until(() -> memory.waiting() == 1);
    waiting.cancel(true);
    await().until(() -> memory.waiting() == 0);
    first.close();
    assertThat(holding().take(100, LONG)).isTrue();
  }

  @Test
  void manyThreadsNeverExceedTheBoundAndNoneIsForgotten() throws Exception {
    AtomicLong most = new AtomicLong();
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 16; t++) {
      Random random = new Random(t);
      all.add(
          threads.submit(
              () -> {
                for (int i : IntStream.range(0, 500).toArray()) {
                  try (PayloadMemory.Holding holding = holding()) {
                    assertThat(holding.take(1 + random.nextInt(100), LONG)).as("%s", i).isTrue();
                    most.accumulateAndGet(memory.taken(), Math::max);
                  }
                }
                return null;
              }));
    }
    for (Future<?> each : all) {
      each.get(50, TimeUnit.SECONDS);
    }
    assertThat(most.get()).isBetween(1L, 100L);
    assertThat(memory.taken()).isZero();
  }
}
