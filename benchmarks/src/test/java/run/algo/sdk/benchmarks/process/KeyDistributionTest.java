package run.algo.sdk.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyDistributionTest {

  private static final int DRAWS = 1_000_000;

  private static long[] draw(String spec, long seed) {
    KeyDistribution keys = KeyDistribution.parse(spec);
    SplittableRandom random = new SplittableRandom(seed);
    long[] counts = new long[keys.keys()];
    for (int i = 0; i < DRAWS; i++) {
      counts[keys.next(random)]++;
    }
    return counts;
  }

  @Test
  void theNthKeyOfZipfIsNTimesAsRareAsTheFirst() {
    long[] counts = draw("zipf:1000", 7);
    double harmonic = 0;
    for (int n = 1; n <= 1000; n++) {
      harmonic += 1.0 / n;
    }
    for (int n : new int[] {1, 2, 3, 10, 100}) {
      double expected = DRAWS / harmonic / n;
      // Five standard deviations of a binomial count.
      assertThat((double) counts[n - 1]).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
    assertThat(counts).as("each key occurs").doesNotContain(0);
  }

  @Test
  void uniformKeysAreEquallyFrequent() {
    long[] counts = draw("uniform:10", 7);
    for (long count : counts) {
      assertThat(count).isBetween(98_500L, 101_500L);
    }
    assertThat(Arrays.stream(counts).sum()).isEqualTo(DRAWS);
  }

  @Test
  void theSeedDecides() {
    assertThat(draw("zipf:50", 1)).isEqualTo(draw("zipf:50", 1)).isNotEqualTo(draw("zipf:50", 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zipf", "zipf:0", "zipf:-1", "pareto:10", "uniform:1.5", ""})
  void otherSpecsAreRefused(String spec) {
    assertThatThrownBy(() -> KeyDistribution.parse(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zipf:1000");
  }
}
