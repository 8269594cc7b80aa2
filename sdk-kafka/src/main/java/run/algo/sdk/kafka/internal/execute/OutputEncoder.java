package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Output;
import run.algo.sdk.Payload;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/**
 * Turns what an execution emitted into records for the producer: value, key and headers. What goes
 * to storage goes there when all of it is encoded and found to fit, and what was streamed is
 * completed last: so little of an execution that fails is left there. What is left is overwritten
 * when the record is executed again.
 */
final class OutputEncoder {

  /** Headers are added up only where they could matter. */
  private static final int HEADER_ROOM = 128 * 1024;

  /** A payload that is a file of the author's; there is no telling by its methods. */
  private static final Class<?> FILE = Payload.of(Path.of("file")).getClass();

  /** A payload made of bytes. */
  private static final Class<?> BYTES = Payload.of(new byte[0]).getClass();

  /**
   * Encodes what the Algo has returned, and stores what is to be stored.
   *
   * @return null when it has returned nothing, or there is no output for it
   * @throws Exception when it cannot be encoded, does not fit or cannot be stored
   */
  @Nullable ProducerRecord<byte[], byte[]> encode(Execution execution, @Nullable Object result)
      throws Exception {
    OutputTarget target = execution.route.result;
    return target == null || result == null
        ? null
        : stored(execution, record(execution, target, result, null, 0));
  }

  /**
   * Encodes all of it, and stores what is to be stored.
   *
   * @param emissions at least one
   * @throws Exception when something cannot be encoded, does not fit or cannot be stored
   */
  List<ProducerRecord<byte[], byte[]>> encode(
      Execution execution, List<Output<?>> emissions, @Nullable Object result) throws Exception {
    OutputTarget target = result == null ? null : execution.route.result;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(emissions.size() + 1);
    for (Output<?> emission : emissions) {
      OutputTarget named = execution.target(emission.pipe());
      records.add(record(execution, named, emission.value(), emission, records.size()));
    }
    if (target != null && result != null) {
      records.add(record(execution, target, result, null, records.size()));
    }
    store(execution, records, false);
    store(execution, records, true);
    return records;
  }

  private static void store(
      Execution execution, List<ProducerRecord<byte[], byte[]>> records, boolean streamed)
      throws Exception {
    for (int i = 0; i < records.size(); i++) {
      if (records.get(i) instanceof PendingRecord pending && pending.isStreamed() == streamed) {
        records.set(i, stored(execution, pending));
      }
    }
  }

  private static OutputRecord stored(Execution execution, OutputRecord record) throws Exception {
    if (!(record instanceof PendingRecord pending)) {
      return record;
    }
    OutputRecord stored = execution.uploads().store(pending);
    measure(stored.target(), stored.key(), stored.value().length, stored.headers());
    return stored;
  }

  private static OutputRecord record(
      Execution execution,
      OutputTarget target,
      Object value,
      @Nullable Output<?> settings,
      int emission)
      throws Exception {
    if (value instanceof StreamedOutput file) {
      file.check();
      return pending(
          execution, target, settings, emission, (uploads, key) -> file.complete(), true);
    }
    if (target.takesPayloads()) {
      return payload(execution, target, (Payload) value, settings, emission);
    }
    return encoded(execution, target, target.codec().encode(value), settings, emission);
  }

  /** Content that is in memory. */
  private static OutputRecord encoded(
      Execution execution,
      OutputTarget target,
      byte[] bytes,
      @Nullable Output<?> settings,
      int emission)
      throws Refusal {
    byte[] key = key(execution, settings);
    // Its own headers, since those that are given to it are copied.
    OutputRecord record = new OutputRecord(target, emission, key, bytes, null, bytes.length);
    write(execution, target.messageDataType(), target, settings, emission, record.headers());
    if (!goesToStorage(execution, target, key, bytes.length, record.headers())) {
      return record;
    }
    return pending(
        execution, target, settings, emission, (uploads, at) -> uploads.write(at, bytes), false);
  }

  /** Content that may be anywhere, and is read into memory only where it becomes a value. */
  private static OutputRecord payload(
      Execution execution,
      OutputTarget target,
      Payload payload,
      @Nullable Output<?> settings,
      int emission)
      throws Exception {
    PendingRecord.Content content = content(payload);
    if (content == null) {
      return encoded(execution, target, payload.bytes(), settings, emission);
    }
    OptionalLong size = size(payload);
    boolean stored =
        target.isByReference()
            || (size.isPresent()
                && goesToStorage(
                    execution,
                    target,
                    key(execution, settings),
                    size.getAsLong(),
                    headers(execution, OutputTarget.EMBEDDED, target, settings, emission)));
    return stored
        ? pending(execution, target, settings, emission, content, false)
        : encoded(execution, target, payload.bytes(), settings, emission);
  }

  /** How a payload goes to storage; null for one that is in memory. */
  private static PendingRecord.@Nullable Content content(Payload payload) throws IOException {
    if (payload.getClass() == FILE) {
      Path file = payload.path();
      return (uploads, key) -> uploads.write(key, file);
    }
    if (payload.getClass() == BYTES
        || (payload instanceof RecordPayload read && !read.isReference())) {
      return null;
    }
    return (uploads, key) -> uploads.write(key, payload);
  }

