package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
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
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RunHeader;

/**
 * What it costs to read an input record's headers and to write an output's, in nanoseconds and
 * (with {@code -prof gc}) bytes a record.
 *
 * <p>The path goes through a record's headers once ({@link KnownHeaders}) and looks for the trace
 * ID. {@link #rivalByName} asks Kafka's {@code Headers.lastHeader} for each that is wanted, which
 * goes through the headers from the end and compares names.
 *
 * <p>{@link #written} is what the path does for an output's headers: it adds them to the record's
 * own. {@link #rivalCopied} makes a {@code RecordHeaders} that the record's constructor copies.
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

  /** {@return an output record that has made its headers itself} */
  @Benchmark
  public Object written() {
    ProducerRecord<byte[], byte[]> made = new ProducerRecord<>("results", null, null, key, key);
    write(made.headers());
    return made;
  }

  /** {@return an output record, whose headers are made first, and copied by its constructor} */
  @Benchmark
  public Object rivalCopied() {
    RecordHeaders made = new RecordHeaders();
    write(made);
    return new ProducerRecord<>("results", null, null, key, key, made);
  }

  private void write(Headers to) {
    to.add(headers.lastHeader(ProtocolHeaders.TRACE_ID));
    to.add(headers.lastHeader(ProtocolHeaders.CONTENT_TYPE));
    to.add(new RecordHeader(ProtocolHeaders.FILE_NAME, key));
    to.add(OutputTarget.EMBEDDED);
  }

  /** Finds what the path wants to know of a record's headers. */
  @Benchmark
  public void read(Blackhole hole) {
    hole.consume(KnownHeaders.of(headers));
    hole.consume(KnownHeaders.traceId(headers));
  }

  /** Asks for each by its name. */
  @Benchmark
  public void rivalByName(Blackhole hole) {
    hole.consume(RunHeader.of(headers));
    hole.consume(ProtocolHeaders.bytes(headers, ProtocolHeaders.ENDPOINT_PARAMS));
    hole.consume(headers.lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE));
    hole.consume(ProtocolHeaders.bytes(headers, ProtocolHeaders.TRACE_ID));
    hole.consume(headers.lastHeader(ProtocolHeaders.TRACE_ID));
  }
}
