package run.algo.sdk.kafka.internal.offsets;

/**
 * A code for run lengths, with a parameter k of 0 to {@link #MAX_PARAMETER}. Lengths are at least
 * 1, so what is coded is y = length - 1. Each code spends at least k + 1 bits, has a bit that is
 * not set, and covers every y below 2<sup>63</sup>.
 */
enum RunCode {
  /**
   * Golomb-Rice: y / 2<sup>k</sup> in unary (as many ones, and a zero), then the k lowest bits of
   * y. The shortest code of runs whose ends are scattered at random, and the one whose worst case
   * is known: see {@link CommitMetadata#fits}.
   */
  RICE('r') {
    @Override
    long bits(long[] lengths, int from, int to, int k) {
      long sum = 0;
      int runs = 0;
      for (int i = from; i < to; i += 2) {
        // No overflow: the lengths of all runs together are a span of offsets.
        sum += (lengths[i] - 1) >>> k;
        runs++;
      }
      return Math.min(sum, NEVER) + (long) runs * (k + 1);
    }

    @Override
    void write(SextetWriter out, long length, int k) {
      long y = length - 1;
      out.bits(true, y >>> k);
      out.bit(false);
      out.number(y, k);
    }

    @Override
    long read(SextetReader in, int k) throws MetadataFormatException {
      long quotient = in.ones();
      if (quotient > Long.MAX_VALUE >>> k) {
        throw in.refusal(TOO_LONG);
      }
      return length((quotient << k) + in.number(k), in);
    }
  },

  /**
   * Exponential Golomb: with v = y + 2<sup>k</sup> and m = floor(log2 v), m - k in unary (as many
   * ones, and a zero), then the m lowest bits of v. Pays for a giant among short runs, such as the
   * hole that compaction left, with bits of its own and not with bits of all others.
   */
  EXPONENTIAL('e') {
    @Override
    long bits(long[] lengths, int from, int to, int k) {
      long sum = 0;
      for (int i = from; i < to; i += 2) {
        sum += 2L * magnitude(lengths[i] - 1 + (1L << k)) + 1 - k;
      }
      return sum;
    }

    @Override
    void write(SextetWriter out, long length, int k) {
      long v = length - 1 + (1L << k);
      int magnitude = magnitude(v);
      out.bits(true, magnitude - k);
      out.bit(false);
      out.number(v, magnitude);
    }

    @Override
    long read(SextetReader in, int k) throws MetadataFormatException {
      int magnitude = in.ones() + k;
      if (magnitude > 63) {
        throw in.refusal(TOO_LONG);
      }
      return length((1L << magnitude) + in.number(magnitude) - (1L << k), in);
    }
  };

  static final int MAX_PARAMETER = 62;

  private static final String TOO_LONG = "has a run that ends beyond all offsets";

  /** A number of bits that never fits, far enough from overflow. */
  private static final long NEVER = 1L << 62;

  private final char kind;

  RunCode(char kind) {
    this.kind = kind;
  }

  /** The character that names this code in the metadata. */
  char kind() {
    return kind;
  }

  /** What every second run, of those between the two indices, takes with this parameter. */
  abstract long bits(long[] lengths, int from, int to, int k);

  abstract void write(SextetWriter out, long length, int k);

  /** The length of the next run. */
  abstract long read(SextetReader in, int k) throws MetadataFormatException;

  /** The parameter that codes every second run, of those between the two indices, shortest. */
  int bestParameter(long[] lengths, int from, int to) {
    long runs = (Math.max(0, to - from) + 1L) / 2;
    int best = 0;
    long least = bits(lengths, from, to, 0);
    // Since each run takes k + 1 bits at least, no later parameter can be better at the end.
    for (int k = 1; k <= MAX_PARAMETER && runs * (k + 1) < least; k++) {
      long bits = bits(lengths, from, to, k);
      if (bits < least) {
        least = bits;
        best = k;
      }
    }
    return best;
  }

  /** The position of the highest bit, of an unsigned number. */
  private static int magnitude(long v) {
    return 63 - Long.numberOfLeadingZeros(v);
  }

  private static long length(long y, SextetReader in) throws MetadataFormatException {
    if (y < 0 || y == Long.MAX_VALUE) {
      throw in.refusal(TOO_LONG);
    }
    return y + 1;
  }
}
