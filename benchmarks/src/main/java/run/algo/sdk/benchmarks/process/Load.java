package run.algo.sdk.benchmarks.process;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What is in the input topic, as far as a judge of the outputs must know it: how many records, and
 * what must come of each. Filled by one thread.
 */
final class Load {

  private static final int FIRST_CAPACITY = 1024;

  private final String topic;

  /** By partition and offset. */
  private final int[][] answers;

  private final int[] perPartition;
  private final long[] perKey;

  Load(String topic, int partitions, int keys) {
    this.topic = topic;
    this.answers = new int[partitions][FIRST_CAPACITY];
    this.perPartition = new int[partitions];
    this.perKey = new long[keys];
  }

  /**
   * Notes a record; those of a partition come in their order.
   *
   * @param answer the fingerprint of the output that must come of it
   */
  void wrote(int partition, long offset, int keyIndex, int answer) {
    int index = perPartition[partition]++;
    if (index != offset) {
      throw new IllegalArgumentException("offset " + offset + " comes in place of " + index);
    }
    if (index == answers[partition].length) {
      answers[partition] = Arrays.copyOf(answers[partition], 2 * index);
    }
    answers[partition][index] = answer;
    perKey[keyIndex]++;
  }

  String topic() {
    return topic;
  }

  int partitions() {
    return perPartition.length;
  }

  long records() {
    return Arrays.stream(perPartition).asLongStream().sum();
  }

  /** Whether there is a record. */
  boolean has(int partition, int offset) {
    return partition < perPartition.length && offset < perPartition[partition];
  }

  /** The fingerprint of the output that must come of a record. */
  int answer(int partition, int offset) {
    return answers[partition][offset];
  }

  /** What tells a key and value from others. */
  static int fingerprint(byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value);
    return (int) crc.getValue();
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
