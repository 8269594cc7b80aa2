package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Output;
import run.algo.sdk.Parameters;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/**
 * One execution of the Algo on one record: what the author sees as the context, and what the SDK
 * must remember until the record's sends are acknowledged. The one object of ours per record.
 *
 * <p>Until {@link #close()} it belongs to the thread that executes; afterwards only the count of
 * open sends and the first failure are shared, with the producer's thread.
 */
final class Execution implements AlgoContext {

  private static final VarHandle OPEN_SENDS;

  static {
    try {
      OPEN_SENDS = MethodHandles.lookup().findVarHandle(Execution.class, "openSends", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Route route;
  final ConsumerRecord<byte[], byte[]> record;

  private final ExecutionScope scope;
  private final Settlement settlement;
  private final int index;
  private byte @Nullable [] traceId;
  private @Nullable Parameters parameters;
  private @Nullable List<Output<?>> emissions;
  private boolean closed;

  @SuppressWarnings("unused") // by OPEN_SENDS
  private volatile int openSends;

  private volatile @Nullable Failure sendFailure;

  Execution(
      ExecutionScope scope,
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index) {
    this.scope = scope;
    this.route = route;
    this.record = record;
    this.settlement = settlement;
    this.index = index;
  }

  // What the author sees

  @Override
  public String input() {
    return route.input;
  }

  @Override
  public String traceId() {
    return new String(traceIdBytes(), UTF_8);
  }

  @Override
  public Optional<String> key() {
    byte[] key = record.key();
    return key == null ? Optional.empty() : Optional.of(new String(key, UTF_8));
  }

  @Override
  public Optional<byte[]> keyBytes() {
    byte[] key = record.key();
    return key == null ? Optional.empty() : Optional.of(key.clone());
  }

  @Override
  public RecordHeaders headers() {
    return new HeaderView(record.headers());
  }

  @Override
  public Optional<String> contentType() {
    return Optional.ofNullable(contentTypeOrNull());
  }

  @Override
  public String fileName() {
    String name = ProtocolHeaders.text(record.headers(), ProtocolHeaders.FILE_NAME);
    return name == null ? traceId() : name;
  }

  @Override
  public Parameters parameters() {
    Parameters known = parameters;
    return known == null ? Parameters.none() : known;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public Optional<Instant> deadline() {
    return Optional.empty();
  }

  @Override
  public RecordPosition position() {
    return new RecordPosition(
        record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  @Override
  public String instanceName() {
    return scope.instanceName();
  }

  @Override
  public boolean hasOutput(Pipe<?> pipe) {
    return scope.outputs().has(pipe);
  }

  @Override
  public void emit(Output<?> output) {
    if (closed) {
      throw new IllegalStateException(
          "the execution of " + position() + " has ended: what it emits now would be lost");
    }
    target(output.pipe()); // an unknown output is the emitting line's error
    List<Output<?>> buffer = emissions;
    if (buffer == null) {
      buffer = new ArrayList<>(4);
      emissions = buffer;
    }
    buffer.add(output);
  }

  // What the SDK sees

  OutputTarget target(Pipe<?> pipe) {
    return scope.outputs().target(pipe);
  }

  byte[] traceIdBytes() {
    byte[] known = traceId;
    if (known == null) {
      known = ProtocolHeaders.bytes(record.headers(), ProtocolHeaders.TRACE_ID);
      if (known == null) {
        known = route.traceIds.derive(record.partition(), record.offset(), record.timestamp());
      }
      traceId = known;
    }
    return known;
  }

  @Nullable String contentTypeOrNull() {
    String type = ProtocolHeaders.text(record.headers(), ProtocolHeaders.CONTENT_TYPE);
    return type == null ? route.defaultContentType : type;
  }

  void parameters(Parameters resolved) {
    parameters = resolved;
  }

  /** Whether the runner closes, and may interrupt its workers. */
  boolean closing() {
    return scope.closing().getAsBoolean();
  }

  /**
   * Only a runner that closes has a reason to interrupt: any other interrupt is author's code's.
   */
  void dropStrayInterrupt() {
    if (!closing()) {
      Thread.interrupted();
    }
  }

  /** Ends the author's part: what is emitted later is refused. */
  List<Output<?>> close() {
    closed = true;
    List<Output<?>> buffer = emissions;
    emissions = null;
    return buffer == null ? List.of() : buffer;
  }

  /** Must be called before the first of the sends. */
  void expectSends(int count) {
    OPEN_SENDS.set(this, count);
  }

  /** One send has its end, good or bad; true when it was the last. */
  boolean sendEnded() {
    return (int) OPEN_SENDS.getAndAdd(this, -1) == 1;
  }

  /** Remembers that a send can never succeed; the first such failure counts. */
  void sendFailed(Failure failure) {
    if (sendFailure == null) {
      sendFailure = failure;
    }
  }

  @Nullable Failure sendFailure() {
    return sendFailure;
  }

  void settle(Outcome outcome) {
    settlement.settled(index, outcome);
  }

  void block(Blockage blockage) {
    settlement.blocked(index, blockage);
  }

  void unblock() {
    settlement.unblocked(index);
  }

  @Override
  public String toString() {
    return "execution of " + position() + ", trace " + new String(traceIdBytes(), ISO_8859_1);
  }
}
