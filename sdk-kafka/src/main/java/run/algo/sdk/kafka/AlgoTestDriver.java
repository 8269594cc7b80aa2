package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.StorageException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.MessageDataType;
import run.algo.sdk.kafka.config.OutputSettings;
import run.algo.sdk.kafka.internal.engine.ManualEngine;
import run.algo.sdk.kafka.internal.observe.RunnerCounters;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;

/**
 * Runs an Algo, of any form, through the real engine in a test: without a broker, without a thread,
 * in time that passes when the test says so.
 *
 * <pre>{@code
 * try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
 *   driver.input("hello");
 *   assertThat(driver.outputs()).containsExactly("HELLO");
 * }
 * }</pre>
 *
 * <p>Only Kafka's clients, the clock and the worker threads are replaced. Values are encoded and
 * decoded by the pipes' codecs; order, batches, headers, dead letters, halts and commits are those
 * of a deployment. An input is processed within the call that gives it, until nothing more happens
 * by itself; offsets are committed as soon as they may be. Whatever waits for time, such as the
 * linger of a batch or the next attempt of a halted write, goes on in {@link #advance}. Whatever
 * waits for a thread of the author's goes on in {@link #runUntilIdle} or {@link #await}.
 *
 * <p>Settings come from the {@linkplain #of(AlgoRunnerBuilder) builder}, never from the process's
 * environment. What every deployment must say and a test need not is filled in: where neither a
 * variable nor a runner config names a pipe's topic, it has the pipe's name, that of the only input
 * of a class {@code in}, that of its only output {@code out}; the group is {@code test}, and there
 * are 16 executions at once. An {@linkplain AlgoRunnerBuilder#optionalOutput optional output} has
 * no topic unless one is set. Every topic exists, dead letters may be written, and a topic takes
 * records of up to Kafka's default of a megabyte.
 *
 * <p>What an Algo reads from storage and writes there is in the store of {@link
 * AlgoRunnerBuilder#fileStore}, where a test puts one in memory. An output that travels as a file
 * reference, because its pipe says so, because it was written by {@link AlgoContext#openOutput} or
 * because it was too large, is read back from there: {@link #outputs()} and {@link #records()} give
 * its content, decoded by the pipe's codec, with the record's own headers. What an Algo streams to
 * an output whose pipe has another format is read by a pipe of the same name that fits, as {@link
 * Pipe#bytes}.
 *
 * <p>{@code ALGO_DELIVERY=exactly-once} is accepted, and makes no difference here: outputs are
 * there when they are written, since there are no transactions that could be aborted.
 *
 * <p>Records with the header {@code run=false} are held here as well, until their trigger is given;
 * {@code ALGO_GATHER_TIMEOUT} passes in {@link #advance}.
 *
 * <p>A retry strategy {@code Simple}, by {@code ALGO_RETRY_STRATEGY} or a runner config, is that of
 * a deployment, once module {@code sdk-retry} is on the class path: a record that fails waits in
 * its place, with its order scope, until {@link #advance} has taken it past its backoff. {@link
 * AlgoContext#attempt()} counts on, and after the last try there is a {@linkplain #deadLetters()
 * dead letter}.
 *
 * <p>An {@link Algo} or a {@link BatchAlgo} is executed on the test's own thread, so one that never
 * returns keeps that thread: no deadline ends it here. Deadlines are seen for {@link AsyncAlgo}
 * alone.
 *
 * <p>For one thread; what an Algo has started may complete on others.
 *
 * @since 0.1.0
 */
public final class AlgoTestDriver implements AutoCloseable {

  // Long by its contracts: each way in and out is there for the only pipe and for a named one.

  private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

  private final AlgoSettings settings;
  private final Wiring wiring;
  private final Assembly assembly;
  private final ManualEngine engine;
  private final Optional<FileStore> fileStore;
  private boolean closed;

  AlgoTestDriver(AlgoSettings settings, Wiring wiring, Optional<FileStore> fileStore) {
    this.settings = settings;
    this.wiring = wiring;
    this.fileStore = fileStore;
    this.assembly = new Assembly(settings, wiring, fileStore);
    this.engine = assembly.manualEngine(START);
  }

  /** What was counted, as the metrics of a deployment are. */
  RunnerCounters counters() {
    return assembly.counters();
  }

