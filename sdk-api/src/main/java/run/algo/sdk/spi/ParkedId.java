package run.algo.sdk.spi;

/**
 * Which record is parked: the place in its input topic where it was first read. It stays the same
 * however often the record is parked.
 *
 * @param partition partition of the input topic
 * @param offset offset in that partition
 * @since 0.1.0
 */
public record ParkedId(int partition, long offset) {

  /**
   * Checks the place.
   *
   * @throws IllegalArgumentException when partition or offset is negative
   */
  public ParkedId {
    if (partition < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "no record lies at partition " + partition + ", offset " + offset);
    }
  }

  @Override
  public String toString() {
    return partition + "/" + offset;
  }
}
