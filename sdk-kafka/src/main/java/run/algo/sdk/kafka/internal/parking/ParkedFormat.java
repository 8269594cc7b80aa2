package run.algo.sdk.kafka.internal.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static run.algo.sdk.kafka.internal.record.ProtocolHeaders.header;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.HeaderReader;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.RetryState;

/**
 * What a parked record looks like in its topic; {@code docs/parked-records.md} describes it. What
 * was parked is read again to the byte. What others have written is read with care: nothing that
 * lies in the topic can make reading fail.
 *
 * <p>The record's own headers come first, as they are, and ours behind them, so that no name of
 * theirs can be taken for one of ours: the first of ours tells how many are theirs.
 *
 * <p>Thread-safe.
 */
public final class ParkedFormat {

  /** How many headers are the record's own: all those before this one. */
  public static final String HEADERS = "parkedHeaders";

  /** The record's key; absent where it has none. */
  public static final String KEY = "parkedKey";

  /** There where the record has no value, since without a value it would be a tombstone here. */
  public static final String NULL = "parkedNull";

  private static final Logger log = LoggerFactory.getLogger(ParkedFormat.class);

  private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

  /** As it is written, and in no other way: to the topic a key is its bytes. */
  private static final Pattern ID = Pattern.compile("(0|[1-9][0-9]{0,9})/(0|[1-9][0-9]{0,18})");

  /** Longest key that can be one of ours. */
  private static final int LONGEST_ID = 30;

  private static final byte[] NOTHING = {};

  private final String inputTopic;
  private final String group;
  private final RateLimit warnings = new RateLimit(WARNING_INTERVAL, System::nanoTime);

  /**
   * The format of an input topic's parked records.
   *
   * @param inputTopic the input topic
   * @param group the consumer group whose records they are
   */
  public ParkedFormat(String inputTopic, String group) {
    this.inputTopic = inputTopic;
    this.group = group;
  }

  /** Says why a record of the topic cannot be read. */
  private static final class NotOursException extends Exception {
    private static final long serialVersionUID = 1L;

    NotOursException(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * Writes a record.
   *
   * @param topic the parking topic
   * @param parked the record
   * @return a record for the partition of its number, without a timestamp of its own
   */
  public ProducerRecord<byte[], byte[]> record(String topic, ParkedRecord parked) {
    RecordHeaders headers = new RecordHeaders();
    int own = 0;
    for (RecordHeader each : parked.headers()) {
      headers.add(each.name(), each.value());
      own++;
    }
    headers.add(header(HEADERS, Integer.toString(own)));
    byte[] key = parked.key();
    if (key != null) {
      headers.add(KEY, key);
    }
    byte[] value = parked.value();
    if (value == null) {
      headers.add(NULL, NOTHING);
      value = NOTHING;
    }
    ParkedId id = parked.id();
    ProtocolHeaders.addOrigin(
        headers, new RecordPosition(inputTopic, id.partition(), id.offset(), parked.timestamp()));
    addTry(headers, parked.next());
    headers.add(header(RetryHeaders.GROUP, group));
    return new ProducerRecord<>(topic, id.partition(), null, key(id), value, headers);
  }

  private static void addTry(Headers headers, ParkedTry next) {
    headers.add(header(RetryHeaders.ATTEMPT, Integer.toString(next.executions())));
    if (next.state() instanceof RetryState.After after) {
      headers.add(header(RetryHeaders.STEP_INDEX, Integer.toString(after.stepIndex())));
      headers.add(header(RetryHeaders.NUM, Integer.toString(after.retryNum())));
      RetryHeaders.addDue(headers, next.due());
    } else if (!next.due().equals(Instant.EPOCH)) {
      RetryHeaders.addDue(headers, next.due());
    }
  }

  /**
   * Writes that a record is parked no more.
   *
   * @param topic the parking topic
   * @param id the record
   * @return a tombstone for the partition of its number
   */
  public ProducerRecord<byte[], byte[]> tombstone(String topic, ParkedId id) {
    return new ProducerRecord<>(topic, id.partition(), key(id), null);
  }

  private static byte[] key(ParkedId id) {
    return id.toString().getBytes(UTF_8);
  }

  /**
   * Reads a key.
   *
   * @param key the key of a record or a tombstone of the parking topic
   * @return which record it is about; empty where it is none of ours
   */
  public Optional<ParkedId> id(byte @Nullable [] key) {
    if (key == null || key.length > LONGEST_ID) {
      return Optional.empty();
    }
    Matcher matcher = ID.matcher(new String(key, UTF_8));
    if (matcher.matches()) {
      try {
        return Optional.of(
            new ParkedId(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))));
      } catch (NumberFormatException e) {
        log.debug("a key has more than the numbers of partitions and offsets hold", e);
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a record. Where the headers of its next try are wrong it counts as failed for the first
   * time, and as due; that is told by a warning.
   *
   * @param record a record of the parking topic
   * @return what was parked; empty for a tombstone, and for what is none of ours, which is told by
   *     a warning
   */
  public Optional<ParkedRecord> read(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parked(record));
    } catch (NotOursException e) {
      warnings.run(
          "not ours",
          suppressed ->
              log.warn(
                  "{}-{}@{} is no parked record of {} and group {}, and is left alone: {} (and {}"
                      + " more like it)",
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  inputTopic,
                  group,
                  e.getMessage(),
                  suppressed));
      return Optional.empty();
    }
  }