  /**
   * Drives one Algo whose class tells its types.
   *
   * @param algo the Algo
   * @return a driver
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does not
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static AlgoTestDriver of(Algo<?, ?> algo) {
    return of(AlgoRunner.builder(algo));
  }

  /**
   * Drives one asynchronous Algo whose class tells its types.
   *
   * @param algo the Algo
   * @return a driver
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does not
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static AlgoTestDriver of(AsyncAlgo<?, ?> algo) {
    return of(AlgoRunner.builder(algo));
  }

  /**
   * Drives one batch Algo whose class tells its types.
   *
   * @param algo the Algo
   * @return a driver
   * @throws IllegalArgumentException when the class does not tell its types, as a lambda's does not
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static AlgoTestDriver of(BatchAlgo<?, ?> algo) {
    return of(AlgoRunner.builder(algo));
  }

  /**
   * Drives what a builder describes: the very one that the program builds its runner with, or one
   * of the test's own, with settings by {@link AlgoRunnerBuilder#set(String, String)}. Its state
   * listeners and its registry of metrics are not used.
   *
   * @param builder the runner's builder, which remains usable
   * @return a driver
   * @throws AlgoConfigurationException when settings are wrong
   * @throws IllegalStateException when no input was declared
   */
  public static AlgoTestDriver of(AlgoRunnerBuilder builder) {
    return builder.testDriver();
  }

  // Inputs

  /**
   * Gives a value to the only input, and processes it.
   *
   * @param value the value, of the input's type
   * @throws IllegalArgumentException when the input's codec does not take it
   * @throws IllegalStateException when there is more than one input
   */
  public void input(Object value) {
    input(value instanceof TestRecord<?> record ? record : TestRecord.of(value));
  }

  /**
   * Gives a record to the only input, and processes it.
   *
   * @param record the record, with a value of the input's type
   * @throws IllegalArgumentException when the input's codec does not take it
   * @throws IllegalStateException when there is more than one input
   */
  public void input(TestRecord<?> record) {
    InputSettings input = onlyInput();
    give(input, encoded(wiring.input(input.name()).codec(), record));
  }

  /**
   * Gives a value to an input, and processes it.
   *
   * @param pipe the input
   * @param value the value
   * @param <T> type of the values
   * @throws IllegalArgumentException when the codec does not take it, or there is no such input
   */
  public <T> void input(Pipe<T> pipe, T value) {
    input(pipe, TestRecord.of(value));
  }

  /**
   * Gives a record to an input, and processes it.
   *
   * @param pipe the input
   * @param record the record
   * @param <T> type of the values
   * @throws IllegalArgumentException when the codec does not take it, or there is no such input
   */
  public <T> void input(Pipe<T> pipe, TestRecord<T> record) {
    give(input(pipe), encoded(pipe.codec(), record));
  }

  /**
   * Gives bytes to the only input, as they are, and processes them.
   *
   * @param record the record
   * @throws IllegalStateException when there is more than one input
   */
  public void inputBytes(TestRecord<byte[]> record) {
    give(onlyInput(), record);
  }

  /**
   * Gives bytes to an input, as they are, and processes them.
   *
   * @param pipe the input
   * @param record the record
   * @throws IllegalArgumentException when there is no such input
   */
  public void inputBytes(Pipe<?> pipe, TestRecord<byte[]> record) {
    give(input(pipe), record);
  }

  private static TestRecord<byte[]> encoded(Codec<?> codec, TestRecord<?> record) {
    Object value = record.value();
    byte[] bytes = null;
    if (value != null) {
      try {
        bytes = untyped(codec).encode(value);
      } catch (Exception e) {
        throw new IllegalArgumentException(
            "the input's codec, for "
                + codec.contentType()
                + ", does not take a value of "
                + value.getClass()
                + "; inputBytes gives what no codec would write",
            e);
      }
    }
    return new TestRecord<>(
        bytes,
        record.keyBytes().orElse(null),
        headers(record),
        record.partition().isPresent() ? record.partition().getAsInt() : null,
        record.timestamp().orElse(null));
  }

  @SuppressWarnings("unchecked") // a value of another type is the test's mistake, and told so
  private static Codec<Object> untyped(Codec<?> codec) {
    return (Codec<Object>) codec;
  }

  private void give(InputSettings input, TestRecord<byte[]> record) {
    refuseWhenClosed();
    byte[] value = record.value();
    byte[] key = record.keyBytes().orElse(null);
    int partition = record.partition().orElse(0);
    String topic = input.topics().get(0);
    RecordHeaders headers = new RecordHeaders();
    record.headers().forEach(header -> headers.add(header.name(), header.value()));
    engine.append(
        new ConsumerRecord<>(
            topic,
            partition,
            engine.end(new TopicPartition(topic, partition)),
            record.timestamp().orElseGet(this::now).toEpochMilli(),
            TimestampType.CREATE_TIME,
            key == null ? ConsumerRecord.NULL_SIZE : key.length,
            value == null ? ConsumerRecord.NULL_SIZE : value.length,
            key,
            value,
            headers,
            Optional.empty()));
    engine.settle();
  }

