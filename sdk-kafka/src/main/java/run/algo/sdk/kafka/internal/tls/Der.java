package run.algo.sdk.kafka.internal.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A reader of DER, strict and bounds checked, and a writer of single elements: as much as wrapping
 * a key takes.
 *
 * <p>Only tags of one byte and lengths of up to four bytes in their shortest form exist in keys;
 * all else is refused. Not thread safe.
 */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;

  private final byte[] bytes;
  private final int end;
  private int position;

  private Der(byte[] bytes, int position, int end) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  static Der of(byte[] bytes) {
    return new Der(bytes, 0, bytes.length);
  }

  boolean atEnd() {
    return position == end;
  }

  /** Whether the next element has the tag; false at the end. */
  boolean next(int tag) {
    return position < end && (bytes[position] & 0xff) == tag;
  }

  /** Steps over the next element, which must have the tag, and returns a reader of its contents. */
  Der enter(int tag) throws DerException {
    if (!next(tag)) {
      throw new DerException(
          String.format(
              "tag 0x%02x expected, found %s",
              tag, atEnd() ? "the end" : String.format("0x%02x", bytes[position] & 0xff)));
    }
    position++;
    int length = length();
    Der inner = new Der(bytes, position, position + length);
    position += length;
    return inner;
  }

  /** Steps over the next element, which must have the tag, and returns its contents. */
  byte[] contents(int tag) throws DerException {
    return enter(tag).rest();
  }

  /**
   * Steps over the next element, which must have the tag, and returns it whole, tag and length
   * included.
   */
  byte[] element(int tag) throws DerException {
    int start = position;
    enter(tag);
    return Arrays.copyOfRange(bytes, start, position);
  }

  /** Everything not read yet. */
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  /** Refuses anything that follows. */
  void finish() throws DerException {
    if (!atEnd()) {
      throw new DerException((end - position) + " bytes too many at the end");
    }
  }

  private int length() throws DerException {
    int first = octet();
    if (first < 0x80) {
      return bounded(first);
    }
    int count = first & 0x7f;
    if (count == 0 || count > 4) {
      throw new DerException("length of " + count + " bytes");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | octet();
    }
    if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
      throw new DerException("length not in its shortest form");
    }
    return bounded(length);
  }

  private int bounded(long length) throws DerException {
    if (length > end - position) {
      throw new DerException("an element is cut off");
    }
    return (int) length;
  }

  private int octet() throws DerException {
    if (atEnd()) {
      throw new DerException("an element is cut off");
    }
    return bytes[position++] & 0xff;
  }

  /** One element of the parts, one after the other. */
  static byte[] encode(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int count = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | count);
      for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
