package run.algo.sdk.benchmarks.process;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What is in the input topic, as far as a judge of the outputs must know it. Filled by one thread.
 */
final class Load {

  private final String topic;
  private final long[] perPartition;
  private final long[] perKey;
  private long contents;

  Load(String topic, int partitions, int keys) {
    this.topic = topic;
    this.perPartition = new long[partitions];
    this.perKey = new long[keys];
  }

  /** Notes a record whose partition is not known yet. */
  void wrote(int keyIndex, byte[] key, byte[] value) {
    perKey[keyIndex]++;
    contents += fingerprint(key, value);
  }

  /** Notes how many records a partition has. */
  void ends(int partition, long records) {
    perPartition[partition] = records;
  }

  String topic() {
    return topic;
  }

  int partitions() {
    return perPartition.length;
  }

  long records() {
    return Arrays.stream(perPartition).sum();
  }

  long records(int partition) {
    return perPartition[partition];
  }

  /** The sum of all fingerprints. */
  long contents() {
    return contents;
  }

  /** What tells a key and value from others. */
  static long fingerprint(byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value);
    return crc.getValue();
  }

  /** How many records the fullest scope of an arm has: they can only be executed one by one. */
  long longestQueue(Arm.Scope scope) {
    return switch (scope) {
      case PARTITION -> Arrays.stream(perPartition).max().orElse(0);
      case KEY -> Arrays.stream(perKey).max().orElse(0);
      case NONE -> 1;
    };
  }

  /**
   * The most records a second that waiting allows, with nothing else costing time: so many at once,
   * but not two of the same scope.
   */
  double ceiling(Arm.Scope scope, int concurrency, double waitSeconds) {
    double rounds = Math.max((double) longestQueue(scope), (double) records() / concurrency);
    return records() / (rounds * waitSeconds);
  }
}
