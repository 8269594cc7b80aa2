package run.algo.sdk.kafka.internal.offsets;

import java.util.Arrays;

/**
 * The lengths of runs of offsets, unsettled and settled in turn, the last one settled; and the
 * search for their shortest description. To be used again and again, by one thread.
 */
final class RunLengths {

  /**
   * How to write the runs, or a lower part of them.
   *
   * @param code the code of all lengths
   * @param unsettledParameter its parameter for the unsettled runs
   * @param settledParameter its parameter for the settled runs
   * @param runs how many runs are written
   * @param lastLength the length of the last of them, which may be cut
   * @param span how many offsets the runs cover
   * @param bits what the lengths take
   */
  record Plan(
      RunCode code,
      int unsettledParameter,
      int settledParameter,
      int runs,
      long lastLength,
      long span,
      long bits) {}

  private long[] lengths = new long[64];
  private int size;
  private int firstSettled;

  /** Begins a new sequence. */
  void begin(boolean firstRunSettled) {
    size = 0;
    firstSettled = firstRunSettled ? 0 : 1;
  }

  void add(long length) {
    if (size == lengths.length) {
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    lengths[size++] = length;
  }

  /** Whether there are as many runs as can ever be written. */
  boolean full() {
    return size >= CommitMetadata.RUN_BITS;
  }

  /** The best way to write as many settled offsets as fit, from the lowest, in this code. */
  Plan plan(RunCode code) {
    int runs = settledRunsIn(size);
    if (fits(code, sizeWith(runs))) {
      return planOf(code, sizeWith(runs));
    }
    // Too much. Fewer runs, or a shorter last one, never take more, so that both can be bisected.
    // Doubled first, as what fits may be a small part of what there is.
    int few = 0;
    int many = 1;
    while (many < runs && fits(code, sizeWith(many))) {
      few = many;
      many = Math.min(runs, 2 * many);
    }
    while (many - few > 1) {
      int middle = (few + many) >>> 1;
      if (fits(code, sizeWith(middle))) {
        few = middle;
      } else {
        many = middle;
      }
    }
    int cut = sizeWith(many);
    long whole = lengths[cut - 1];
    long fits = 0;
    long tooLong = whole;
    while (tooLong - fits > 1) {
      long middle = (fits + tooLong) >>> 1;
      lengths[cut - 1] = middle;
      if (fits(code, cut)) {
        fits = middle;
      } else {
        tooLong = middle;
      }
    }
    lengths[cut - 1] = fits;
    // A single settled offset after a single run always fits, so there is one run at least.
    Plan plan = planOf(code, fits > 0 ? cut : sizeWith(few));
    lengths[cut - 1] = whole;
    return plan;
  }

  /** Writes the body by a plan that was made of the same runs. */
  void write(Plan plan, SextetWriter out) {
    out.number(plan.unsettledParameter(), Sextets.BITS);
    out.number(plan.settledParameter(), Sextets.BITS);
    out.bit(isSettled(0));
    for (int i = 0; i < plan.runs(); i++) {
      long length = i == plan.runs() - 1 ? plan.lastLength() : lengths[i];
      int parameter = isSettled(i) ? plan.settledParameter() : plan.unsettledParameter();
      plan.code().write(out, length, parameter);
    }
  }

  private boolean isSettled(int run) {
    return (run & 1) == firstSettled;
  }

  private int settledRunsIn(int runs) {
    return (runs - firstSettled + 1) / 2;
  }

  /** How many runs there are up to and with so many settled ones. */
  private int sizeWith(int settledRuns) {
    return 2 * settledRuns - 1 + firstSettled;
  }

  private boolean fits(RunCode code, int runs) {
    return runs <= CommitMetadata.RUN_BITS
        && bits(code, 1 - firstSettled, runs) + bits(code, firstSettled, runs)
            <= CommitMetadata.RUN_BITS;
  }

  private long bits(RunCode code, int from, int runs) {
    return code.bits(lengths, from, runs, code.bestParameter(lengths, from, runs));
  }

  private Plan planOf(RunCode code, int runs) {
    int unsettled = 1 - firstSettled;
    int unsettledParameter = code.bestParameter(lengths, unsettled, runs);
    int settledParameter = code.bestParameter(lengths, firstSettled, runs);
    long bits =
        code.bits(lengths, unsettled, runs, unsettledParameter)
            + code.bits(lengths, firstSettled, runs, settledParameter);
    long span = 0;
    for (int i = 0; i < runs; i++) {
      span += lengths[i];
    }
    return new Plan(
        code, unsettledParameter, settledParameter, runs, lengths[runs - 1], span, bits);
  }
}
