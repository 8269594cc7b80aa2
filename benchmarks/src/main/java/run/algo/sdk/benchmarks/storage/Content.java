package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Bytes that cost next to nothing to make and to compare: block after block a window of random
 * ones, each at a place of its own, so that a block that is lost, doubled or in another's place
 * shows.
 *
 * @param size how many bytes
 */
record Content(long size) {

  private static final int BLOCK = 64 * 1024;
  private static final int PLACES = 1 << 20;

  /** Odd, so that all places are used before one comes again: after 64 GiB. */
  private static final int STEP = 104_729;

  private static final byte[] RANDOM = new byte[PLACES + BLOCK];

  static {
    new SplittableRandom(1).nextBytes(RANDOM);
  }

  /** Where in the random bytes a position lies; good to the end of its block. */
  private static int place(long position) {
    return (int) (position / BLOCK * STEP % PLACES + position % BLOCK);
  }

  private int run(long position, int most) {
    return (int) Math.min(Math.min(most, BLOCK - position % BLOCK), size - position);
  }

  InputStream open() {
    return new Source();
  }

  /** A stream that fails when it is given other bytes than these. */
  Checker checker() {
    return new Checker();
  }

  /** SHA-256 of all, as hex digits. */
  String sha256() {
    try (InputStream in = open()) {
      return sha256(in);
    } catch (IOException e) {
      throw new IllegalStateException("content is made without a device that could fail", e);
    }
  }

  static String sha256(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BLOCK];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private final class Source extends InputStream {
    private long position;

    @Override
    public int read() {
      return position == size ? -1 : RANDOM[place(position++)] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (length == 0) {
        return 0;
      }
      if (position == size) {
        return -1;
      }
      int done = 0;
      while (done < length && position < size) {
        int run = run(position, length - done);
        System.arraycopy(RANDOM, place(position), into, offset + done, run);
        position += run;
        done += run;
      }
      return done;
    }
  }

  /** Compares what it is given. */
  final class Checker extends OutputStream {
    private final byte[] single = new byte[1];
    private long position;

    @Override
    public void write(int b) throws IOException {
      single[0] = (byte) b;
      write(single, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, from.length);
      if (length > size - position) {
        throw new IOException("there is more than " + size + " bytes");
      }
      int done = 0;
      while (done < length) {
        int run = run(position, length - done);
        int place = place(position);
        int at = offset + done;
        if (!Arrays.equals(from, at, at + run, RANDOM, place, place + run)) {
          throw new IOException("other bytes than were written, behind " + position);
        }
        position += run;
        done += run;
      }
    }

    /** Fails when something is missing. */
    void finish() throws IOException {
      if (position != size) {
        throw new IOException("there are " + position + " of " + size + " bytes");
      }
    }
  }
}
