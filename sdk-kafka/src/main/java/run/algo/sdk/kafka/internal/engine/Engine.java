package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.internal.execute.DirectProducer;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.observe.TransactionCounters;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.kafka.internal.topics.TopicPreparation;

/**
 * One runner's life on its own thread: prepares the topics, makes the clients, runs the poll loop
 * and takes everything down again, in the order in which nothing is lost: executions end, their
 * sends are acknowledged, offsets are committed, the group is left, the producer closes.
 */
public final class Engine implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private static final Duration START_RETRY = Duration.ofSeconds(2);
  private static final Duration TOPIC_RETRY = Duration.ofSeconds(10);
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

  /** Workers that are interrupted get this long to end. */
  private static final Duration WORKERS_END = Duration.ofSeconds(1);

  /** So many partitions' parked records are read at once. */
  private static final int RESTORERS = 4;

  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private final Clients clients;
  private final TopicPreparation topics;
  private final Workload workload;
  private final EnginePlan plan;
  private final WorkerThreads threads;
  private final Listeners listeners;

  private final RateLimit warnings = new RateLimit(LOG_INTERVAL, System::nanoTime);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Intake intake = new Intake();
  private volatile boolean ending;
  private volatile @Nullable PollLoop loop;
  private volatile @Nullable PollThreads turns;

  /** Null before it is made, and where transactions are. */
  private volatile @Nullable DirectProducer direct;

  /** Asks the brokers about topics, while they are asked before the loop. */
  private volatile @Nullable Admin asking;

  private volatile @Nullable String starting = "the topics have not been looked at yet";

  /**
   * How the clients are made.
   *
   * @param factory makes them
   * @param consumer the consumer's configuration
   * @param producers the producers' configurations: one, or several with a {@code transactional.id}
   * @param admin the admin client's configuration
   */
  public record Clients(
      KafkaClients factory,
      Map<String, Object> consumer,
      List<Map<String, Object>> producers,
      Map<String, Object> admin) {

    boolean transactional() {
      return producers.get(0).containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    }
  }

  /**
   * Who is told what the engine does.
   *
   * @param loop what is done about records, from the first assignment on
   * @param transactions what becomes of transactions
   */
  public record Listeners(PollLoop.LoopListener loop, TransactionCounters transactions) {}

  /** What is done with the records. */
  public interface Workload {

    /** {@return the input topics} */
    List<String> topics();

    /**
     * What the records of a topic go through.
     *
     * @param topic an input topic
     * @return the route
     */
    Route route(String topic);

    /**
     * How the records of a topic are parked.
     *
     * @param topic an input topic
     * @return how; empty where they are not
     */
    default Optional<ParkedInput> parked(String topic) {
      return Optional.empty();
    }

    /**
     * Makes the processor, once the topics are known and the producer is there.
     *
     * @param sender hands records to the producer
     * @param closing whether the runner closes
     * @return the processor
     */
    RecordProcessor processor(Sender sender, BooleanSupplier closing);
  }

  /**
   * An engine; it does nothing before {@link #run}.
   *
   * @param clients how the clients are made
   * @param topics prepares the topics
   * @param workload what is done with the records
   * @param plan what it is told
   * @param threads execute the Algo; ended by the engine
   * @param listeners are told what it does
   */
  public Engine(
      Clients clients,
      TopicPreparation topics,
      Workload workload,
      EnginePlan plan,
      WorkerThreads threads,
      Listeners listeners) {
    this.clients = clients;
    this.topics = topics;
    this.workload = workload;
    this.plan = plan;
    this.threads = threads;
    this.listeners = listeners;
  }

  /**
   * Runs until {@link #close}. The calling thread becomes the owner of the consumer.
   *
   * @throws KafkaException when the runner cannot go on
   */
  @Override
  public void run() {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(WorkerKind.platform("algo-timer-"));
    try {
      if (prepareTopics(timer)) {
        consume(timer);
      }
    } finally {
      intake.close();
      timer.shutdownNow();
      threads.interrupt();
      tellSurvivors(threads.awaitEnd(WORKERS_END));
    }
  }

  /** What ignores an interrupt cannot be ended: the author should know of it. */
  private static void tellSurvivors(List<Thread> survivors) {
    for (Thread thread : survivors) {
      StackTraceElement[] stack = thread.getStackTrace();
      log.warn(
          "{} ignores its interrupt and goes on after the runner has ended, at {}; what it does"
              + " there has no effect on records",
          thread.getName(),
          stack.length == 0 ? "an unknown place" : stack[0]);
    }
  }

  /** Makes {@link #run} drain and end. From any thread; does not wait for that. */
  public void close() {
    closing.countDown();
    PollLoop running = loop;
    if (running != null) {
      running.close();
    }
    Admin admin = asking;
    if (admin != null) {
      admin.close(Duration.ZERO); // brokers that do not answer may be waited for longer than this
    }
  }

  /** {@return what it does about new records; may be told before {@link #run}} */
  public Intake intake() {
    return intake;
  }

  /** {@return whether {@link #close} has been called} */
  public boolean closing() {
    return closing.getCount() == 0;
  }

  private boolean ending() {
    return ending || closing();
  }

  /** {@return what keeps the runner from its work, empty when nothing does} */
  public Optional<String> trouble() {
    PollLoop running = loop;
    return running == null ? Optional.ofNullable(starting) : running.trouble();
  }

  /**
   * When the poll loop's latest turn began.
   *
   * @return monotonic time in nanoseconds; empty unless the loop is meant to turn
   */
  public OptionalLong turnBegan() {
    PollLoop running = loop;
    return running == null ? OptionalLong.empty() : running.turnBegan();
  }

  /** {@return which partitions are halted, and why} */
  public Map<TopicPartition, HaltReport> halts() {
    PollLoop running = loop;
    return running == null ? Map.of() : running.halts();
  }

  /** {@return since when no producer works; empty while one does} */
  public Optional<DirectProducer.Lost> producerLost() {
    DirectProducer known = direct;
    return known == null ? Optional.empty() : known.lost();
  }

  /** {@return how the runner is, as of the latest second or so} */
  public RunnerView view() {
    PollLoop running = loop;
    return running == null ? RunnerView.NONE : running.view();
  }

  /** Tries until the brokers answer; false when the runner closes meanwhile. */
  private boolean prepareTopics(ScheduledExecutorService timer) {
    while (!closing()) {
      try (Admin admin = clients.factory().admin(clients.admin())) {
        asking = admin;
        if (closing()) {
          return false; // whoever has closed it did not see the admin
        }
        if (!topics.run(admin)) {
          laterTopics(timer);
        }
        return true;
      } catch (IllegalStateException e) {
        if (closing()) {
          return false; // what was asked came behind the end of the admin
        }
        throw e;
      } catch (KafkaException e) {
        if (closing()) {
          return false;
        }
        starting = "the brokers do not answer: " + e;
        warnings.run(
            "start", suppressed -> log.error("the topics cannot be looked at; trying again", e));
      } catch (InterruptedException e) {
        log.warn("the runner's thread was interrupted while it looked at the topics");
      } finally {
        asking = null;
      }
      if (closedWithin(START_RETRY)) {
        return false;
      }
    }
    return false;
  }

  private boolean closedWithin(Duration time) {
    try {
      return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return closing();
    }
  }

  /** Looks again, now and then, for input topics that do not exist yet. */
  private void laterTopics(ScheduledExecutorService timer) {
    Runnable look =
        () -> {
          try (Admin admin = clients.factory().admin(clients.admin())) {
            if (!topics.run(admin)) {
              laterTopics(timer);
            }
          } catch (KafkaException e) {
            laterTopics(timer);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (AlgoConfigurationException e) {
            log.error("the topics of a new input topic cannot be used; looking again", e);
            laterTopics(timer);
          } catch (RuntimeException e) {
            log.error("the dead letters of a new input topic cannot be prepared", e);
          }
        };
    new ScheduledTimers(timer, threads).after(TOPIC_RETRY, look);
  }

  private void consume(ScheduledExecutorService timer) {
    Timers timers = new ScheduledTimers(timer, threads);
    if (clients.transactional()) {
      try (TransactionLanes lanes =
          new TransactionLanes(
              clients,
              clients.producers().stream().map(this::producerConfig).toList(),
              timers,
              listeners.transactions())) {
        lanes.open();
        consume(
            timer,
            Sender.transactional(threads),
            (consumer, signal, bounds, gathers) ->
                new Transactions(
                    consumer, signal, lanes.lanes(), bounds, MonotonicClock.SYSTEM, gathers));
      }
      return;
    }
    Map<String, Object> config = producerConfig(clients.producers().get(0));
    DirectProducer producer =
        DirectProducer.of(
            () -> clients.factory().producer(config),
            System::nanoTime,
            listeners.transactions()::replaced);
    direct = producer;
    try {
      consume(
          timer,
          Sender.direct(producer, threads),
          (consumer, signal, bounds, gathers) ->
              new Committer(consumer, warnings, MonotonicClock.SYSTEM, bounds.records(), gathers));
    } finally {
      producer.close(LEAVE_TIMEOUT);
    }
  }

  private void consume(ScheduledExecutorService timer, Sender sender, Commits.Factory commits) {
    Timers timers = new ScheduledTimers(timer, threads);
    Consumer<byte[], byte[]> consumer = clients.factory().consumer(clients.consumer());
    ExecutorService restorer =
        Executors.newFixedThreadPool(RESTORERS, WorkerKind.platform("algo-parking-"));
    try (InputEnds ends = new InputEnds(clients);
        ConsumerRefetcher refetcher =
            new ConsumerRefetcher(clients.factory(), clients.consumer(), warnings);
        ConsumerParkingReader parked = new ConsumerParkingReader(clients, refetcher)) {
      RecordProcessor processor = workload.processor(sender, this::ending);
      PollThreads polling = pollThreads(processor, timer);
      Crew.Workers workers =
          Crew.Workers.of(plan.execution().concurrency(), polling, timers, MonotonicClock.SYSTEM)
              .with(polling);
      PollLoop running =
          new PollLoop(
              consumer,
              workload.topics(),
              plan,
              new PartitionFlows(
                  workload,
                  processor,
                  workers,
                  timers,
                  plan.execution(),
                  new PartitionFlows.Waiting(
                      DueGate.of(plan, timers, refetcher, warnings),
                      new ParkingLot(
                          parked, restorer, timers, SteadyClock.SYSTEM, plan.bounds(), warnings))),
              listeners.loop(),
              PollLoop.Environs.system(warnings, intake).with(commits).with(ends).with(polling));
      turns = polling;
      loop = running;
      if (closing()) {
        return;
      }
      running.run();
    } finally {
      ending = true; // first: an interrupt by a runner that ends is no failure of a record
      restorer.shutdownNow();
      threads.interrupt();
      consumer.close(CloseOptions.timeout(LEAVE_TIMEOUT));
    }
  }

  private PollThreads pollThreads(RecordProcessor processor, ScheduledExecutorService timer) {
    // On the timer's own thread: workers may be what it is all about.
    return new PollThreads(
        threads,
        new PollThreads.Means(
            WorkerKind.platform("algo-poll-"),
            new ScheduledTimers(timer, Runnable::run),
            MonotonicClock.SYSTEM,
            threads,
            processor::leaveThread));
  }

  /** {@return whether the calling thread turns the poll loop, and executes nothing meanwhile} */
  public boolean turnsOnThisThread() {
    PollThreads known = turns;
    return known != null && known.turns();
  }

  /** The producer must be able to send whatever one of the topics takes. */
  private Map<String, Object> producerConfig(Map<String, Object> given) {
    Map<String, Object> config = new HashMap<>(given);
    int largest = topics.largestMessageBytes();
    config.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest);
    Object buffer = config.get(ProducerConfig.BUFFER_MEMORY_CONFIG);
    if (buffer != null && Long.parseLong(buffer.toString()) < 2L * largest) {
      log.info(
          "buffer.memory is raised from {} to {}: two of the largest records",
          buffer,
          2L * largest);
      config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * largest);
    }
    return config;
  }

  /**
   * Most bytes that one fetch brings.
   *
   * @param config the consumer's configuration
   * @return the setting, or the client's default
   */
  public static long fetchMaxBytes(Map<String, Object> config) {
    Object value = config.get(ConsumerConfig.FETCH_MAX_BYTES_CONFIG);
    return value == null
        ? ConsumerConfig.DEFAULT_FETCH_MAX_BYTES
        : Long.parseLong(value.toString());
  }

  /**
   * Most records that one poll brings.
   *
   * @param config the consumer's configuration
   * @return the setting, or the client's default
   */
  public static int maxPollRecords(Map<String, Object> config) {
    Object value = config.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
    return value == null
        ? ConsumerConfig.DEFAULT_MAX_POLL_RECORDS
        : Integer.parseInt(value.toString());
  }
}
