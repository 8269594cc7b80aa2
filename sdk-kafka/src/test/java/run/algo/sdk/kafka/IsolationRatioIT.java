package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * How fast three partitions are beside a fourth that is slow, or halted, as a part of their speed
 * without it. A measurement, so it wants the machine for itself.
 *
 * <p>In key order and unordered the partitions share {@code ALGO_CONCURRENCY} slots, and an
 * execution keeps its own however long it takes. The slow partition here never ends one, so it must
 * not come to hold more than one in sixteen.
 */
@WithEmbeddedKafka
@Tag("chaos")
class IsolationRatioIT {

  private static final int ROUNDS = 7;
  private static final int RECORDS = 10_000;
  private static final int CONCURRENCY = 16;

  private static final double LEAST = 0.9;

  private final EmbeddedKafka kafka;

  IsolationRatioIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  private enum First {
    ABSENT,
    SLOW,
    HALTED
  }

  /** What the records of the others are. */
  private enum Work {
    COMPUTING,
    WAITING;

    /** Returns something, so that the computation cannot be left out. */
    long run(long seed) {
      if (this == WAITING) {
        LockSupport.parkNanos(100_000);
        return seed;
      }
      // So many steps and not so much time, which would pass while other threads have the processor
      long state = seed;
      for (int i = 0; i < 50_000; i++) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      }
      return state;
    }
  }

  private record Working(First first, Work work, CountDownLatch end)
      implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      if (context.position().partition() == 0) {
        if (first == First.HALTED) {
          throw new IllegalStateException("halts");
        }
        end.await();
      } else {
        long result = work.run(context.position().offset());
        if (result == Long.MIN_VALUE) {
          return "unlikely";
        }
      }
      return Deployment.id(context.position());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PARTITION, COMPUTING",
    "KEY, COMPUTING",
    "UNORDERED, COMPUTING",
    "PARTITION, WAITING",
    "KEY, WAITING",
    "UNORDERED, WAITING"
  })
  void othersKeepTheirSpeed(Ordering ordering, Work work) {
    Map<First, List<Double>> ratios = new EnumMap<>(First.class);
    seconds(ordering, work, First.ABSENT); // warm
    for (int round = 0; round < ROUNDS; round++) {
      // In between, so that what changes with the time is the same for all.
      double alone = seconds(ordering, work, First.ABSENT);
      for (First first : List.of(First.SLOW, First.HALTED)) {
        ratios
            .computeIfAbsent(first, f -> new ArrayList<>())
            .add(alone / seconds(ordering, work, first));
      }
    }
    ratios.forEach(
        (first, measured) -> {
          Collections.sort(measured);
          System.out.printf(
              Locale.ROOT,
              "IsolationRatioIT: %s order, %s, beside a %s partition: median %.3f, %.3f to %.3f%n",
              ordering.wireName(),
              work,
              first,
              measured.get(ROUNDS / 2),
              measured.get(0),
              measured.get(ROUNDS - 1));
        });
    assertThat(ratios.get(First.SLOW).get(ROUNDS / 2)).isGreaterThanOrEqualTo(LEAST);
    assertThat(ratios.get(First.HALTED).get(ROUNDS / 2)).isGreaterThanOrEqualTo(LEAST);
  }

  /** From the first record of the others to their last. */
  private double seconds(Ordering ordering, Work work, First first) {
    Deployment deployment = new Deployment(kafka, 4, 100);
    for (int p = first == First.ABSENT ? 1 : 0; p < 4; p++) {
      deployment.fillPartition(p, RECORDS);
    }
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", ordering.wireName());
    environment.put("ALGO_CONCURRENCY", Integer.toString(CONCURRENCY));
    environment.put("ALGO_ON_FAILURE", "halt");
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "1s");
    CountDownLatch end = new CountDownLatch(1);
    try (AlgoRunner runner =
        AlgoRunner.builder(new Working(first, work, end)).environment(environment).build()) {
      runner.start();
      deployment.awaitOutputs(1);
      long began = System.nanoTime();
      long ahead = deployment.outputs();
      await("the others' ends")
          .atMost(Deployment.SOON)
          .pollInterval(java.time.Duration.ofMillis(5))
          .until(() -> deployment.outputs() == 3L * RECORDS);
      double seconds = (System.nanoTime() - began) / 1e9;
      end.countDown();
      return seconds * 3 * RECORDS / (3.0 * RECORDS - ahead);
    }
  }
}
