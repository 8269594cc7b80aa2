package run.algo.sdk.kafka.internal.offsets;

/** Reads the body of commit metadata whose characters are known to be of the alphabet. */
final class SextetReader {

  private final String metadata;
  private final int end;
  private int position;

  /**
   * A reader.
   *
   * @param metadata the whole string
   * @param from index of the character that is read first
   */
  SextetReader(String metadata, int from) {
    this.metadata = metadata;
    position = from * Sextets.BITS;
    end = metadata.length() * Sextets.BITS;
  }

  /** Bits that are left. */
  int left() {
    return end - position;
  }

  boolean bit() throws MetadataFormatException {
    if (position == end) {
      throw refusal("ends within a number");
    }
    int value = Sextets.value(metadata.charAt(position / Sextets.BITS));
    int shift = Sextets.BITS - 1 - position % Sextets.BITS;
    position++;
    return (value >>> shift & 1) != 0;
  }

  /** A number of up to 63 bits, the highest first. */
  long number(int bits) throws MetadataFormatException {
    long value = 0;
    for (int i = 0; i < bits; i++) {
      value = value << 1 | (bit() ? 1 : 0);
    }
    return value;
  }

  /** How many bits are set before the next that is not; that one is consumed too. */
  int ones() throws MetadataFormatException {
    int count = 0;
    while (bit()) {
      count++;
    }
    return count;
  }

  /**
   * Whether only padding is left: less than one character, all of it set. No number looks like
   * that, since each has a bit that is not set.
   */
  boolean atPadding() throws MetadataFormatException {
    if (left() >= Sextets.BITS) {
      return false;
    }
    int mark = position;
    boolean padding = true;
    while (padding && left() > 0) {
      padding = bit();
    }
    position = mark;
    return padding;
  }

  MetadataFormatException refusal(String problem) {
    return new MetadataFormatException(problem, metadata);
  }
}
