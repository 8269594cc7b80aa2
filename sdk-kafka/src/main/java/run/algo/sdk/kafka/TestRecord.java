package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.RecordHeaders;

/**
 * A record that an {@link AlgoTestDriver} is given or has written. As an input, what is not set is
 * absent: no key, no headers, partition 0, and the driver's time as timestamp.
 *
 * <p>Immutable; the {@code with} methods return copies.
 *
 * @param <T> type of the value
 * @since 0.1.0
 */
public final class TestRecord<T> {

  private final @Nullable T value;
  private final byte @Nullable [] key;
  private final List<RecordHeader> headers;
  private final @Nullable Integer partition;
  private final @Nullable Instant timestamp;

  TestRecord(
      @Nullable T value,
      byte @Nullable [] key,
      List<RecordHeader> headers,
      @Nullable Integer partition,
      @Nullable Instant timestamp) {
    this.value = value;
    this.key = key;
    this.headers = List.copyOf(headers);
    this.partition = partition;
    this.timestamp = timestamp;
  }

  /**
   * A record with nothing set besides its value.
   *
   * @param value the value
   * @param <T> type of the value
   * @return the record
   */
  public static <T> TestRecord<T> of(T value) {
    return new TestRecord<>(Objects.requireNonNull(value, "value"), null, List.of(), null, null);
  }

  /**
   * A record without a value.
   *
   * @param <T> type of the values of its pipe
   * @return the record
   */
  public static <T> TestRecord<T> tombstone() {
    return new TestRecord<>(null, null, List.of(), null, null);
  }

  /**
   * Sets the key.
   *
   * @param key the key, written as UTF-8
   * @return a copy with that key
   */
  public TestRecord<T> withKey(String key) {
    return withKey(key.getBytes(UTF_8));
  }

  /**
   * Sets the key.
   *
   * @param key the key; not copied
   * @return a copy with that key
   */
  public TestRecord<T> withKey(byte[] key) {
    return new TestRecord<>(
        value, Objects.requireNonNull(key, "key"), headers, partition, timestamp);
  }

  /**
   * Adds a header, after those of the same name, whatever the name.
   *
   * @param name the header's name
   * @param text the value, written as UTF-8
   * @return a copy with that header
   */
  public TestRecord<T> withHeader(String name, String text) {
    List<RecordHeader> more = new ArrayList<>(headers);
    more.add(RecordHeader.of(name, text));
    return new TestRecord<>(value, key, more, partition, timestamp);
  }

  /**
   * Sets the partition that it is read from. The partitions of an input come into being as they are
   * named, with all of lower numbers.
   *
   * @param number the partition, from 0
   * @return a copy with that partition
   * @throws IllegalArgumentException when it is negative
   */
  public TestRecord<T> withPartition(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("partition " + number + ": they begin with 0");
    }
    return new TestRecord<>(value, key, headers, number, timestamp);
  }

  /**
   * Sets the timestamp.
   *
   * @param time the time, which Kafka keeps in milliseconds
   * @return a copy with that timestamp
   */
  public TestRecord<T> withTimestamp(Instant time) {
    return new TestRecord<>(value, key, headers, partition, Objects.requireNonNull(time, "time"));
  }

  /** {@return the value, {@code null} for a tombstone} */
  public @Nullable T value() {
    return value;
  }

  /** {@return the key as UTF-8 text, empty when there is none} */
  public Optional<String> key() {
    return keyBytes().map(bytes -> new String(bytes, UTF_8));
  }

  /** {@return the key, empty when there is none; not a copy} */
  public Optional<byte[]> keyBytes() {
    return Optional.ofNullable(key);
  }

  /** {@return the headers} */
  public RecordHeaders headers() {
    return RecordHeaders.of(headers.toArray(new RecordHeader[0]));
  }

  /** {@return the partition, empty when it is the partitioner's to choose} */
  public OptionalInt partition() {
    return partition == null ? OptionalInt.empty() : OptionalInt.of(partition);
  }

  /** {@return the timestamp, empty when it is the broker's to set} */
  public Optional<Instant> timestamp() {
    return Optional.ofNullable(timestamp);
  }

  @Override
  public String toString() {
    return "TestRecord[key=" + key().orElse("none") + ", value=" + value + ", " + headers + "]";
  }
}
