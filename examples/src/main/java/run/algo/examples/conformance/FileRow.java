package run.algo.examples.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.NonRetriableException;

/** The row {@code file}: pseudo-random bytes, any number of them, streamed to an output. */
final class FileRow {

  /** Part of the command's meaning: the bytes are drawn in blocks of this length. */
  private static final int BLOCK = 8192;

  private static final String DEFAULT_NAME = "file.bin";

  private FileRow() {}

  /** Writes the file, or half of it, and tells what was written. */
  static Digest write(Command command, AlgoContext context) throws IOException {
    long bytes = command.number("bytes");
    Random random = new Random(command.numberOrZero("seed"));
    String name = command.textOr("name", DEFAULT_NAME);
    boolean fails = context.attempt() <= command.numberOrZero("times");
    if (!context.hasOutput(Table.FILES)) {
      throw new NonRetriableException("op file needs a topic of the output files");
    }
    try (OutputStream out = context.openOutput(Table.FILES, name)) {
      Digest digest = write(out, random, fails ? bytes / 2 : bytes);
      if (fails) {
        throw new IllegalStateException("commanded to fail, attempt " + context.attempt());
      }
      return digest;
    }
  }

  private static Digest write(OutputStream out, Random random, long bytes) throws IOException {
    Digest digest = new Digest();
    byte[] block = new byte[BLOCK];
    for (long left = bytes; left > 0; left -= BLOCK) {
      random.nextBytes(block); // the last one whole, too, whatever is used of it
      int length = (int) Math.min(left, BLOCK);
      out.write(block, 0, length);
      digest.update(block, length);
    }
    return digest;
  }
}
