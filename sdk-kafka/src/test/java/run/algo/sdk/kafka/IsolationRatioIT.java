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
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/**
 * How fast three partitions are beside a fourth that is slow, or halted, as a part of their speed
 * without it. A measurement, so it wants the machine for itself.
 */
@WithEmbeddedKafka
@Tag("chaos")
class IsolationRatioIT {

  private static final int ROUNDS = 7;
  private static final int RECORDS = 10_000;
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

  private record Working(First first, CountDownLatch end) implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) throws InterruptedException {
      if (context.position().partition() == 0) {
        if (first == First.HALTED) {
          throw new IllegalStateException("halts");
        }
        end.await();
      } else {
        LockSupport.parkNanos(100_000);
      }
      return Deployment.id(context.position());
    }
  }

  @ParameterizedTest
  @EnumSource
  void othersKeepTheirSpeed(Ordering ordering) {
    Map<First, List<Double>> ratios = new EnumMap<>(First.class);
    seconds(ordering, First.ABSENT); // warm
    for (int round = 0; round < ROUNDS; round++) {
      // In between, so that what changes with the time is the same for all.
      double alone = seconds(ordering, First.ABSENT);
      for (First first : List.of(First.SLOW, First.HALTED)) {
        ratios.computeIfAbsent(first, f -> new ArrayList<>()).add(alone / seconds(ordering, first));
      }
    }
    ratios.forEach(
        (first, measured) -> {
          Collections.sort(measured);
          System.out.printf(
              Locale.ROOT,
              "IsolationRatioIT: %s order, beside a %s partition: median %.3f, %.3f to %.3f%n",
              ordering.wireName(),
              first,
              measured.get(ROUNDS / 2),
              measured.get(0),
              measured.get(ROUNDS - 1));
        });
    assertThat(ratios.values())
        .allSatisfy(measured -> assertThat(measured.get(ROUNDS / 2)).isGreaterThanOrEqualTo(LEAST));
  }

  /** From the first record of the others to their last. */
  private double seconds(Ordering ordering, First first) {
    Deployment deployment = new Deployment(kafka, 4, 100);
    for (int p = first == First.ABSENT ? 1 : 0; p < 4; p++) {
      deployment.fillPartition(p, RECORDS);
    }
    Map<String, String> environment = deployment.environment();
    environment.put("ALGO_ORDERING", ordering.wireName());
    environment.put("ALGO_CONCURRENCY", "16");
    environment.put("ALGO_ON_FAILURE", "halt");
    environment.put("ALGO_SHUTDOWN_TIMEOUT", "1s");
    CountDownLatch end = new CountDownLatch(1);
    try (AlgoRunner runner =
        AlgoRunner.builder(new Working(first, end)).environment(environment).build()) {
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
