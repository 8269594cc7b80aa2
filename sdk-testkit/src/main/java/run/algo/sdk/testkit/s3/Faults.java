package run.algo.sdk.testkit.s3;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import run.algo.sdk.testkit.s3.S3Fault.Effect;

/** The faults that stand, and how many requests there were. Thread-safe. */
final class Faults {

  private final Random random;
  private final List<Standing> standing = new ArrayList<>();
  private final Map<S3RequestKind, Long> counts = new EnumMap<>(S3RequestKind.class);

  Faults(long seed) {
    random = new Random(seed);
  }

  synchronized void add(S3Fault fault) {
    standing.add(new Standing(fault));
  }

  synchronized void clear() {
    standing.clear();
  }

  synchronized long count(S3RequestKind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** Counts a request and tells what happens to it: of each effect at most one, the first. */
  synchronized Map<Effect, Long> of(S3RequestKind kind) {
    counts.merge(kind, 1L, Long::sum);
    Map<Effect, Long> effects = new EnumMap<>(Effect.class);
    for (Standing one : standing) {
      S3Fault fault = one.fault;
      if (fault.concerns(kind)
          && one.left > 0
          && !effects.containsKey(fault.effect())
          && (fault.rate() >= 1 || random.nextDouble() < fault.rate())) {
        one.left--;
        effects.put(fault.effect(), fault.amount());
      }
    }
    standing.removeIf(one -> one.left == 0);
    return effects;
  }

  private static final class Standing {
    private final S3Fault fault;
    private int left;

    Standing(S3Fault fault) {
      this.fault = fault;
      left = fault.times();
    }
  }
}
