package run.algo.sdk.kafka.internal.offsets;

/**
 * What a consumer keeps in the metadata of a commit: which records beyond the committed offset are
 * settled already.
 *
 * <p>A partition is committed up to its frontier, the first record that is not settled. Records
 * settle out of order, so that behind one slow record thousands may be done; after a crash or a
 * rebalance all of them would be executed again. A commit has room for a string, by default of 4096
 * characters (the broker's {@code offset.metadata.max.bytes}), and that string names them.
 * Correctness never rests on it: without it, or with a part of it, records are executed once more,
 * as at-least-once allows. What must never happen is the opposite, that a record is taken for
 * settled that is not: it would be lost.
 *
 * <p>Hence the checksum, which covers the committed offset too: a string that was cut, damaged, or
 * moved to another offset by a tool is refused, not misread. And hence nothing is read as settled
 * of which the encoder was not told, except <em>holes</em>: offsets between those it was told of.
 * Compaction and transactions leave them, nobody will ever read them, so they are counted to
 * whatever is shorter.
 *
 * <p>The string is {@code algo1}, a character for its kind, 4 characters of checksum, and the body;
 * 6 bits a character. Two descriptions of the same set compete, and the shorter wins:
 *
 * <ul>
 *   <li>{@code b}, a bitmap: one bit an offset. Its length depends on the span alone, so it bounds
 *       what any disorder can cost: {@value #BITMAP_BITS} offsets always fit.
 *   <li>{@code r} and {@code e}, the lengths of the runs of offsets, unsettled and settled in turn,
 *       coded by {@link RunCode}: a run of thousands costs little more than a run of one. Each of
 *       the two sorts has its own parameter, as the typical set is long settled runs with single
 *       unsettled records between.
 * </ul>
 *
 * <p>A set that does not fit is cut to its lower offsets. {@link #fits} tells beforehand whether
 * that can happen, so that flow control can keep it from happening.
 *
 * <p>{@code docs/commit-metadata.md} gives the format to the bit. {@link CommitMetadataBuilder}
 * encodes.
 */
public final class CommitMetadata {

  /** Most characters of commit metadata: the default of the broker. */
  public static final int MAX_CHARS = 4096;

  /** What our strings begin with; the digit is the version of the format. */
  static final String PREFIX = "algo1";

  static final int KIND_AT = PREFIX.length();
  static final int CHECKSUM_AT = KIND_AT + 1;
  static final int CHECKSUM_CHARS = 4;
  static final int BODY_AT = CHECKSUM_AT + CHECKSUM_CHARS;

  static final char BITMAP_KIND = 'b';

  /** Offsets that a bitmap covers at most. */
  static final int BITMAP_BITS = (MAX_CHARS - BODY_AT) * Sextets.BITS;

  /** The body of runs has two characters of parameters and a bit for the sort of the first run. */
  static final int RUN_HEADER_BITS = 2 * Sextets.BITS + 1;

  /** Bits that the lengths of runs may take at most; as a run takes one, the most runs as well. */
  static final int RUN_BITS = BITMAP_BITS - RUN_HEADER_BITS;

  private CommitMetadata() {}

