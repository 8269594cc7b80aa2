package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

/** Parts of an execution for benchmarks. */
final class ExecutionParts {

  static final String TOPIC = "orders";

  private ExecutionParts() {}

  /**
   * A record.
   *
   * @param value its value
   * @param others how many headers it has beside trace ID and content type
   * @return the record
   */
  static ConsumerRecord<byte[], byte[]> record(byte[] value, int others) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceID", "00112233445566778899aabbccddeeff".getBytes(UTF_8));
    headers.add("contentType", "application/octet-stream".getBytes(UTF_8));
    for (int i = 0; i < others; i++) {
      headers.add("author-" + i, "value".getBytes(UTF_8));
    }
    byte[] key = "order-4711".getBytes(UTF_8);
    return new ConsumerRecord<>(
        TOPIC,
        3,
        1_000_000,
        1_700_000_000_000L,
        TimestampType.CREATE_TIME,
        key.length,
        value.length,
        key,
        value,
        headers,
        Optional.of(1));
  }

  static <T> OutputTarget output(Codec<T> codec) {
    return new OutputTarget(
        "results", "results", codec, codec.contentType(), 1_000_000, new OutputCounters("results"));
  }

  static <T> Route route(Codec<T> codec, OutputTarget output) {
    Algo<T, T> identity = (value, context) -> value;
    return new Route(
        new Route.Input("orders", new ContentTypes(List.of("application/octet-stream")), null),
        TOPIC,
        codec,
        new AlgoForm.Sync(identity),
        Optional.of(output),
        new InputCounters("orders"));
  }

  static ExecutionScope scope(OutputTarget output) {
    return new ExecutionScope(new Outputs(List.of(output), Set.of()), "benchmark", () -> false);
  }

  /** Counts what is settled, and forgets everything else. */
  static final class Counting implements Settlement {
    private long settled;

    long settled() {
      return settled;
    }

    @Override
    public @Nullable Tries tries(int index) {
      return null;
    }

    @Override
    public int headers(int index) {
      return KnownHeaders.TRACE_ID | KnownHeaders.CONTENT_TYPE | KnownHeaders.CARRIED; // at most
    }

    @Override
    public @Nullable Header traceId(int index) {
      return null;
    }

    @Override
    public @Nullable Parking parking() {
      return null;
    }

    @Override
    public boolean isParked() {
      return false;
    }

    @Override
    public void failed(int index) {
      throw new AssertionError("the Algo does nothing");
    }

    @Override
    public void underWay(int index, UnderWay execution) {
      // nobody watches
    }

    @Override
    public void dropped(int index) {
      throw new IllegalStateException("nothing is parked");
    }

    @Override
    public void again(int index, Tries tries, Duration wait) {
      settled++; // as far as this execution goes
    }

    @Override
    public void emitted(int index, long bytes) {
      // nothing is bounded
    }

    @Override
    public void prepared(int index, PreparedSends sends) {
      throw new IllegalStateException("there are no transactions");
    }

    @Override
    public void settled(int index, Outcome outcome, long emittedBytes) {
      settled++;
    }

    @Override
    public void blocked(int index, Blockage blockage) {
      throw new IllegalStateException(blockage.what(), blockage.cause());
    }

    @Override
    public void unblocked(int index) {
      throw new IllegalStateException("nothing is blocked");
    }
  }

  /** Keeps the latest callback; acknowledges nothing. */
  @SuppressWarnings({
    "NullAway", // nobody looks at the future
    "UnsynchronizedOverridesSynchronized" // one thread
  })
  static final class KeepingProducer extends MockProducer<byte[], byte[]> {
    @Nullable Callback latest;

    KeepingProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      latest = callback;
      return null;
    }
  }
}
