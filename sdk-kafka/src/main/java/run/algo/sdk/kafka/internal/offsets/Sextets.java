package run.algo.sdk.kafka.internal.offsets;

import java.util.Arrays;

/**
 * The characters of commit metadata: 6 bits each, in the URL-safe alphabet of base64, and the
 * checksum over them.
 */
final class Sextets {

  /** Bits that one character holds. */
  static final int BITS = 6;

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final byte[] CHARACTERS = new byte[64];
  private static final byte[] VALUES = new byte[128];

  /** CRC-24 as of OpenPGP (RFC 9580, section 6.1.1): polynomial and start value. */
  private static final int POLYNOMIAL = 0x864CFB;

  static final int CRC_START = 0xB704CE;

  private static final int[] CRC_OF_BYTE = new int[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int value = 0; value < CHARACTERS.length; value++) {
      CHARACTERS[value] = (byte) ALPHABET.charAt(value);
      VALUES[ALPHABET.charAt(value)] = (byte) value;
    }
    for (int value = 0; value < CRC_OF_BYTE.length; value++) {
      int crc = value << 16;
      for (int bit = 0; bit < 8; bit++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= 0x1000000 | POLYNOMIAL;
        }
      }
      CRC_OF_BYTE[value] = crc;
    }
  }

  private Sextets() {}

  /** The character of a value of 0 to 63. */
  static byte character(int value) {
    return CHARACTERS[value];
  }

  /** Whether the alphabet has this character. */
  static boolean isCharacter(char c) {
    return c < VALUES.length && VALUES[c] >= 0;
  }

  /** The value, 0 to 63, of a character of the alphabet. */
  static int value(char c) {
    return VALUES[c];
  }

  /** The checksum so far, continued by one byte. */
  static int crc(int crc, int value) {
    return ((crc << 8) & 0xFFFFFF) ^ CRC_OF_BYTE[((crc >>> 16) ^ value) & 0xFF];
  }

  /** The checksum so far, continued by the 8 bytes of a number, the highest first. */
  static int crc(int crc, long value) {
    int result = crc;
    for (int shift = 56; shift >= 0; shift -= 8) {
      result = crc(result, (int) (value >>> shift) & 0xFF);
    }
    return result;
  }
}
