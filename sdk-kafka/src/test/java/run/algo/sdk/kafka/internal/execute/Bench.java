package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.DataType;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.config.ParameterSettings;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.files.InputDirectory;
import run.algo.sdk.kafka.internal.files.ObjectKeys;
import run.algo.sdk.kafka.internal.files.Storage;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.spi.FileStore;

/** The whole way of a record with nothing real around it: a mock producer, no threads. */
final class Bench {

  static final String INPUT_TOPIC = "t.orders";
  static final String RESULT_TOPIC = "t.result";
  static final String SIDE_TOPIC = "t.side";
  static final String DEAD_LETTER_TOPIC = "t.orders.dlq";
  static final int PARTITION = 2;
  static final long OFFSET = 41;
  static final Pipe<String> RESULT = Pipe.text("result");
  static final Pipe<String> SIDE = Pipe.text("side");
  static final Pipe<String> ABSENT = Pipe.text("absent");

  /** The scope of an execution that must end at once. */
  static final Scope NEVER_PENDING =
      (rest, nanos) -> {
        throw new AssertionError("nothing is pending");
      };

  final MockProducer<byte[], byte[]> producer;
  final DeadLetterTopics deadLetters = new DeadLetterTopics();
  final InputCounters counters = new InputCounters("orders");
  final AtomicBoolean closing = new AtomicBoolean();
  final AtomicInteger executions = new AtomicInteger();

  private final List<String> contentTypes = new ArrayList<>();
  private ContentTypeCheck check = ContentTypeCheck.WARN;
  private boolean halt;
  private boolean transactional;
  private DirectProducer replaceable;
  private Codec<?> inputCodec = Codec.text();
  private Codec<?> resultCodec = Codec.text();
  private int maxBytes = Integer.MAX_VALUE;
  private static final String ALGO = "owner/name:1[0]";

  /** Stands for the Algo in the keys of its objects. */
  static final String WRITER = ObjectKeys.writer(ALGO);

  private Deadlines deadlines = Deadlines.none();
  private FailureRules rules = FailureRules.NONE;
  private FileScope files = FileScope.none();
  private boolean byReference;
  private Instance instance = Instance.quiet("pod-0");

  /** Bytes written to the two outputs. */
  final OutputCounters resultCounters = new OutputCounters("result");

  final OutputCounters sideCounters = new OutputCounters("side");

  private final AtomicBoolean interruptNextSend = new AtomicBoolean();