  /** A file of the author's is asked of the disk, so that one that is missing is told early. */
  private static OptionalLong size(Payload payload) throws IOException {
    return payload.getClass() == FILE
        ? OptionalLong.of(Files.size(payload.path()))
        : payload.size();
  }

  /** A record without its value, found to fit its topic but for that. */
  private static PendingRecord pending(
      Execution execution,
      OutputTarget target,
      @Nullable Output<?> settings,
      int emission,
      PendingRecord.Content content,
      boolean streamed) {
    byte[] key = key(execution, settings);
    Headers headers = headers(execution, OutputTarget.REFERENCE, target, settings, emission);
    measure(target, key, 0, headers);
    return new PendingRecord(target, emission, key, headers, content, streamed);
  }

  /**
   * Whether a value is not to be in its record.
   *
   * @throws Refusal when it is, and cannot be
   */
  private static boolean goesToStorage(
      Execution execution, OutputTarget target, byte[] key, long length, Headers headers) {
    if (target.isByReference()) {
      return true;
    }
    if (fits(target, key, length, headers)) {
      return false;
    }
    if (execution.uploads().takesOversize()) {
      return true;
    }
    throw tooLarge(target, key, length, headers);
  }

  private static byte[] key(Execution execution, @Nullable Output<?> settings) {
    byte[] key = settings == null ? null : settings.key();
    if (key == null) {
      key = execution.record.key();
    }
    return key == null ? execution.traceIdBytes() : key;
  }

  private static Headers headers(
      Execution execution,
      Header messageDataType,
      OutputTarget target,
      @Nullable Output<?> settings,
      int emission) {
    Headers headers = new RecordHeaders();
    write(execution, messageDataType, target, settings, emission, headers);
    return headers;
  }

  private static void write(
      Execution execution,
      Header messageDataType,
      OutputTarget target,
      @Nullable Output<?> settings,
      int emission,
      Headers headers) {
    List<run.algo.sdk.RecordHeader> own = settings == null ? List.of() : settings.headers();
    headers.add(execution.traceIdHeader());
    if (!names(own, ProtocolHeaders.CONTENT_TYPE)) {
      headers.add(target.contentType());
    }
    headers.add(
        new RecordHeader(ProtocolHeaders.FILE_NAME, fileName(execution, settings, emission)));
    headers.add(messageDataType);
    if (execution.has(KnownHeaders.CARRIED)) {
      carry(execution.record.headers(), own, headers);
    }
    mark(execution, headers, own);
    for (run.algo.sdk.RecordHeader header : own) {
      headers.add(new RecordHeader(header.name(), header.value()));
    }
  }

  private static void carry(Headers input, List<run.algo.sdk.RecordHeader> own, Headers headers) {
    for (Header header : input) {
      if (ProtocolHeaders.carriedToOutputs(header.key()) && !names(own, header.key())) {
        headers.add(header);
      }
    }
  }

  /** What the author gives an output to tell of where it comes from is left as it is. */
  private static void mark(
      Execution execution, Headers headers, List<run.algo.sdk.RecordHeader> own) {
    ExecutionSpan span = execution.span();
    if (span == null) {
      return;
    }
    for (run.algo.sdk.RecordHeader header : own) {
      if (span.writes(header.name())) {
        return;
      }
    }
    span.inject(headers);
  }

  private static boolean names(List<run.algo.sdk.RecordHeader> headers, String name) {
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The name the Algo gave, else one derived from the record's position and the emission. */
  private static byte[] fileName(Execution execution, @Nullable Output<?> settings, int emission) {
    String given = settings == null ? null : settings.fileName();
    return given == null ? execution.derivedFileName(emission) : given.getBytes(UTF_8);
  }

  /**
   * Refuses what cannot fit its topic, while nothing of the execution has been sent. What is near
   * the limit is left to the broker, which alone knows the size of the batch.
   */
  private static void measure(OutputTarget target, byte[] key, long length, Headers headers) {
    if (!fits(target, key, length, headers)) {
      throw tooLarge(target, key, length, headers);
    }
  }

  private static boolean fits(OutputTarget target, byte[] key, long length, Headers headers) {
    long size = key.length + length;
    return size <= target.maxBytes() - HEADER_ROOM
        || size + headerBytes(headers) <= target.maxBytes();
  }

  private static Refusal tooLarge(OutputTarget target, byte[] key, long length, Headers headers) {
    return new Refusal(
        FailureReason.TOO_LARGE,
        1,
        new RecordTooLargeException(
            "output "
                + target.name()
                + " has a record of "
                + (key.length + length + headerBytes(headers))
                + " bytes, more than the "
                + target.maxBytes()
                + " that topic "
                + target.topic()
                + " takes (max.message.bytes)"));
  }

  private static long headerBytes(Headers headers) {
    long size = 0;
    for (Header header : headers) {
      byte[] value = header.value();
      size += header.key().length() + (value == null ? 0 : value.length);
    }
    return size;
  }
}
