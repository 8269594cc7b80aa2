package run.algo.sdk.kafka.internal.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.offsets.OffsetPattern.Spacing;
import run.algo.sdk.kafka.internal.offsets.OffsetPattern.Statuses;

/** Whatever the string: it is read as it was written, or refused by the one exception. */
class CommitMetadataFuzzTest {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final int BEGIN = CommitMetadata.PREFIX.length();

  private final CommitMetadataBuilder builder = new CommitMetadataBuilder();

  private OffsetPattern pattern(Random random) {
    int records = 2 + random.nextInt(random.nextInt(20) == 0 ? 8_000 : 200);
    long span = records + random.nextLong(1L << random.nextInt(30));
    Spacing spacing = OffsetPattern.any(random, Spacing.values());
    Statuses statuses = OffsetPattern.any(random, Statuses.values());
    OffsetPattern pattern =
        OffsetPattern.random(random, random.nextLong(1L << 40), records, span, spacing, statuses);
    pattern.settled[records - 1] = true;
    return pattern;
  }

  private static void assertRefused(int seed, long base, String metadata, String problem) {
    assertThatThrownBy(() -> CommitMetadata.decode(base, metadata))
        .as("seed %d, base %d, %s", seed, base, metadata)
        .isInstanceOf(MetadataFormatException.class)
        .hasMessageStartingWith("commit metadata ")
        .hasMessageContaining(problem);
  }

