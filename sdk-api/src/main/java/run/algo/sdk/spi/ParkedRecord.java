package run.algo.sdk.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.RecordHeaders;

/**
 * A record as a parking store keeps it: whole, so that it is executed, or dead-lettered, as if it
 * were read from its input topic. Arrays are not copied: do not change them.
 *
 * @param id where it was first read
 * @param timestamp its timestamp there, in milliseconds since the epoch
 * @param key its key
 * @param value its value; {@code null} for a tombstone
 * @param headers all of its headers, in their order
 * @param next what is tried next
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare contents
public record ParkedRecord(
    ParkedId id,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    RecordHeaders headers,
    ParkedTry next) {

  /** Checks that nothing is missing. */
  // Written out: of a compact one the compiler of Java 17 forgets which parameters may be null.
  public ParkedRecord(
      ParkedId id,
      long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeaders headers,
      ParkedTry next) {
    this.id = Objects.requireNonNull(id, "id");
    this.timestamp = timestamp;
    this.key = key;
    this.value = value;
    this.headers = Objects.requireNonNull(headers, "headers");
    this.next = Objects.requireNonNull(next, "next");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParkedRecord that
        && id.equals(that.id)
        && timestamp == that.timestamp
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value)
        && list(headers).equals(list(that.headers))
        && next.equals(that.next);
  }

  private static List<RecordHeader> list(RecordHeaders headers) {
    List<RecordHeader> list = new ArrayList<>();
    headers.forEach(list::add);
    return list;
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, timestamp, Arrays.hashCode(key), Arrays.hashCode(value), next);
  }

  @Override
  public String toString() {
    return "parked record " + id + ", " + next;
  }
}
