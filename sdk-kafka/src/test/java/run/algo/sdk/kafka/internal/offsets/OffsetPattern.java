package run.algo.sdk.kafka.internal.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;

/** Records of a partition, settled or not, in increasing order of their offsets. */
final class OffsetPattern {

  /** How the statuses lie. */
  enum Statuses {
    RANDOM,
    ALTERNATING,
    CLUSTERED,
    MOSTLY_SETTLED,
    MOSTLY_UNSETTLED
  }

  /** How the offsets lie. */
  enum Spacing {
    DENSE,
    EVEN,
    RANDOM,
    CLUSTERED,
    ONE_GIANT_HOLE
  }

  final long base;
  final long[] offsets;
  final boolean[] settled;

  OffsetPattern(long base, long[] offsets, boolean[] settled) {
    this.base = base;
    this.offsets = offsets;
    this.settled = settled;
  }

  static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Records without holes, from the base. */
  static OffsetPattern dense(long base, boolean... settled) {
    long[] offsets = new long[settled.length];
    Arrays.setAll(offsets, i -> base + i);
    return new OffsetPattern(base, offsets, settled);
  }

  /** A pattern whose offsets are below base + span. */
  static OffsetPattern random(
      Random random, long base, int records, long span, Spacing spacing, Statuses statuses) {
    return new OffsetPattern(
        base, offsets(random, base, records, span, spacing), statuses(random, records, statuses));
  }

  static boolean[] statuses(Random random, int records, Statuses statuses) {
    boolean[] settled = new boolean[records];
    double share = statuses == Statuses.MOSTLY_UNSETTLED ? 0.02 : 0.98;
    double change = random.nextDouble() * 0.2;
    boolean current = random.nextBoolean();
    for (int i = 0; i < records; i++) {
      switch (statuses) {
        case RANDOM -> current = random.nextBoolean();
        case ALTERNATING -> current = !current;
        case CLUSTERED -> current ^= random.nextDouble() < change;
        case MOSTLY_SETTLED, MOSTLY_UNSETTLED -> current = random.nextDouble() < share;
      }
      settled[i] = current;
    }
    return settled;
  }

  private static long[] offsets(Random random, long base, int records, long span, Spacing spacing) {
    long[] offsets = new long[records];
    switch (spacing) {
      case DENSE -> Arrays.setAll(offsets, i -> base + i);
      case EVEN -> Arrays.setAll(offsets, i -> base + span / records * i);
      case RANDOM -> {
        for (int i = 0; i < records; i++) {
          offsets[i] = base + random.nextLong(span);
        }
      }
      case CLUSTERED -> {
        long[] centres = random.longs(1 + random.nextInt(20), 0, span).toArray();
        for (int i = 0; i < records; i++) {
          long centre = centres[random.nextInt(centres.length)];
          offsets[i] = base + Math.min(span - 1, centre + random.nextInt(4 * records));
        }
      }
      case ONE_GIANT_HOLE -> {
        int before = random.nextInt(records);
        long hole = span - records;
        Arrays.setAll(offsets, i -> base + i + (i < before ? 0 : hole));
      }
    }
    Arrays.sort(offsets);
    // Makes them distinct: upwards from the front, then downwards from the end of the span.
    for (int i = 1; i < records; i++) {
      offsets[i] = Math.max(offsets[i], offsets[i - 1] + 1);
    }
    for (int i = records - 1; i >= 0; i--) {
      offsets[i] = Math.min(offsets[i], base + span - records + i);
    }
    return offsets;
  }

  /** Tells of all records, partly in runs of equal neighbours. */
  void tell(CommitMetadataBuilder builder, Random random) {
    builder.clear();
    for (int i = 0; i < offsets.length; i++) {
      int first = i;
      while (i + 1 < offsets.length
          && settled[i + 1] == settled[first]
          && offsets[i + 1] == offsets[i] + 1
          && random.nextInt(8) > 0) {
        i++;
      }
      if (first == i && settled[i]) {
        builder.settled(offsets[i]);
      } else if (first == i) {
        builder.unsettled(offsets[i]);
      } else if (settled[i]) {
        builder.settled(offsets[first], offsets[i]);
      } else {
        builder.unsettled(offsets[first], offsets[i]);
      }
    }
  }

  String encode(CommitMetadataBuilder builder, Random random) {
    tell(builder, random);
    String metadata = builder.encode(base);
    assertThat(metadata.length()).isLessThanOrEqualTo(CommitMetadata.MAX_CHARS);
    assertThat(metadata).matches("[A-Za-z0-9_-]*");
    return metadata;
  }

  /** What was settled is contained, what was not is not. */
  void assertIsIn(SettledOffsets decoded) {
    assertThat(agreeing(decoded)).as("records read back as they were").isEqualTo(offsets.length);
    assertThat(decoded.isEmpty()).isEqualTo(lastSettled() < 0);
    assertThat(decoded.end()).isEqualTo(lastSettled() < 0 ? base : lastSettled() + 1);
  }

  /** How many records, from the first, are read back as they were. */
  int agreeing(SettledOffsets decoded) {
    int count = 0;
    while (count < offsets.length && decoded.contains(offsets[count]) == settled[count]) {
      count++;
    }
    return count;
  }

  long lastSettled() {
    int i = settled.length - 1;
    while (i >= 0 && !settled[i]) {
      i--;
    }
    return i < 0 ? -1 : offsets[i];
  }
}