  // A record's compact constructor has lost the annotations of its parameters in the class file.
  @SuppressWarnings("NullAway")
  private ParkedRecord parked(ConsumerRecord<byte[], byte[]> record) throws NotOursException {
    ParkedId id = id(record.key()).orElseThrow(() -> new NotOursException("its key is no place"));
    if (id.partition() != record.partition()) {
      throw new NotOursException("its key names partition " + id.partition());
    }
    Header[] all = record.headers().toArray();
    int own = own(record.headers(), all);
    RecordHeaders ours = new RecordHeaders();
    for (int i = own; i < all.length; i++) {
      ours.add(all[i]);
    }
    checkGroup(ours);
    HeaderReader reader = new HeaderReader(ours);
    long timestamp = timestamp(reader, record, id);
    ParkedTry next = next(reader);
    if (!reader.faults().isEmpty()) {
      warnings.run(
          "faults",
          suppressed ->
              log.warn(
                  "parked record {} in {}@{} has headers that make no sense: {}; what depends on"
                      + " them counts as if it had failed for the first time (and {} more like it)",
                  id,
                  record.topic(),
                  record.offset(),
                  String.join(", ", reader.faults()),
                  suppressed));
    }
    Header key = ours.lastHeader(KEY);
    return new ParkedRecord(
        id,
        timestamp,
        key == null ? null : key.value(),
        ours.lastHeader(NULL) == null ? record.value() : null,
        own(all, own),
        next);
  }

  /** How many headers are the record's own. */
  private static int own(Headers headers, Header[] all) throws NotOursException {
    Long own = new HeaderReader(headers).number(HEADERS, 0, all.length - 1L, false);
    if (own == null || !all[own.intValue()].key().equals(HEADERS)) {
      throw new NotOursException(HEADERS + " is missing or wrong");
    }
    return own.intValue();
  }

  private static run.algo.sdk.RecordHeaders own(Header[] all, int count) {
    RecordHeader[] own = new RecordHeader[count];
    for (int i = 0; i < count; i++) {
      own[i] = new RecordHeader(all[i].key(), all[i].value());
    }
    return run.algo.sdk.RecordHeaders.of(own);
  }

  /** Names of topics are lower-cased, and groups are not: two may have one topic. */
  private void checkGroup(Headers ours) throws NotOursException {
    String named = ProtocolHeaders.text(ours, RetryHeaders.GROUP);
    if (named != null && !named.equals(group)) {
      throw new NotOursException("it is of group " + HeaderReader.shown(named));
    }
  }

  private long timestamp(HeaderReader reader, ConsumerRecord<byte[], byte[]> record, ParkedId id)
      throws NotOursException {
    RecordPosition origin = reader.origin(record.timestamp());
    if (origin == null) {
      throw new NotOursException("its origin is missing or wrong");
    }
    if (!origin.topic().equals(inputTopic)
        || origin.partition() != id.partition()
        || origin.offset() != id.offset()) {
      throw new NotOursException("its origin is " + origin);
    }
    return origin.timestamp();
  }

  private static ParkedTry next(HeaderReader reader) {
    Long attempt = reader.number(RetryHeaders.ATTEMPT, 0, RetryHeaders.MOST_TRIES, true);
    int executions = attempt == null ? 0 : attempt.intValue();
    boolean timed = reader.has(RetryHeaders.TIMESTAMP_MS) || reader.has(RetryHeaders.TIMESTAMP);
    boolean tried = reader.has(RetryHeaders.STEP_INDEX) || reader.has(RetryHeaders.NUM);
    Instant due = timed || tried ? due(reader) : Instant.EPOCH;
    RetryState state = tried ? state(reader) : new RetryState.First();
    if (due == null || state == null) {
      return new ParkedTry(executions, new RetryState.First(), Instant.EPOCH);
    }
    if (attempt == null && state instanceof RetryState.After after) {
      executions = after.retryNum(); // at least
    }
    return new ParkedTry(executions, state, due);
  }

  private static @Nullable RetryState state(HeaderReader reader) {
    Long step = reader.number(RetryHeaders.STEP_INDEX, Integer.MIN_VALUE, Integer.MAX_VALUE, true);
    Long num = reader.number(RetryHeaders.NUM, 1, RetryHeaders.MOST_TRIES, true);
    return step == null || num == null
        ? null
        : new RetryState.After(step.intValue(), num.intValue());
  }

  private static @Nullable Instant due(HeaderReader reader) {
    if (reader.has(RetryHeaders.TIMESTAMP_MS)) {
      Long millis = reader.number(RetryHeaders.TIMESTAMP_MS, Long.MIN_VALUE, Long.MAX_VALUE, true);
      return millis == null ? null : Instant.ofEpochMilli(millis);
    }
    long most = Long.MAX_VALUE / 1000;
    Long seconds = reader.number(RetryHeaders.TIMESTAMP, -most, most, true);
    return seconds == null ? null : Instant.ofEpochSecond(seconds);
  }
}