  // Time

  /**
   * Lets time pass, and all happen that is due meanwhile, in its order.
   *
   * @param duration how much
   * @throws IllegalArgumentException when it is negative
   */
  public void advance(Duration duration) {
    refuseWhenClosed();
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    engine.advance(duration);
  }

  /** Goes on until nothing more happens by itself, as after a test has completed a stage. */
  public void runUntilIdle() {
    refuseWhenClosed();
    engine.settle();
  }

  /**
   * Waits, in real time, until everything that was given is settled: for Algos whose work is
   * completed by threads of their own.
   *
   * @param timeout how long at most
   * @return whether all is settled; false at the timeout, as when a partition is halted or a batch
   *     waits for time to {@linkplain #advance pass}
   * @throws InterruptedException when interrupted
   */
  public boolean await(Duration timeout) throws InterruptedException {
    refuseWhenClosed();
    return engine.await(timeout);
  }

  /** {@return the driver's time, which records without a timestamp get; it begins with 2000} */
  public Instant now() {
    return START.plus(engine.elapsed());
  }

  // What came of it

  /**
   * All values written to the only output so far.
   *
   * @return the values, in the order in which they were sent
   * @throws IllegalStateException when there is not exactly one output
   */
  public List<Object> outputs() {
    return values(records());
  }

  /**
   * All values written to an output so far.
   *
   * @param pipe the output
   * @param <T> type of the values
   * @return the values, in the order in which they were sent
   * @throws IllegalArgumentException when there is no such output
   */
  public <T> List<T> outputs(Pipe<T> pipe) {
    return values(records(pipe));
  }

  /**
   * All records written to the only output so far.
   *
   * @return the records, in the order in which they were sent
   * @throws IllegalStateException when there is not exactly one output
   */
  public List<TestRecord<Object>> records() {
    List<OutputSettings> outputs = settings.outputs();
    if (outputs.size() != 1) {
      throw new IllegalStateException(
          "there are " + outputs.size() + " outputs: name the pipe of the one that is meant");
    }
    Codec<?> codec = wiring.outputCodec(outputs.get(0).name());
    return codec == null ? List.of() : decoded(outputs.get(0).topic(), untyped(codec));
  }

  /**
   * All records written to an output so far.
   *
   * @param pipe the output
   * @param <T> type of the values
   * @return the records, in the order in which they were sent
   * @throws IllegalArgumentException when there is no such output
   */
  public <T> List<TestRecord<T>> records(Pipe<T> pipe) {
    return decoded(output(pipe).topic(), pipe.codec());
  }

  /**
   * All dead letters written so far.
   *
   * @return the dead letters of one input after those of another, each in the order in which they
   *     were sent
   */
  public List<TestDeadLetter> deadLetters() {
    List<TestDeadLetter> letters = new ArrayList<>();
    for (String topic : deadLetterTopics()) {
      for (ProducerRecord<byte[], byte[]> sent : engine.sent(topic)) {
        letters.add(new TestDeadLetter(topic, record(sent, sent.value())));
      }
    }
    return letters;
  }

  /**
   * The committed offset of a partition of the only input.
   *
   * @param partition the partition, from 0
   * @return the offset of the first record that is not committed; 0 while none is
   * @throws IllegalStateException when there is more than one input
   */
  public long committed(int partition) {
    return committed(onlyInput(), partition);
  }

  /**
   * The committed offset of a partition of an input.
   *
   * @param pipe the input
   * @param partition the partition, from 0
   * @return the offset of the first record that is not committed; 0 while none is
   * @throws IllegalArgumentException when there is no such input
   */
  public long committed(Pipe<?> pipe, int partition) {
    return committed(input(pipe), partition);
  }

  private long committed(InputSettings input, int partition) {
    return engine.committed(new TopicPartition(input.topics().get(0), partition));
  }

  /**
   * Which partitions are halted, and why.
   *
   * @return a line each, as {@link AlgoRunner#notReady} has them
   */
  public List<String> halts() {
    return RunnerLife.lines(engine.halts());
  }

  // Failing writes

