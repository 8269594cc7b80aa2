package run.algo.sdk.retry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Hashes keys to 64 bits. Each step loses nothing of the state or of the eight bytes that it takes
 * in, so that keys of one length of up to eight bytes, such as ids in binary, never meet.
 */
final class KeyHash {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // Odd numbers without any pattern: the digits of the golden ratio and of the square root of 2.
  private static final long FACTOR = 0x9E3779B97F4A7C15L;
  private static final long OTHER_FACTOR = 0x6A09E667F3BCC909L;

  /** Of no key: as if it were a key of a length that none can have. */
  private static final long NO_KEY = mix(-1);

  private KeyHash() {}

  static long of(byte @Nullable [] key) {
    if (key == null) {
      return NO_KEY;
    }
    long hash = mix(key.length);
    int i = 0;
    for (; i + Long.BYTES <= key.length; i += Long.BYTES) {
      hash = mix(hash ^ (long) WORDS.get(key, i));
    }
    long rest = 0;
    for (; i < key.length; i++) {
      rest = rest << Byte.SIZE | (key[i] & 0xFF);
    }
    return mix(hash ^ rest);
  }

  /** Scatters a number over all bits; no two become one. */
  static long mix(long number) {
    long mixed = (number ^ number >>> 32) * FACTOR;
    mixed = (mixed ^ mixed >>> 29) * OTHER_FACTOR;
    return mixed ^ mixed >>> 32;
  }
}
