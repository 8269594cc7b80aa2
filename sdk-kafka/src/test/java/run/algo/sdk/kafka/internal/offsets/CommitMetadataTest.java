package run.algo.sdk.kafka.internal.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static run.algo.sdk.kafka.internal.offsets.OffsetPattern.any;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.offsets.OffsetPattern.Spacing;
import run.algo.sdk.kafka.internal.offsets.OffsetPattern.Statuses;

class CommitMetadataTest {

  /** One for all tests: what is left of the last use must not show in the next. */
  private final CommitMetadataBuilder builder = new CommitMetadataBuilder();

  /** Spans of consecutive offsets of which any pattern fits; the promise is 24,000 at least. */
  private static final int WINDOW = 24_516;

  private static void seeded(int cases, Case body) throws Exception {
    for (int seed = 0; seed < cases; seed++) {
      try {
        body.run(new Random(seed));
      } catch (AssertionError | Exception e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private interface Case {
    void run(Random random) throws Exception;
  }

  @Test
  void whatFitsIsReadBackAsItWas() throws Exception {
    EnumSet<Spacing> spacings = EnumSet.noneOf(Spacing.class);
    Set<Character> kinds = new HashSet<>();
    seeded(
        6000,
        random -> {
          int records = 1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 60);
          long span =
              records + (random.nextBoolean() ? 0 : random.nextLong(1L << (4 + records % 40)));
          long base = random.nextBoolean() ? random.nextInt(1000) : random.nextLong(1L << 61);
          Spacing spacing = any(random, Spacing.values());
          OffsetPattern pattern =
              OffsetPattern.random(
                  random, base, records, span, spacing, any(random, Statuses.values()));
          String metadata = pattern.encode(builder, random);
          if (CommitMetadata.fits(records, span)) {
            pattern.assertIsIn(CommitMetadata.decode(base, metadata));
            spacings.add(spacing);
          }
          if (!metadata.isEmpty()) {
            kinds.add(metadata.charAt(CommitMetadata.KIND_AT));
          }
        });
    assertThat(spacings).as("all spacings took part").hasSize(Spacing.values().length);
    assertThat(kinds)
        .as("each kind is the shortest at times")
        .containsExactlyInAnyOrder('b', 'r', 'e');
  }

  @Test
  void nothingSettledBeyondTheBaseIsTheEmptyString() throws Exception {
    assertThat(builder.encode(5)).isEmpty();
    builder.settled(1, 4);
    builder.unsettled(5, 9);
    assertThat(builder.encode(5)).isEmpty();
    assertThat(builder.encode(10)).isEmpty();
    assertThat(builder.encode(4)).isNotEmpty();
    builder.clear();
    assertThat(builder.encode(4)).isEmpty();
    for (String blank : List.of("", " ", "\n\t ")) {
      SettledOffsets none = CommitMetadata.decode(5, blank);
      assertThat(none.isEmpty()).isTrue();
      assertThat(none.end()).isEqualTo(5);
      assertThat(none.contains(5)).isFalse();
    }
  }

  @Test
  void onlyWhatLiesBeyondTheBaseIsKept() throws Exception {
    builder.settled(0, 9);
    builder.unsettled(10);
    builder.settled(11, 20);
    builder.unsettled(21);
    builder.settled(22);
    assertThat(runs(CommitMetadata.decode(10, builder.encode(10)), 0))
        .containsExactly("11-20", "22-22");
    assertThat(runs(CommitMetadata.decode(15, builder.encode(15)), 0))
        .containsExactly("15-20", "22-22");
    assertThat(runs(CommitMetadata.decode(22, builder.encode(22)), 0)).containsExactly("22-22");
    assertThat(builder.encode(23)).isEmpty();
  }

  /** The offsets before the first that was mentioned are no hole between two that were. */
  @Test
  void nothingIsSettledThatWasNotMentioned() throws Exception {
    builder.settled(100, 105);
    assertThat(runs(CommitMetadata.decode(50, builder.encode(50)), 0)).containsExactly("100-105");
  }

  @Test
  void holesCostNothingBetweenRecordsOfOneStatus() {
    builder.unsettled(0);
    builder.settled(1, 1000);
    String without = builder.encode(0);
    builder.clear();
    builder.unsettled(0);
    for (int offset = 1; offset <= 1000; offset += 3) {
      builder.settled(offset);
    }
    assertThat(builder.encode(0)).isEqualTo(without);
  }

  @Test
  void runsAreHandedOverFromAnyOffset() throws Exception {
    builder.unsettled(100);
    builder.settled(101, 110);
    builder.unsettled(111);
    builder.settled(112);
    SettledOffsets settled = CommitMetadata.decode(100, builder.encode(100));
    assertThat(settled.end()).isEqualTo(113);
    assertThat(runs(settled, 0)).containsExactly("101-110", "112-112");
    assertThat(runs(settled, 105)).containsExactly("105-110", "112-112");
    assertThat(runs(settled, 110)).containsExactly("110-110", "112-112");
    assertThat(runs(settled, 111)).containsExactly("112-112");
    assertThat(runs(settled, 113)).isEmpty();
    // The next owner feeds what it inherits to its own builder.
    CommitMetadataBuilder next = new CommitMetadataBuilder();
    next.unsettled(100);
    settled.forEachRun(
        100,
        (first, last) -> {
          next.settled(first, last);
          next.unsettled(last + 1);
        });
    assertThat(next.encode(100)).isEqualTo(builder.encode(100));
  }

  private static List<String> runs(SettledOffsets settled, long from) {
    List<String> runs = new ArrayList<>();
    settled.forEachRun(from, (first, last) -> runs.add(first + "-" + last));
    return runs;
  }

  @Test
  void theEndsOfAllOffsetsAreReached() throws Exception {
    long last = Long.MAX_VALUE - 1;
    builder.unsettled(0, last - 1);
    builder.settled(last);
    assertThat(runs(CommitMetadata.decode(0, builder.encode(0)), 0))
        .containsExactly(last + "-" + last);
    assertThat(runs(CommitMetadata.decode(last, builder.encode(last)), 0))
        .containsExactly(last + "-" + last);
    builder.clear();
    builder.settled(0, last);
    SettledOffsets all = CommitMetadata.decode(0, builder.encode(0));
    assertThat(runs(all, 0)).containsExactly("0-" + last);
    assertThat(all.end()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void offsetsOutOfOrderAreRefused() {
    builder.settled(5, 7);
    assertThatThrownBy(() -> builder.settled(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("7 does not follow 7");
    assertThatThrownBy(() -> builder.unsettled(9, 8)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.unsettled(Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    builder.clear();
    assertThatThrownBy(() -> builder.settled(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.encode(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CommitMetadata.decode(-1, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onePercentUnsettledOfTenThousandTakesLessThanAKibibyte() throws Exception {
    int longest = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      boolean[] settled = new boolean[10_000];
      Arrays.fill(settled, true);
      for (int i = 0; i < 100; i++) {
        settled[random.nextInt(settled.length)] = false;
      }
      settled[0] = false;
      OffsetPattern pattern = OffsetPattern.dense(1_000_000_000L, settled);
      String metadata = pattern.encode(builder, random);
      longest = Math.max(longest, metadata.length());
      pattern.assertIsIn(CommitMetadata.decode(pattern.base, metadata));
    }
    // 1,024 are promised; that it is far less is worth keeping.
    assertThat(longest).isLessThanOrEqualTo(200);
  }

  @Test
  void twentyThousandHalfSettledFit() throws Exception {
    seeded(
        50,
        random -> {
          boolean[] settled = OffsetPattern.statuses(random, 20_000, Statuses.RANDOM);
          OffsetPattern pattern = OffsetPattern.dense(random.nextInt(1 << 30), settled);
          String metadata = pattern.encode(builder, random);
          pattern.assertIsIn(CommitMetadata.decode(pattern.base, metadata));
        });
  }

  @Test
  void anyPatternOfTheWindowFits() throws Exception {
    assertThat(CommitMetadata.BITMAP_BITS).isEqualTo(WINDOW).isGreaterThanOrEqualTo(24_000);
    assertThat(CommitMetadata.fits(WINDOW, WINDOW)).isTrue();
    assertThat(CommitMetadata.fits(WINDOW + 1, WINDOW + 1)).isFalse();
    seeded(
        100,
        random -> {
          boolean[] settled =
              OffsetPattern.statuses(random, WINDOW, any(random, Statuses.values()));
          settled[WINDOW - 1] = true; // the worst: not one offset less
          OffsetPattern pattern = OffsetPattern.dense(random.nextLong(1L << 60), settled);
          String metadata = pattern.encode(builder, random);
          pattern.assertIsIn(CommitMetadata.decode(pattern.base, metadata));
        });
  }

  @Test
  void whatIsSaidToFitIsNeverCut() throws Exception {
    seeded(
        3000,
        random -> {
          int records = 1 + random.nextInt(1 << (1 + random.nextInt(14)));
          long span = records + random.nextLong(1L << (1 + random.nextInt(40)));
          OffsetPattern pattern = hardest(random, records, span);
          String metadata = pattern.encode(builder, random);
          if (CommitMetadata.fits(records, span)) {
            pattern.assertIsIn(CommitMetadata.decode(pattern.base, metadata));
          }
        });
  }

  /** With as many records as are said to fit, and as large a span: where the bound is sharp. */
  @Test
  void theLimitOfWhatFitsIsNeverCut() throws Exception {
    seeded(
        1000,
        random -> {
          long span =
              CommitMetadata.BITMAP_BITS + 1 + random.nextLong(1L << (1 + random.nextInt(40)));
          int records = mostRecords(span);
          OffsetPattern pattern = hardest(random, records, span);
          String metadata = pattern.encode(builder, random);
          pattern.assertIsIn(CommitMetadata.decode(pattern.base, metadata));
        });
  }

  private static OffsetPattern hardest(Random random, int records, long span) {
    Statuses statuses =
        random.nextInt(3) > 0 ? Statuses.ALTERNATING : any(random, Statuses.values());
    long base = random.nextLong(1L << 61);
    return OffsetPattern.random(
        random, base, records, span, any(random, Spacing.values()), statuses);
  }

  private static int mostRecords(long span) {
    int fits = 0;
    int tooMany = 1 << 20;
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (CommitMetadata.fits(middle, span)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  /** The bound is worth something. */
  @Test
  void theBoundIsNotTimid() {
    for (int bits = 15; bits <= 62; bits++) {
      long span = 1L << bits;
      int most = mostRecords(span);
      // As many as n (2 + log2(span / n)) bits allow, and hardly more, as no code could.
      int expected = 0;
      while ((expected + 1) * (2 + Math.log((double) span / (expected + 1)) / Math.log(2))
          < CommitMetadata.RUN_BITS) {
        expected++;
      }
      assertThat(most)
          .as("records in 2^%d offsets", bits)
          .isBetween(expected - 2, expected * 9 / 8);
    }
    assertThat(CommitMetadata.fits(0, Long.MAX_VALUE)).isTrue();
    assertThat(CommitMetadata.fits(300, Long.MAX_VALUE)).isTrue();
    assertThat(CommitMetadata.fits(Integer.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    assertThat(CommitMetadata.fits(1, 1)).isTrue();
  }

  @Test
  void whatFitsWithFewRecordsFitsWithFewerAndInLess() throws Exception {
    seeded(
        2000,
        random -> {
          int records = 2 + random.nextInt(30_000);
          long span = records + random.nextLong(1L << (1 + random.nextInt(62)));
          if (CommitMetadata.fits(records, span)) {
            assertThat(CommitMetadata.fits(records - 1, span)).isTrue();
            assertThat(CommitMetadata.fits(records, span - 1)).isTrue();
          }
        });
  }

  /** Cut to the longest part that fits, from the lowest offset; never wrong, never a failure. */
  @Test
  void whatDoesNotFitIsCutToItsLowerOffsets() throws Exception {
    seeded(
        150,
        random -> {
          int records = 4_000 + random.nextInt(60_000);
          long span = (long) records << (5 + random.nextInt(30));
          Spacing spacing = random.nextBoolean() ? Spacing.EVEN : Spacing.RANDOM;
          OffsetPattern pattern =
              OffsetPattern.random(
                  random, random.nextInt(1 << 20), records, span, spacing, Statuses.ALTERNATING);
          String metadata = pattern.encode(builder, random);
          SettledOffsets decoded = CommitMetadata.decode(pattern.base, metadata);
          int agreeing = pattern.agreeing(decoded);
          assertThat(agreeing).isLessThan(records);
          for (int i = agreeing; i < records; i++) {
            assertThat(decoded.contains(pattern.offsets[i])).as("beyond the cut").isFalse();
          }
          // One more settled record would not have fitted: the bound of the records kept is near.
          assertThat(metadata.length()).isGreaterThan(CommitMetadata.MAX_CHARS - 12);
          assertThat(agreeing)
              .isGreaterThanOrEqualTo(mostRecords(pattern.offsets[agreeing] - pattern.base) - 2);
        });
  }

  /** The runs before it take all the room, so that of a long settled run a part is kept. */
  @Test
  void aRunIsCutToo() throws Exception {
    builder.unsettled(0);
    builder.settled(1, WINDOW + 5_000L);
    assertThat(builder.encode(0).length()).isLessThan(20);
    builder.clear();
    for (int offset = 0; offset < 24_480; offset += 2) {
      builder.unsettled(offset);
      builder.settled(offset + 1L);
    }
    builder.unsettled(24_480);
    builder.settled(24_481, 200_000);
    SettledOffsets kept = CommitMetadata.decode(0, builder.encode(0));
    // 22 bits are left: the exponential code holds a run of 2,047 in 21.
    assertThat(kept.end()).isEqualTo(24_481 + 2_047);
    assertThat(kept.contains(kept.end() - 1)).isTrue();
    assertThat(kept.contains(24_481)).isTrue();
    assertThat(kept.contains(24_480)).isFalse();
  }

  /** A giant hole among short runs costs its own bits, not a share of every run. */
  @Test
  void aGiantHoleCostsLittle() throws Exception {
    boolean[] settled = OffsetPattern.statuses(new Random(1), 6_000, Statuses.RANDOM);
    settled[5_999] = true;
    OffsetPattern dense = OffsetPattern.dense(0, settled);
    int lengthOfDense = dense.encode(builder, new Random(1)).length();
    long[] offsets = dense.offsets.clone();
    for (int i = 3_000; i < offsets.length; i++) {
      offsets[i] += 1L << 40;
    }
    OffsetPattern holed = new OffsetPattern(0, offsets, settled);
    String metadata = holed.encode(builder, new Random(1));
    holed.assertIsIn(CommitMetadata.decode(0, metadata));
    assertThat(metadata.length()).isLessThan(lengthOfDense * 3 / 2);
  }
}
