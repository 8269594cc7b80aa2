package run.algo.sdk.benchmarks.process;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often each key occurs: {@code zipf:1000}, where the n-th key is n times as rare as the first,
 * or {@code uniform:1000}. Immutable.
 */
final class KeyDistribution {

  private static final Pattern SPEC = Pattern.compile("(zipf|uniform):([1-9][0-9]{0,6})");

  private final String spec;

  /** The chance of a key or of one before it, by key; the last is 1. */
  private final double[] cumulated;

  private KeyDistribution(String spec, double[] weights) {
    this.spec = spec;
    this.cumulated = weights.clone();
    Arrays.parallelPrefix(cumulated, Double::sum);
    double sum = cumulated[cumulated.length - 1];
    for (int i = 0; i < cumulated.length; i++) {
      cumulated[i] /= sum;
    }
  }

  static KeyDistribution parse(String spec) {
    Matcher matcher = SPEC.matcher(spec);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "keys is " + spec + ": use zipf:1000 or uniform:1000, with the number of keys");
    }
    boolean zipf = matcher.group(1).equals("zipf");
    double[] weights = new double[Integer.parseInt(matcher.group(2))];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = zipf ? 1.0 / (i + 1) : 1.0;
    }
    return new KeyDistribution(spec, weights);
  }

  /** How many keys there are. */
  int keys() {
    return cumulated.length;
  }

  /** The next key, from 0; the same random numbers give the same keys. */
  int next(RandomGenerator random) {
    int found = Arrays.binarySearch(cumulated, random.nextDouble());
    int key = found >= 0 ? found + 1 : -found - 1;
    return Math.min(key, cumulated.length - 1);
  }

  @Override
  public String toString() {
    return spec;
  }
}