  private Bench(boolean autoComplete) {
    producer =
        new MockProducer<>(
            autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
            if (interruptNextSend.getAndSet(false)) {
              throw new InterruptException("as the client does when it has to wait");
            }
            return super.send(record, callback);
          }
        };
    deadLetters.add(INPUT_TOPIC, DEAD_LETTER_TOPIC, 4);
  }

  /** Every send is acknowledged at once. */
  static Bench acknowledging() {
    return new Bench(true);
  }

  /** The test acknowledges, or refuses, the sends in their order. */
  static Bench manual() {
    return new Bench(false);
  }

  Bench contentTypes(ContentTypeCheck newCheck, String... accepted) {
    check = newCheck;
    contentTypes.addAll(List.of(accepted));
    return this;
  }

  Bench deadlines(Deadlines newDeadlines) {
    deadlines = newDeadlines;
    return this;
  }

  /** Sends go there, instead of to the bench's own producer. */
  Bench producer(DirectProducer other) {
    replaceable = other;
    return this;
  }

  /** Nothing is sent; it is left prepared. */
  Bench transactional() {
    transactional = true;
    return this;
  }

  /** Records wait while a dependency is down. */
  Bench fuse() {
    return rules(new FailureRules(Map.of(), new FailureClasses(), (step, retryNum) -> {}, true));
  }

  Bench rules(FailureRules newRules) {
    rules = newRules;
    return this;
  }

  /** Storage of the test's own; what is too large goes there, or not. */
  Bench store(FileStore store, boolean oversize) {
    files =
        new FileScope(
            Storage.of(store),
            new InputDirectory(Path.of(System.getProperty("java.io.tmpdir"))),
            oversize,
            ALGO,
            Long.MAX_VALUE,
            () -> ManualTime.START);
    return this;
  }

  /** The result goes to storage. */
  Bench byReference() {
    byReference = true;
    return this;
  }

  /** Executions are told of in logs and traces. */
  Bench instance(LogContext log, ExecutionTracing tracing) {
    instance = new Instance("pod-0", log, tracing);
    return this;
  }

  /** Payloads outside of records. */
  Bench files(FileScope scope) {
    files = scope;
    return this;
  }

  Bench haltOnFailure() {
    halt = true;
    return this;
  }

  Bench inputCodec(Codec<?> codec) {
    inputCodec = codec;
    return this;
  }

  Bench resultCodec(Codec<?> codec) {
    resultCodec = codec;
    return this;
  }

  Bench maxBytes(int bytes) {
    maxBytes = bytes;
    return this;
  }

  /** Executes a record and says what became of it so far. */
  RecordingSettlement run(ConsumerRecord<byte[], byte[]> record, Algo<?, ?> algo) {
    RecordingSettlement settlement = new RecordingSettlement();
    Progress progress =
        processor()
            .process(
                route(counting(algo)),
                record,
                settlement,
                RecordingSettlement.INDEX,
                NEVER_PENDING);
    assertThat(progress).isEqualTo(Progress.ENDED);
    return settlement;
  }

  /** The same for Algos written as lambdas. */
  RecordingSettlement runText(ConsumerRecord<byte[], byte[]> record, Algo<String, Object> algo) {
    return run(record, algo);
  }

  RecordingSettlement runText(Algo<String, Object> algo) {
    return run(record("k", "value"), algo);
  }

  /** What its executions share. */
  ExecutionScope scope() {
    return new ExecutionScope(
        new Outputs(List.of(result(), side()), Set.of("absent")),
        instance,
        closing::get,
        deadlines,
        Set.of(),
        files);
  }

  RecordProcessor processor() {
    return RecordProcessors.create(
        scope(),
        check,
        new ParameterResolver(
            List.of(
                new ParameterSettings(
                    "limit",
                    Optional.of("5"),
                    true,
                    new DataType(DataType.Kind.INTEGER, "Integer", List.of())))),
        sender(),
        halt
            ? Optional.empty()
            : Optional.of(
                new RecordProcessors.DeadLetters(
                    deadLetters, new DeadLetterHeaders("algorun-g", ALGO))),
        rules);
  }

  private Sender sender() {
    if (transactional) {
      return Sender.transactional(Runnable::run);
    }
    return replaceable == null
        ? Sender.direct(producer, Runnable::run)
        : Sender.direct(replaceable, Runnable::run);
  }

  /** The scope of an execution that must end at once. */
  @SuppressWarnings("DoNotCallSuggester") // it is handed over as a scope
  static void neverPending(Runnable rest) {
    throw new AssertionError("nothing is pending");
  }

  Route route(Algo<?, ?> algo) {
    return route(new AlgoForm.Sync(algo));
  }

  Route route(AlgoForm form) {
    return new Route(
        new Route.Input(
            "Orders",
            new ContentTypes(contentTypes),
            contentTypes.isEmpty() ? null : contentTypes.get(0)),
        INPUT_TOPIC,
        inputCodec,
        form,
        Optional.of(result()),
        counters);
  }

  @SuppressWarnings("unchecked")
  Algo<Object, Object> counting(Algo<?, ?> algo) {
    Algo<Object, Object> inner = (Algo<Object, Object>) algo;
    return (Object input, AlgoContext context) -> {
      executions.incrementAndGet();
      return inner.run(input, context);
    };
  }

  private OutputTarget result() {
    OutputTarget result =
        new OutputTarget(
            "result", RESULT_TOPIC, resultCodec, "text/x-config", maxBytes, resultCounters);
    return byReference ? result.byReference() : result;
  }

  private OutputTarget side() {
    return new OutputTarget("side", SIDE_TOPIC, Codec.text(), "text/plain", maxBytes, sideCounters);
  }

  static ConsumerRecord<byte[], byte[]> record(@Nullable String key, @Nullable String value) {
    return record(key, value, new RecordHeaders());
  }

  static ConsumerRecord<byte[], byte[]> record(
      @Nullable String key, @Nullable String value, Headers headers) {
    return new ConsumerRecord<>(
        INPUT_TOPIC,
        PARTITION,
        OFFSET,
        1_700_000_000_000L,
        TimestampType.CREATE_TIME,
        0,
        0,
        key == null ? null : key.getBytes(UTF_8),
        value == null ? null : value.getBytes(UTF_8),
        headers,
        Optional.empty());
  }

  static RecordHeaders headers(String... namesAndValues) {
    RecordHeaders headers = new RecordHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
    }
    return headers;
  }

  static @Nullable String header(ProducerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  static String value(ProducerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8);
  }

  static String key(ProducerRecord<byte[], byte[]> record) {
    return new String(record.key(), UTF_8);
  }

  List<ProducerRecord<byte[], byte[]>> sent(String topic) {
    return producer.history().stream().filter(record -> record.topic().equals(topic)).toList();
  }

  /** The next send, once, finds its thread interrupted. */
  void interruptNextSend() {
    interruptNextSend.set(true);
  }

  /** The only dead letter, when nothing else was sent. */
  ProducerRecord<byte[], byte[]> onlyDeadLetter() {
    List<ProducerRecord<byte[], byte[]>> history = producer.history();
    if (history.size() != 1 || !history.get(0).topic().equals(DEAD_LETTER_TOPIC)) {
      throw new AssertionError("one dead letter and nothing else was expected: " + history);
    }
    return history.get(0);
  }
}
