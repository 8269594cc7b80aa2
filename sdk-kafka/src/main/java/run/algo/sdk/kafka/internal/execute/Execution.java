package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.Parameters;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.PayloadMemory;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.kafka.internal.record.Tries;

/**
 * One execution of the Algo on one record: what the author sees as the context, and what the SDK
 * must remember until the record's sends are acknowledged. The one object of ours per record; an
 * execution on several records is a {@link GatheringExecution}.
 *
 * <p>Until it is {@linkplain #close() closed} it belongs to the author's code, on whatever threads
 * that runs.
 *
 * <p>Long, since it is one object: what it emits, a superclass has; its payloads, span and files
 * are other classes', made where they are used, and what few have is in {@link ExecutionExtras}.
 */
class Execution extends EmittingExecution implements UnderWay {

  /** Stands for an input that is to be read from storage. */
  private static final Object IN_STORAGE = new Object();

  final Route route;
  final ConsumerRecord<byte[], byte[]> record;

  private final ExecutionScope scope;
  private final Settlement settlement;
  private final int index;

  /** Which headers of the protocol its record has: bits of {@link KnownHeaders}. */
  private final byte headers;

  /** Where a retry was first read; null for a record that lies where it was first read. */
  private final @Nullable RecordPosition origin;

  /** Null for a first execution. */
  private final @Nullable Tries tries;

  private boolean again;

  /** Which of the producers takes what it sends. */
  private int begunWith;

  private boolean parks;

  /** The record's own, or one with the derived trace ID; null until it is asked for. */
  private @Nullable Header traceId;

  private @Nullable Parameters parameters;
  private long emittedBytes;

  /** Whether its input is being read from storage, or could not be: the Algo has not begun. */
  private volatile boolean loading;

  /** Who works on it; written by that thread alone, and read by whoever watches. */
  private @Nullable Thread worker;

  Execution(
      ExecutionScope scope,
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index) {
    this(
        scope,
        route,
        record,
        settlement,
        index,
        settlement.headers(index),
        settlement.traceId(index));
  }

  /** An execution on a record that was held, whose outcome is another's. */
  static Execution ofHeld(
      ExecutionScope scope,
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index) {
    return new Execution(
        scope, route, record, settlement, index, KnownHeaders.of(record.headers()), null);
  }

