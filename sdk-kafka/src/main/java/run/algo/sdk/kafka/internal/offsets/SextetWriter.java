package run.algo.sdk.kafka.internal.offsets;

import java.nio.charset.StandardCharsets;

/** Writes commit metadata, bit by bit. To be used again and again, by one thread. */
final class SextetWriter {

  private final byte[] text = new byte[CommitMetadata.MAX_CHARS];
  private int length;
  private int pending;
  private int pendingBits;

  /** Begins a string, dropping the one before; the checksum is left open. */
  void begin(char kind) {
    length = 0;
    pending = 0;
    pendingBits = 0;
    for (int i = 0; i < CommitMetadata.PREFIX.length(); i++) {
      text[length++] = (byte) CommitMetadata.PREFIX.charAt(i);
    }
    text[length++] = (byte) kind;
    length += CommitMetadata.CHECKSUM_CHARS;
  }

  void bit(boolean set) {
    pending = pending << 1 | (set ? 1 : 0);
    if (++pendingBits == Sextets.BITS) {
      text[length++] = Sextets.character(pending);
      pending = 0;
      pendingBits = 0;
    }
  }

  /** So many times the same bit. */
  void bits(boolean set, long count) {
    for (long i = 0; i < count; i++) {
      bit(set);
    }
  }

  /** The lowest bits of a number, the highest of them first. */
  void number(long value, int bits) {
    for (int shift = bits - 1; shift >= 0; shift--) {
      bit((value >>> shift & 1) != 0);
    }
  }

  /** Fills the last character with the given bit, and returns the string with its checksum. */
  String end(long base, boolean padding) {
    while (pendingBits > 0) {
      bit(padding);
    }
    int crc = Sextets.crc(Sextets.CRC_START, base);
    crc = Sextets.crc(crc, text[CommitMetadata.KIND_AT]);
    for (int i = CommitMetadata.BODY_AT; i < length; i++) {
      crc = Sextets.crc(crc, text[i]);
    }
    for (int i = CommitMetadata.BODY_AT - 1; i >= CommitMetadata.CHECKSUM_AT; i--) {
      text[i] = Sextets.character(crc & 63);
      crc >>>= Sextets.BITS;
    }
    return new String(text, 0, length, StandardCharsets.ISO_8859_1);
  }
}