  /**
   * Whether the metadata of every pattern of settled and unsettled records is guaranteed to be
   * complete.
   *
   * <p>Proof. Up to {@link #BITMAP_BITS} offsets the bitmap fits. Beyond, think of n runs with
   * lengths of s offsets together. With one Rice parameter k for all, a run of length l takes 1 + k
   * + floor((l - 1) / 2<sup>k</sup>) bits, so all take at most n (1 + k) + (s - n) / 2<sup>k</sup>,
   * which grows with n and with s; so n may be taken as large as it can be: one run a record, and
   * one more for offsets between the committed one and the first record. The encoder chooses the
   * best k for either sort of runs, and the best pair is never worse than the best of the equal
   * pairs.
   *
   * @param records how many records, settled or not, at most
   * @param span how many offsets, from the committed one to the last of the records, at most
   * @return true when nothing will be cut; false when it depends on the pattern
   */
  public static boolean fits(int records, long span) {
    if (records <= 0 || span <= BITMAP_BITS) {
      return true;
    }
    long runs = Math.min(records + 1L, span);
    for (int k = 0; k <= RunCode.MAX_PARAMETER; k++) {
      long room = RUN_BITS - runs * (k + 1);
      if (room < 0) {
        return false;
      }
      if ((span - runs) >>> k <= room) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads commit metadata.
   *
   * @param base the committed offset that the metadata came with
   * @param metadata the string; a blank one stands for nothing
   * @return the settled offsets
   * @throws MetadataFormatException when the string is not one that an encoder wrote for this
   *     offset
   */
  public static SettledOffsets decode(long base, String metadata) throws MetadataFormatException {
    if (base < 0) {
      throw new IllegalArgumentException("no committed offset: " + base);
    }
    if (metadata.isBlank()) {
      return SettledOffsets.none(base);
    }
    check(base, metadata);
    char kind = metadata.charAt(KIND_AT);
    SextetReader in = new SextetReader(metadata, BODY_AT);
    if (kind == BITMAP_KIND) {
      return bitmap(base, in);
    }
    for (RunCode code : RunCode.values()) {
      if (kind == code.kind()) {
        return runs(base, in, code);
      }
    }
    throw new MetadataFormatException("is of an unknown kind '" + kind + "'", metadata);
  }

  private static void check(long base, String metadata) throws MetadataFormatException {
    if (!metadata.startsWith(PREFIX)) {
      throw new MetadataFormatException(
          "is not of this SDK or of another version, as it does not start with " + PREFIX,
          metadata);
    }
    if (metadata.length() > MAX_CHARS) {
      throw new MetadataFormatException(
          "has " + metadata.length() + " characters where " + MAX_CHARS + " are the most",
          metadata);
    }
    if (metadata.length() <= BODY_AT) {
      throw new MetadataFormatException("ends before its body", metadata);
    }
    for (int i = KIND_AT; i < metadata.length(); i++) {
      if (!Sextets.isCharacter(metadata.charAt(i))) {
        throw new MetadataFormatException(
            "has a character at index " + i + " that is not of the alphabet", metadata);
      }
    }
    int crc = Sextets.crc(Sextets.CRC_START, base);
    crc = Sextets.crc(crc, metadata.charAt(KIND_AT));
    for (int i = BODY_AT; i < metadata.length(); i++) {
      crc = Sextets.crc(crc, metadata.charAt(i));
    }
    int written = 0;
    for (int i = CHECKSUM_AT; i < BODY_AT; i++) {
      written = written << Sextets.BITS | Sextets.value(metadata.charAt(i));
    }
    if (written != crc) {
      throw new MetadataFormatException(
          "is damaged or not of the offset " + base + ", as its checksum differs", metadata);
    }
  }

  private static SettledOffsets bitmap(long base, SextetReader in) throws MetadataFormatException {
    // Compared as a difference, so that nothing overflows at the end of all offsets.
    long room = Long.MAX_VALUE - base;
    SettledOffsets.Collector collector = new SettledOffsets.Collector(base);
    boolean settledInLastCharacter = false;
    for (int i = 0; in.left() > 0; i++) {
      if (i % Sextets.BITS == 0) {
        settledInLastCharacter = false;
      }
      if (in.bit()) {
        if (i >= room) {
          throw in.refusal("has a bit beyond all offsets");
        }
        collector.add(base + i, base + i);
        settledInLastCharacter = true;
      }
    }
    if (!settledInLastCharacter) {
      throw in.refusal("ends with a character that says nothing");
    }
    return collector.collected();
  }

  private static SettledOffsets runs(long base, SextetReader in, RunCode code)
      throws MetadataFormatException {
    int unsettledParameter = parameter(in);
    int settledParameter = parameter(in);
    SettledOffsets.Collector collector = new SettledOffsets.Collector(base);
    boolean settled = in.bit();
    long next = base;
    boolean ended = false;
    while (!ended) {
      long length = code.read(in, settled ? settledParameter : unsettledParameter);
      if (length > Long.MAX_VALUE - next) {
        throw in.refusal("has a run that ends beyond all offsets");
      }
      if (settled) {
        collector.add(next, next + length - 1);
      }
      next += length;
      ended = in.atPadding();
      if (ended && !settled) {
        throw in.refusal("ends with a run that is not settled");
      }
      settled = !settled;
    }
    return collector.collected();
  }

  private static int parameter(SextetReader in) throws MetadataFormatException {
    int parameter = (int) in.number(Sextets.BITS);
    if (parameter > RunCode.MAX_PARAMETER) {
      throw in.refusal("has a parameter that is above " + RunCode.MAX_PARAMETER);
    }
    return parameter;
  }
}