  private Execution(
      ExecutionScope scope,
      Route route,
      ConsumerRecord<byte[], byte[]> record,
      Settlement settlement,
      int index,
      int headers,
      @Nullable Header traceId) {
    this.scope = scope;
    this.route = route;
    this.record = record;
    this.settlement = settlement;
    this.index = index;
    this.headers = (byte) headers;
    this.traceId = traceId;
    RetryHeaders.Read retried = route.retried(record);
    this.origin = retried == null ? null : retried.origin();
    Tries inPlace = settlement.tries(index);
    this.tries = inPlace == null && retried != null ? retried.tries() : inPlace;
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
  public Optional<Payload> payload() {
    return record.value() == null ? Optional.empty() : Optional.of(content());
  }

  private RecordPayload content() {
    ExecutionFiles kept = files();
    RecordPayload known = kept.payload;
    if (known == null) {
      synchronized (kept) {
        known = kept.payload;
        if (known == null) {
          known = new RecordPayload(this, kept, scope.files());
          kept.payload = known;
        }
      }
    }
    return known;
  }

  @Override
  public Parameters parameters() {
    Parameters known = parameters;
    return known == null ? Parameters.none() : known;
  }

  @Override
  public int attempt() {
    return tries().executions() + 1;
  }

  @Override
  public Optional<Instant> deadline() {
    if (!scope.deadlines().on()) {
      return Optional.empty();
    }
    ExecutionExtras extras = extras();
    Instant known = extras.deadline;
    if (known == null) {
      known = scope.deadlines().timeOfDay(extras.due);
      extras.deadline = known; // the same whenever it is asked for, however the time of day is set
    }
    return Optional.of(known);
  }

  @Override
  public RecordPosition position() {
    RecordPosition known = origin;
    return known == null
        ? new RecordPosition(
            record.topic(), record.partition(), record.offset(), record.timestamp())
        : known;
  }

  /** As {@link #position} says, without an object. */
  final int originPartition() {
    RecordPosition known = origin;
    return known == null ? record.partition() : known.partition();
  }

  /** As {@link #position} says, without an object. */
  final long originOffset() {
    RecordPosition known = origin;
    return known == null ? record.offset() : known.offset();
  }

  @Override
  public List<GatheredRecord> gathered() {
    return List.of();
  }

  @Override
  public String instanceName() {
    return scope.instance().name();
  }

  @Override
  public boolean hasOutput(Pipe<?> pipe) {
    return scope.outputs().has(pipe);
  }

  // What the SDK sees

  /**
   * Decodes the record. What lies in storage is left to {@link #load}, which takes its time.
   *
   * @param gate checks what it says of itself
   * @return what {@link #load} makes the Algo's input of
   * @throws Exception when it does not reach the Algo
   */
  @Nullable Object admit(InputGate gate) throws Exception {
    gate.admit(this);
    byte[] value = record.value();
    if (value == null) {
      return route.codec.decodeTombstone();
    }
    if (route.takesPayloads) {
      return content();
    }
    return isReference() ? IN_STORAGE : route.codec.decode(value);
  }

  /**
   * The Algo's input. Reads what lies in storage, within the execution's deadline, so once that
   * runs.
   *
   * @param admitted what {@link #admit} has returned
   * @return the input; another object than was admitted exactly when something was read
   * @throws Exception when it cannot be read or is not of its format
   */
  final @Nullable Object load(@Nullable Object admitted) throws Exception {
    if (!isInStorage(admitted)) {
      return read(admitted);
    }
    loading = true;
    Object input = read(admitted);
    loading = false;
    return input;
  }

  /** Whether something of it is still to be read from storage. */
  boolean isInStorage(@Nullable Object admitted) {
    return admitted == IN_STORAGE;
  }

  /** Whether the Algo has not been called since its input is not there, and may never be. */
  boolean isLoading() {
    return loading;
  }

  /** The Algo has been called, and took some time. */
  void executed(long nanos) {
    if (!loading) {
      route.counters.executed(nanos);
    }
  }

  /** Several are read before the Algo is called for all of them. */
  void loading(boolean now) {
    loading = now;
  }

  /** As {@link #load}, without regard to who else is read. */
  @Nullable Object read(@Nullable Object admitted) throws Exception {
    if (admitted != IN_STORAGE) {
      return admitted;
    }
    try {
      return content().value(route.codec);
    } catch (StorageException e) {
      throw e;
    } catch (Exception e) {
      throw FailureClasses.chainHolds(e, StorageException.class)
          ? e
          : new Refusal(FailureReason.DECODE, 0, e);
    }
  }

  /** Whether the record's value refers to its payload. */
  boolean isReference() {
    return has(KnownHeaders.FILE_REFERENCE) && KnownHeaders.isReference(record.headers());
  }

  /** Whether its record has a header of the protocol: one of {@link KnownHeaders}. */
  boolean has(int header) {
    return (headers & header) != 0;
  }

  /** What it takes memory with. */
  PayloadMemory.Share share() {
    ExecutionExtras extras = extras();
    PayloadMemory.Share known = extras.share;
    if (known == null) {
      known = new PayloadMemory.Share();
      extras.share = known;
    }
    return known;
  }

  /** It is begun together with others. */
  void share(PayloadMemory.Share common) {
    extras().share = common;
  }

  /** How long its deadline is away; empty where it has none. */
  Optional<Duration> remaining() {
    return scope.deadlines().on()
        ? Optional.of(scope.deadlines().until(extras().due))
        : Optional.empty();
  }

  /** It begins, and a producer of this number takes what it will send. */
  void begins(int producer) {
    begunWith = producer;
  }

  /** The number of the producer that there was when it began. */
  int begunWith() {
    return begunWith;
  }

  /** The calling thread begins to work on it. */
  void enter() {
    worker = Thread.currentThread();
    settlement.underWay(index, this);
  }

  /** The calling thread does so no more. */
  void leave() {
    if (worker == Thread.currentThread()) {
      worker = null;
    }
  }

  @Override
  public @Nullable Thread worker() {
    return worker;
  }

  @Override
  public boolean isSent() {
    return sends() > 0;
  }

  /** What has one outcome with this execution: the record, and before it those gathered. */
  List<Execution> records() {
    return List.of(this);
  }

  /** What was tried with the record before this execution. */
  Tries tries() {
    Tries known = tries;
    return known == null ? Tries.NONE : known;
  }

  /**
   * Whether it can be executed once more. Not when its outputs are on their way: its scope has gone
   * on by then.
   */
  boolean repeatable() {
    return sends() == 0;
  }

  /** It is executed again in its place, once it has waited. */
  void again(Tries next, Duration wait) {
    again = true;
    settlement.again(index, next, wait);
  }

  /** It has failed, and is executed again in its place, once it has waited. */
  void failedAgain(Tries next, Duration wait) {
    settlement.failed(index);
    again(next, wait);
  }

  /**
   * As if it had not been executed: it will be, with a record ahead of it in its scope that is
   * executed again. That is no try of its own.
   */
  void goAlong() {
    endFiles();
    again(tries(), Duration.ZERO);
  }

  /** Whether it is executed again. */
  boolean isAgain() {
    return again;
  }

  /** Whether it is on its way to the parking store, and the later ones of its key wait for it. */
  boolean isParkedInOrder() {
    return parks;
  }

  /** Where its partition's records are parked; null where none are. */
  @Nullable Parking parking() {
    return settlement.parking();
  }

  /** Whether it is a parked record that is executed now. */
  boolean isParked() {
    return settlement.isParked();
  }

  /** Where it is parked; null for a record that was read from its input. */
  @Nullable Parking parkedIn() {
    return settlement.isParked() ? settlement.parking() : null;
  }

  /** Whether it is, or may be, an execution on several records. */
  boolean gathers() {
    return false;
  }

  /** It goes to the parking store, where the records of a key keep their order. */
  void parksInOrder() {
    parks = true;
  }

  /** A parked record is not executed now. */
  void drop() {
    settlement.dropped(index);
  }

  @Override
  final OutputTarget target(Pipe<?> pipe) {
    return scope.outputs().target(pipe);
  }

  @Override
  final Uploads uploads() {
    return new Uploads(scope.files(), this);
  }

  @Override
  final void handOver(PreparedSends all) {
    settlement.prepared(index, all);
  }

  byte[] traceIdBytes() {
    return traceIdHeader().value();
  }

  private byte[] derivedTraceId() {
    RecordPosition first = origin;
    return first == null
        ? route.traceIds.derive(record.partition(), record.offset(), record.timestamp())
        : route.traceId(first);
  }

  /**
   * A name for an output that the Algo has not named.
   *
   * @param emission which of the execution's outputs, from 0
   */
  byte[] derivedFileName(int emission) {
    RecordPosition first = origin;
    return first == null
        ? route.fileNames.name(record.partition(), record.offset(), emission)
        : route.fileName(first, emission);
  }

  /** The trace ID as an output's header: the input's own where it has one. */
  Header traceIdHeader() {
    Header known = traceId;
    if (known == null) {
      known = has(KnownHeaders.TRACE_ID) ? KnownHeaders.traceId(record.headers()) : null;
      if (known == null) {
        known = new RecordHeader(ProtocolHeaders.TRACE_ID, derivedTraceId());
        VarHandle.storeStoreFence(); // an author's threads may find it
      }
      traceId = known;
    }
    return known;
  }

  @Nullable String contentTypeOrNull() {
    String type =
        has(KnownHeaders.CONTENT_TYPE)
            ? ProtocolHeaders.text(record.headers(), ProtocolHeaders.CONTENT_TYPE)
            : null;
    return type == null ? route.defaultContentType : type;
  }

  /** When it will be given up. Before it begins. */
  void due(long nanos) {
    extras().due = nanos;
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

  /** All outputs are encoded and will be sent. */
  void emitted(long bytes) {
    emittedBytes = bytes;
    settlement.emitted(index, bytes);
  }

  void settle(Outcome outcome) {
    countFile(outcome);
    settlement.settled(index, outcome, emittedBytes);
  }

  /**
   * It is parked.
   *
   * @param failed whether it has been executed, and has failed; else it only waits for others
   */
  void settleParked(boolean failed) {
    if (failed) {
      settlement.failed(index);
      byte[] value = record.value();
      route.counters.parkedForRetry(value == null ? 0 : value.length);
      countFile(Outcome.RETRIED); // which its outcome is, only that it waits elsewhere
    }
    settlement.settled(index, Outcome.PARKED, emittedBytes);
  }

  /** The file that its record refers to counts when the record does, if it was looked into. */
  final void countFile(Outcome outcome) {
    RecordPayload payload = payloadAskedFor();
    long bytes = payload == null ? 0 : payload.counted();
    if (bytes > 0) {
      route.counters.referenced(outcome, bytes);
    }
  }

  void block(Blockage blockage) {
    settlement.blocked(index, blockage);
  }

  /** A defect of ours must not lose the record: its partition halts there. */
  void defect(Throwable error) {
    endFiles();
    endSpan(error);
    block(new Blockage("an error within the SDK", error, false, Optional.empty()));
  }

  /** Takes a step of this record's way; its own trouble must not take anything else along. */
  void guarded(Runnable step) {
    dropStrayInterrupt();
    try {
      step.run();
    } catch (InterruptException e) {
      endSpan();
      throw e;
    } catch (Throwable t) {
      defect(t);
    }
  }

  /** As {@link #guarded}, of a step that goes on with it on a thread that does not know it. */
  void resumed(Runnable step) {
    LogContext.Before before = log().enter(this);
    ExecutionSpan traced = span();
    ExecutionSpan.Current current = traced == null ? null : traced.enter();
    try {
      guarded(step);
    } finally {
      if (current != null) {
        current.close();
      }
      log().leave(before);
    }
  }

  /** What the log is told of it. */
  LogContext log() {
    return scope.instance().log();
  }

  /** Writes a line about it, on whatever thread. */
  void logged(Runnable line) {
    LogContext.Before before = log().enter(this);
    try {
      line.run();
    } finally {
      log().leave(before);
    }
  }

  void unblock() {
    settlement.unblocked(index);
  }

  @Override
  public String toString() {
    return "execution of " + position() + ", trace " + new String(traceIdBytes(), ISO_8859_1);
  }
}
