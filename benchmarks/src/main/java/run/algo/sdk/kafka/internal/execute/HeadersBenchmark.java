package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RunHeader;

/**
 * What it costs to read an input record's headers and to write an output's, in nanoseconds and
 * (with {@code -prof gc}) bytes a record: trace ID and content type alone, and all that the path
 * looks for in a record ({@code run}, {@code endpointParams}, {@code messageDataType}, and the
 * trace ID twice).
 *
 * <p>The path asks Kafka's {@code Headers.lastHeader} for each, which goes through the headers from
 * the end and compares names. {@link #rivalOnePass} goes through them once, and tells by a name's
 * first letter whether it can be one of the protocol's.
 *
 * <p>{@link #written} is what the path does for an output's headers: a {@code RecordHeaders} that
 * the record's constructor copies. {@link #rivalWrittenInPlace} adds them to the record's own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class HeadersBenchmark {

  /** How many headers the record has beside trace ID and content type. */
  @Param({"0", "4", "16"})
  public int others;

  private final byte[] key = new byte[16];
  private Headers headers = ExecutionParts.record(new byte[0], 0).headers();

  /** Makes the record. */
  @Setup
  public void record() {
    ConsumerRecord<byte[], byte[]> record = ExecutionParts.record(new byte[200], others);
    headers = record.headers();
  }

  /** {@return an output record, whose headers are made first, and copied by its constructor} */
  @Benchmark
  public Object written() {
    RecordHeaders made = new RecordHeaders();
    write(made);
    return new ProducerRecord<>("results", null, null, key, key, made);
  }

  /** {@return an output record that has made its headers itself} */
  @Benchmark
  public Object rivalWrittenInPlace() {
    ProducerRecord<byte[], byte[]> made = new ProducerRecord<>("results", null, null, key, key);
    write(made.headers());
    return made;
  }

  private void write(Headers to) {
    to.add(headers.lastHeader(ProtocolHeaders.TRACE_ID));
    to.add(headers.lastHeader(ProtocolHeaders.CONTENT_TYPE));
    to.add(new RecordHeader(ProtocolHeaders.FILE_NAME, key));
    to.add(OutputTarget.EMBEDDED);
  }

  /** Reads the two that nearly every record has. */
  @Benchmark
  public void traceAndContentType(Blackhole hole) {
    hole.consume(ProtocolHeaders.bytes(headers, ProtocolHeaders.TRACE_ID));
    hole.consume(ProtocolHeaders.text(headers, ProtocolHeaders.CONTENT_TYPE));
  }

  /** Reads all that the path looks for, the content type excepted, which is not always wanted. */
  @Benchmark
  public void all(Blackhole hole) {
    hole.consume(RunHeader.of(headers));
    hole.consume(ProtocolHeaders.bytes(headers, ProtocolHeaders.ENDPOINT_PARAMS));
    hole.consume(headers.lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE));
    hole.consume(ProtocolHeaders.bytes(headers, ProtocolHeaders.TRACE_ID));
    hole.consume(headers.lastHeader(ProtocolHeaders.TRACE_ID));
  }

  /** Finds the same in one go. */
  @Benchmark
  public void rivalOnePass(Blackhole hole) {
    Header run = null;
    Header params = null;
    Header type = null;
    Header trace = null;
    for (Header header : headers) {
      String name = header.key();
      switch (name.isEmpty() ? ' ' : name.charAt(0)) {
        case 'r' -> run = name.equals(ProtocolHeaders.RUN) ? header : run;
        case 'e' -> params = name.equals(ProtocolHeaders.ENDPOINT_PARAMS) ? header : params;
        case 'm' -> type = name.equals(ProtocolHeaders.MESSAGE_DATA_TYPE) ? header : type;
        case 't' -> trace = name.equals(ProtocolHeaders.TRACE_ID) ? header : trace;
        default -> {}
      }
    }
    hole.consume(run);
    hole.consume(params);
    hole.consume(type);
    hole.consume(trace);
  }
}
