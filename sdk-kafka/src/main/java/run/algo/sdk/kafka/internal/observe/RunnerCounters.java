package run.algo.sdk.kafka.internal.observe;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import run.algo.sdk.kafka.internal.record.Outcome;

/** All counters of one runner, by input and output. Thread-safe. */
public final class RunnerCounters {

  private final Map<String, InputCounters> inputs = new LinkedHashMap<>();
  private final Map<String, OutputCounters> outputs = new LinkedHashMap<>();
  private final Map<Try, LongAdder> retries = new ConcurrentHashMap<>();
  private volatile int abandoned;
  private volatile boolean outage;
  private final TransactionCounters transactions = new TransactionCounters();
  private final StorageCounters storage = new StorageCounters();

  /**
   * A try of a retry strategy.
   *
   * @param step the step's index
   * @param repeat the try within the step, from 1
   */
  record Try(int step, int repeat) {}

  /**
   * Counters, all zero.
   *
   * @param inputs names of the inputs
   * @param outputs names of the outputs
   */
  public RunnerCounters(Collection<String> inputs, Collection<String> outputs) {
    for (String input : inputs) {
      this.inputs.put(label(input), new InputCounters(label(input)));
    }
    for (String output : outputs) {
      this.outputs.put(label(output), new OutputCounters(label(output)));
    }
  }

  /**
   * The counters of an input.
   *
   * @param name one of the names, in any case
   * @return its counters
   */
  public InputCounters input(String name) {
    return Optional.ofNullable(inputs.get(label(name)))
        .orElseThrow(() -> new IllegalArgumentException("no input " + name));
  }

  /**
   * The counters of an output.
   *
   * @param name one of the names, in any case
   * @return its counters
   */
  public OutputCounters output(String name) {
    return Optional.ofNullable(outputs.get(label(name)))
        .orElseThrow(() -> new IllegalArgumentException("no output " + name));
  }

  /**
   * A record was handed to a retry.
   *
   * @param step the step's index
   * @param repeat the try within the step, from 1
   */
  public void retried(int step, int repeat) {
    retries.computeIfAbsent(new Try(step, repeat), first -> new LongAdder()).increment();
  }

  /**
   * How many executions have timed out, were abandoned and still run.
   *
   * @param executions how many
   */
  public void abandoned(int executions) {
    abandoned = executions;
  }

  int abandoned() {
    return abandoned;
  }

  /**
   * Whether a dependency seems to be down, so that records wait.
   *
   * @param down whether the outage fuse has blown
   */
  public void outage(boolean down) {
    outage = down;
  }

  boolean outage() {
    return outage;
  }

  /** {@return the counters of transactions, zero where none are made} */
  public TransactionCounters transactions() {
    return transactions;
  }

  /** {@return the counters of the file store, zero where none is used} */
  public StorageCounters storage() {
    return storage;
  }

  Map<Try, LongAdder> retries() {
    return retries;
  }

  Collection<InputCounters> inputs() {
    return inputs.values();
  }

  Collection<OutputCounters> outputs() {
    return outputs.values();
  }

  List<DurationHistogram> runDurations() {
    return inputs.values().stream().map(InputCounters::runDurations).toList();
  }

  List<DurationHistogram> algoDurations() {
    return inputs.values().stream().map(InputCounters::algoDurations).toList();
  }

  /** Bytes of values written to where records wait for their next tries. */
  long retryBytes() {
    return inputs.values().stream().mapToLong(InputCounters::retryBytes).sum();
  }

  long settled(Outcome outcome) {
    return inputs.values().stream().mapToLong(input -> input.settled(outcome)).sum();
  }

  /** Records that something was done about here. */
  long worked() {
    long worked = 0;
    for (Outcome outcome : Outcome.values()) {
      worked +=
          switch (outcome) {
            case WRITTEN, FILTERED, RETRIED, PARKED, DEAD_LETTERED -> settled(outcome);
            case RELEASED, SKIPPED -> 0;
          };
    }
    return worked;
  }

  long algoErrors() {
    return inputs.values().stream().mapToLong(InputCounters::algoErrors).sum();
  }

  long runnerErrors() {
    return inputs.values().stream().mapToLong(InputCounters::runnerErrors).sum();
  }

  private static String label(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
