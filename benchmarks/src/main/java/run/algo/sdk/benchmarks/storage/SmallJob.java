package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import run.algo.sdk.spi.FileTarget;

/**
 * The small objects of one run.
 *
 * @param prefix begins their keys, and no others
 * @param objects how many in a pass
 * @param size bytes of each
 * @param concurrency how many are in flight
 * @param contents the content by number
 */
record SmallJob(String prefix, int objects, int size, int concurrency, List<byte[]> contents) {

  /** Those that the SDK's runner gives to a file; every arm writes them. */
  static final Map<String, String> TAGS =
      Map.of(
          FileTarget.TRACE_TAG,
          "4bf92f3577b34da6a3ce929d0e0e4736",
          FileTarget.ALGO_TAG,
          "benchmark",
          FileTarget.TIME_TAG,
          "2026-01-01T00:00:00Z");

  static SmallJob of(String prefix, int objects, int size, int concurrency) {
    List<byte[]> contents = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(objects);
    for (int number = 0; number < objects; number++) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      contents.add(content);
    }
    return new SmallJob(prefix, objects, size, concurrency, contents);
  }

  /** A key that no other pass has: what is there already would be another piece of work. */
  String key(int pass, int number) {
    return prefix + "/" + pass + "/" + number;
  }

  byte[] content(int number) {
    return contents.get(number);
  }

  void check(int number, byte[] read) throws IOException {
    if (!Arrays.equals(contents.get(number), read)) {
      throw new IOException("object " + number + " was read with other bytes than were written");
    }
  }
}
