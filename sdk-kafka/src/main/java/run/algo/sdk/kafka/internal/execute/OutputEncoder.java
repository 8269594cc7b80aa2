package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Output;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/** Turns what an execution emitted into records for the producer: value, key and headers. */
final class OutputEncoder {

  /** Headers are added up only where they could matter. */
  private static final int HEADER_ROOM = 128 * 1024;

  List<ProducerRecord<byte[], byte[]>> encode(
      Execution execution, List<Output<?>> emissions, @Nullable Object result) throws Exception {
    OutputTarget target = result == null ? null : execution.route.result;
    if (emissions.isEmpty()) {
      return target == null || result == null
          ? List.of()
          : List.of(record(execution, target, result, null, 0));
    }
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(emissions.size() + 1);
    for (Output<?> emission : emissions) {
      OutputTarget named = execution.target(emission.pipe());
      records.add(record(execution, named, emission.value(), emission, records.size()));
    }
    if (target != null && result != null) {
      records.add(record(execution, target, result, null, records.size()));
    }
    return records;
  }

  private static ProducerRecord<byte[], byte[]> record(
      Execution execution,
      OutputTarget target,
      Object value,
      @Nullable Output<?> settings,
      int emission)
      throws Exception {
    byte[] bytes = target.codec().encode(value);
    byte[] key = settings == null ? null : settings.key();
    if (key == null) {
      key = execution.record.key();
    }
    if (key == null) {
      key = execution.traceIdBytes();
    }
    RecordHeaders headers = headers(execution, target, settings, emission);
    measure(target, key, bytes, headers);
    return new OutputRecord(target, key, bytes, headers);
  }

  private static RecordHeaders headers(
      Execution execution, OutputTarget target, @Nullable Output<?> settings, int emission) {
    List<run.algo.sdk.RecordHeader> own = settings == null ? List.of() : settings.headers();
    RecordHeaders headers = new RecordHeaders();
    headers.add(execution.traceIdHeader());
    if (!names(own, ProtocolHeaders.CONTENT_TYPE)) {
      headers.add(target.contentType());
    }
    headers.add(
        new RecordHeader(ProtocolHeaders.FILE_NAME, fileName(execution, settings, emission)));
    headers.add(target.messageDataType());
    for (Header header : execution.record.headers()) {
      if (ProtocolHeaders.carriedToOutputs(header.key()) && !names(own, header.key())) {
        headers.add(header);
      }
    }
    for (run.algo.sdk.RecordHeader header : own) {
      headers.add(new RecordHeader(header.name(), header.value()));
    }
    return headers;
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
  private static void measure(
      OutputTarget target, byte[] key, byte[] value, RecordHeaders headers) {
    long size = (long) key.length + value.length;
    if (size <= target.maxBytes() - HEADER_ROOM) {
      return;
    }
    size += headerBytes(headers);
    if (size > target.maxBytes()) {
      throw new Refusal(
          FailureReason.TOO_LARGE,
          1,
          new RecordTooLargeException(
              "output "
                  + target.name()
                  + " has a record of "
                  + size
                  + " bytes, more than the "
                  + target.maxBytes()
                  + " that topic "
                  + target.topic()
                  + " takes (max.message.bytes)"));
    }
  }

  private static long headerBytes(RecordHeaders headers) {
    long size = 0;
    for (Header header : headers) {
      byte[] value = header.value();
      size += header.key().length() + (value == null ? 0 : value.length);
    }
    return size;
  }
}