  @Test
  void whatIsCutOffIsRefused() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      OffsetPattern pattern = pattern(random);
      String metadata = pattern.encode(builder, random);
      int length = 1 + random.nextInt(metadata.length() - 1);
      assertRefused(seed, pattern.base, metadata.substring(0, length), "");
      assertRefused(seed, pattern.base, metadata.substring(length), "");
      assertRefused(seed, pattern.base, metadata + "A", "");
    }
  }

  @Test
  void aFlippedBitIsRefused() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      OffsetPattern pattern = pattern(random);
      StringBuilder metadata = new StringBuilder(pattern.encode(builder, random));
      int at = random.nextInt(metadata.length());
      metadata.setCharAt(at, (char) (metadata.charAt(at) ^ 1 << random.nextInt(8)));
      assertRefused(seed, pattern.base, metadata.toString(), "");
    }
  }

  /** Damage within the alphabet, which only the checksum can see. */
  @Test
  void changedCharactersAreRefused() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      OffsetPattern pattern = pattern(random);
      String written = pattern.encode(builder, random);
      StringBuilder metadata = new StringBuilder(written);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = BEGIN + random.nextInt(metadata.length() - BEGIN);
        metadata.setCharAt(at, ALPHABET.charAt(random.nextInt(64)));
      }
      if (!metadata.toString().equals(written)) {
        assertRefused(seed, pattern.base, metadata.toString(), "checksum");
      }
    }
  }

  @Test
  void metadataOfAnotherOffsetIsRefused() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      OffsetPattern pattern = pattern(random);
      String metadata = pattern.encode(builder, random);
      long moved =
          random.nextBoolean() ? pattern.base + 1 + random.nextInt(9) : random.nextLong(1L << 50);
      if (moved != pattern.base) {
        assertRefused(seed, moved, metadata, "not of the offset " + moved);
      }
    }
  }

  @Test
  void randomStringsAreRefused() {
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      StringBuilder metadata =
          new StringBuilder(random.nextBoolean() ? CommitMetadata.PREFIX : "x");
      int range = random.nextBoolean() ? 128 : 0x10000;
      int length = random.nextInt(60);
      for (int i = 0; i < length; i++) {
        metadata.append(
            random.nextInt(4) > 0
                ? ALPHABET.charAt(random.nextInt(64))
                : (char) random.nextInt(range));
      }
      assertRefused(seed, random.nextLong(Long.MAX_VALUE), metadata.toString(), "");
    }
  }

  /**
   * With a checksum that is right, so that the body is read: nothing but the one exception may come
   * of it, and what is read must lie in order between the base and the end of all offsets.
   */
  @Test
  void randomBodiesAreReadOrRefused() {
    int read = 0;
    int refused = 0;
    for (int seed = 0; seed < 30_000; seed++) {
      Random random = new Random(seed);
      long base = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
      if (random.nextInt(4) == 0) {
        base = Long.MAX_VALUE - random.nextInt(200);
      }
      char kind = "breBRE0".charAt(random.nextInt(random.nextInt(9) == 0 ? 7 : 3));
      int length = 1 + random.nextInt(random.nextInt(50) == 0 ? 4_086 : 40);
      SextetWriter writer = new SextetWriter();
      writer.begin(kind);
      int ones = 1 + random.nextInt(9);
      for (int i = 0; i < length * 6; i++) {
        writer.bit(i < 12 ? random.nextInt(4) == 0 : random.nextInt(10) < ones);
      }
      String metadata = writer.end(base, true);
      try {
        assertInOrder(base, CommitMetadata.decode(base, metadata));
        read++;
      } catch (MetadataFormatException e) {
        assertThat(e.getMessage()).as("seed %d", seed).doesNotContain("checksum");
        refused++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", base " + base + ", " + metadata, e);
      }
    }
    assertThat(read).isGreaterThan(3_000);
    assertThat(refused).isGreaterThan(3_000);
  }

  private static void assertInOrder(long base, SettledOffsets settled) {
    long[] end = {base - 1};
    settled.forEachRun(
        0,
        (first, last) -> {
          if (first <= end[0] || last < first || last == Long.MAX_VALUE) {
            throw new AssertionError(first + " to " + last + " after " + end[0]);
          }
          end[0] = last;
        });
    assertThat(settled.isEmpty()).isFalse();
    assertThat(settled.end()).isEqualTo(end[0] + 1);
  }

  @Test
  void eachProblemIsNamed() {
    assertProblem(
        "something of another tool",
        "is not of this SDK or of another version, as it does not start with algo1");
    assertProblem(
        "algo2bABCDAA",
        "is not of this SDK or of another version, as it does not start with algo1");
    assertProblem("algo1bABCD", "ends before its body");
    assertProblem("algo1bABC", "ends before its body");
    assertProblem("algo1bABCD!A", "has a character at index 10 that is not of the alphabet");
    assertProblem("algo1bABCDAA", "is damaged or not of the offset 7, as its checksum differs");
    assertProblem("algo1" + "b".repeat(5000), "has 5005 characters where 4096 are the most");
    assertProblem(body('x', "1"), "is of an unknown kind 'x'");
    assertProblem(body('b', "000001 000000"), "ends with a character that says nothing");
    assertProblem(body('r', "111111 000000 0 0 1111"), "has a parameter that is above 62");
    assertProblem(body('r', "000000 111111 0 0 1111"), "has a parameter that is above 62");
    assertProblem(body('r', "000000 000000 0 0 1111"), "ends with a run that is not settled");
    assertProblem(body('r', "000000 000001 1 11111"), "ends within a number");
    assertProblem(body('r', "000000 000011 1 11100"), "ends within a number");
    assertProblem(body('e', "000000 000000"), "ends within a number");
    assertProblem(body('r', "000000 111110 1 1100"), "has a run that ends beyond all offsets");
    assertProblem(body('e', "000000 111110 1 1100"), "has a run that ends beyond all offsets");
    String half = "10" + "0".repeat(62); // a run of 2^62 + 1
    assertProblem(
        body('r', "111110 111110 0" + half + half), "has a run that ends beyond all offsets");
  }

  private static void assertProblem(String metadata, String problem) {
    assertRefused(0, 7, metadata, "commit metadata " + problem + ": '");
  }

  private static String body(char kind, String bits) {
    SextetWriter writer = new SextetWriter();
    writer.begin(kind);
    bits.chars().filter(bit -> bit != ' ').forEach(bit -> writer.bit(bit == '1'));
    return writer.end(7, true);
  }

  @Test
  void aMessageShowsFewCharactersAndOnlyPrintableOnes() {
    assertThatThrownBy(
            () -> CommitMetadata.decode(0, "x\u0000\n\u001b[2J\u00e4\u4e2d" + "y".repeat(90)))
        .isInstanceOf(MetadataFormatException.class)
        .hasMessageEndingWith(": 'x???[2J??" + "y".repeat(31) + "' and 59 characters more");
    assertThatThrownBy(() -> CommitMetadata.decode(0, "z".repeat(1 << 20)))
        .isInstanceOf(MetadataFormatException.class)
        .hasMessageContaining("'" + "z".repeat(40) + "' and 1048536 characters more");
  }
}
