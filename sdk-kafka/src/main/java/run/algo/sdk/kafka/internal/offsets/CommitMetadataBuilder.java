package run.algo.sdk.kafka.internal.offsets;

import java.util.Arrays;

/**
 * Encodes {@link CommitMetadata}. It is told of the records in increasing order of their offsets,
 * then asked for the string; its arrays are kept for the next time, so nothing is allocated per
 * offset. Not thread-safe.
 *
 * <p>Offsets that it was not told of, between such that it was told of, are taken for holes that
 * have no record. So every record has to be mentioned, the unsettled ones too.
 */
public final class CommitMetadataBuilder {

  /** Runs of offsets that were mentioned, in turn settled and not. Holes within are swallowed. */
  private long[] firsts = new long[64];

  private long[] lasts = new long[64];
  private int runs;
  private boolean firstRunSettled;

  private final RunLengths lengths = new RunLengths();
  private final SextetWriter out = new SextetWriter();

  /** Forgets all offsets. */
  public void clear() {
    runs = 0;
  }

  /**
   * Whether no offset that follows those it was told of can make a difference: each run takes a bit
   * at least, in whatever form.
   *
   * @return whether the rest need not be told
   */
  public boolean full() {
    return runs > 2 * CommitMetadata.BITMAP_BITS;
  }

  /** The record at this offset is settled. */
  public void settled(long offset) {
    add(true, offset, offset);
  }

  /** All records from the first to the last offset, both inclusive, are settled. */
  public void settled(long first, long last) {
    add(true, first, last);
  }

  /** The record at this offset is not settled. */
  public void unsettled(long offset) {
    add(false, offset, offset);
  }

  /** No record from the first to the last offset, both inclusive, is settled. */
  public void unsettled(long first, long last) {
    add(false, first, last);
  }

  private void add(boolean settled, long first, long last) {
    if (first < 0 || last < first || last == Long.MAX_VALUE) {
      throw new IllegalArgumentException("no offsets: " + first + " to " + last);
    }
    if (runs > 0 && first <= lasts[runs - 1]) {
      throw new IllegalArgumentException(first + " does not follow " + lasts[runs - 1]);
    }
    if (runs == 0) {
      firstRunSettled = settled;
    } else if (isSettled(runs - 1) == settled) {
      lasts[runs - 1] = last;
      return;
    }
    if (runs == firsts.length) {
      firsts = Arrays.copyOf(firsts, runs * 2);
      lasts = Arrays.copyOf(lasts, runs * 2);
    }
    firsts[runs] = first;
    lasts[runs++] = last;
  }

  private boolean isSettled(int run) {
    return firstRunSettled == ((run & 1) == 0);
  }

  /**
   * The metadata to commit this offset with. What was mentioned stays, so it may be asked again.
   *
   * @param base the offset that is committed; offsets below it are left out, and offsets from it to
   *     the first that was mentioned count as not settled
   * @return the shortest string that names all settled offsets, or as many as fit, from the lowest;
   *     empty when there is none
   */
  public String encode(long base) {
    if (base < 0) {
      throw new IllegalArgumentException("no offset to commit: " + base);
    }
    int from = Arrays.binarySearch(lasts, 0, runs, base);
    from = from < 0 ? -from - 1 : from;
    int to = runs > 0 && !isSettled(runs - 1) ? runs - 1 : runs;
    if (from >= to) {
      return "";
    }
    long bitmap = bitmapSpan(base, from, to);
    RunLengths.Plan plan = null;
    boolean planHolesSettled = false;
    for (int variant = 0; variant < 2; variant++) {
      boolean holesSettled = variant == 0;
      if (!list(base, from, to, holesSettled) && variant > 0) {
        break; // without holes between the runs, the second variant is the first
      }
      for (RunCode code : RunCode.values()) {
        RunLengths.Plan candidate = lengths.plan(code);
        if (plan == null || isBetter(candidate, plan)) {
          plan = candidate;
          planHolesSettled = holesSettled;
        }
      }
    }
    if (plan == null || bitmapIsBetter(bitmap, plan)) {
      out.begin(CommitMetadata.BITMAP_KIND);
      writeBitmap(base, from, to, bitmap);
      return out.end(base, false);
    }
    list(base, from, to, planHolesSettled);
    out.begin(plan.code().kind());
    lengths.write(plan, out);
    return out.end(base, true);
  }

  private static boolean isBetter(RunLengths.Plan plan, RunLengths.Plan other) {
    return plan.span() != other.span() ? plan.span() > other.span() : plan.bits() < other.bits();
  }

  private static boolean bitmapIsBetter(long span, RunLengths.Plan plan) {
    return span != plan.span()
        ? span > plan.span()
        : span <= plan.bits() + CommitMetadata.RUN_HEADER_BITS;
  }

  /**
   * Lists the lengths of the runs, all holes between two of them counted to the settled or to the
   * unsettled one: whose lengths are the longer pays less for them, and which that is shows when
   * both are tried. Returns whether there are such holes.
   */
  private boolean list(long base, int from, int to, boolean holesSettled) {
    boolean holes = false;
    long start = base;
    if (firsts[from] > base && isSettled(from)) {
      // Nothing is known of these: they are not settled, rather than a record should be lost.
      lengths.begin(false);
      lengths.add(firsts[from] - base);
      start = firsts[from];
    } else {
      lengths.begin(isSettled(from));
    }
    // The runs that are left out at the end could not be written anyway.
    for (int run = from; run < to && !lengths.full(); run++) {
      long end = lasts[run] + 1;
      if (run + 1 < to && firsts[run + 1] != end) {
        holes = true;
        end = isSettled(run) == holesSettled ? firsts[run + 1] : end;
      }
      lengths.add(end - start);
      start = end;
    }
    return holes;
  }

  /** How many offsets a bitmap covers, up to the last settled one that it has room for. */
  private long bitmapSpan(long base, int from, int to) {
    for (int run = to - 1; run >= from; run -= 2) {
      if (firsts[run] - base < CommitMetadata.BITMAP_BITS) {
        return Math.min(lasts[run] - base + 1, CommitMetadata.BITMAP_BITS);
      }
    }
    return 0;
  }

  private void writeBitmap(long base, int from, int to, long span) {
    long written = 0;
    for (int run = isSettled(from) ? from : from + 1; run < to && written < span; run += 2) {
      long start = Math.max(0, firsts[run] - base);
      long end = Math.min(span, lasts[run] - base + 1);
      out.bits(false, start - written);
      out.bits(true, end - start);
      written = end;
    }
  }
}