  /**
   * Refuses the records for an output from now on, until {@link #acceptSends}. What is refused
   * halts its partition and is tried again in {@linkplain #advance time}, unless the error says
   * that it is too large.
   *
   * @param pipe the output
   * @param error what the producer tells, an exception of Kafka's
   * @throws IllegalArgumentException when there is no such output
   */
  public void failSends(Pipe<?> pipe, RuntimeException error) {
    engine.failSends(output(pipe).topic(), error);
  }

  /**
   * Refuses all dead letters from now on, until {@link #acceptSends}.
   *
   * @param error what the producer tells, an exception of Kafka's
   */
  public void failDeadLetters(RuntimeException error) {
    deadLetterTopics().forEach(topic -> engine.failSends(topic, error));
  }

  /** Takes all records again. */
  public void acceptSends() {
    engine.acceptSends();
  }

  /**
   * Ends what is under way as a runner that closes does, within {@code ALGO_SHUTDOWN_TIMEOUT} of
   * the driver's time, and commits. What was written and committed can still be read.
   */
  @Override
  public void close() {
    closed = true;
    try {
      engine.close();
    } finally {
      assembly.files().directory().close(); // what is in storage can still be read
    }
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new IllegalStateException("the driver is closed: it can only be read");
    }
  }

  private InputSettings onlyInput() {
    if (settings.inputs().size() != 1) {
      throw new IllegalStateException(
          "there are "
              + settings.inputs().size()
              + " inputs: name the pipe of the one that is meant");
    }
    return settings.inputs().get(0);
  }

  private InputSettings input(Pipe<?> pipe) {
    return settings.inputs().stream()
        .filter(input -> input.name().toLowerCase(Locale.ROOT).equals(pipe.name()))
        .findFirst()
        .orElseThrow(() -> unknown("input", pipe));
  }

  private OutputSettings output(Pipe<?> pipe) {
    return settings.outputs().stream()
        .filter(output -> output.name().toLowerCase(Locale.ROOT).equals(pipe.name()))
        .findFirst()
        .orElseThrow(() -> unknown("output", pipe));
  }

  private static IllegalArgumentException unknown(String what, Pipe<?> pipe) {
    return new IllegalArgumentException(
        "there is no " + what + " " + pipe.name() + ": declare its pipe at the builder");
  }

  private List<String> deadLetterTopics() {
    return settings.inputs().stream()
        .flatMap(input -> input.topics().stream())
        .map(assembly::deadLetterTopic)
        .toList();
  }

  private <T> List<TestRecord<T>> decoded(String topic, Codec<T> codec) {
    List<TestRecord<T>> records = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> sent : engine.sent(topic)) {
      try {
        records.add(record(sent, codec.decode(content(sent))));
      } catch (StorageException e) {
        throw new IllegalStateException(
            "what was written to " + topic + " refers to a file that cannot be read", e);
      } catch (Exception e) {
        throw new IllegalStateException(
            "what was written to "
                + topic
                + " cannot be read by this codec; a pipe of the same name with the codec of what was"
                + " written reads it",
            e);
      }
    }
    return records;
  }

  /** The value, or what it refers to. */
  private byte[] content(ProducerRecord<byte[], byte[]> sent) throws StorageException {
    Header type = sent.headers().lastHeader(ProtocolHeaders.MESSAGE_DATA_TYPE);
    if (type == null
        || !MessageDataType.FILE_REFERENCE.wireName().equals(new String(type.value(), UTF_8))) {
      return sent.value();
    }
    FileReference reference = FileReference.parse(sent.value());
    try (InputStream in = store().read(reference)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new StorageException("cannot read " + reference, e);
    }
  }

  /** The test's own can be read when the driver is closed. */
  private FileStore store() throws StorageException {
    return fileStore.isPresent() ? fileStore.get() : assembly.files().storage().toRead();
  }

  private static <T> TestRecord<T> record(ProducerRecord<byte[], byte[]> sent, @Nullable T value) {
    List<RecordHeader> headers = new ArrayList<>();
    sent.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
    return new TestRecord<>(value, sent.key(), headers, sent.partition(), null);
  }

  private static List<RecordHeader> headers(TestRecord<?> record) {
    List<RecordHeader> headers = new ArrayList<>();
    record.headers().forEach(headers::add);
    return headers;
  }

  private static <T> List<T> values(List<TestRecord<T>> records) {
    List<T> values = new ArrayList<>();
    for (TestRecord<T> record : records) {
      T value = record.value();
      if (value != null) { // an output always has one
        values.add(value);
      }
    }
    return values;
  }
}
