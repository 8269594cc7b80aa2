package run.algo.sdk.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.SecuritySettings;
import run.algo.sdk.kafka.internal.engine.Engine;
import run.algo.sdk.kafka.internal.engine.HaltReport;
import run.algo.sdk.kafka.internal.engine.Intake;
import run.algo.sdk.kafka.internal.engine.PollLoop;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.observe.Condition;
import run.algo.sdk.kafka.internal.observe.Health;
import run.algo.sdk.kafka.internal.observe.RunnerMetrics;
import run.algo.sdk.kafka.internal.observe.StatusSource;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.tls.CertificateExpiry;

/**
 * All that lives from one start of a runner to its end: the engine, what is shown of it, and the
 * thread that the two live on. Thread-safe.
 */
final class RunnerLife {

  private static final Logger log = LoggerFactory.getLogger(RunnerLife.class);

  private final Supervision supervision;
  private final FileScope files;
  private final Engine engine;
  private final Observation observation;
  private final Thread thread;
  private final Witness witness;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Thread starter;
  private volatile @Nullable Throwable failure;
  private volatile Condition condition = new Condition.Calm();

  /** Is told how the life goes, on its own thread or on the one that starts it. */
  interface Witness extends PollLoop.LoopListener {

    /** {@return where the runner is in its life} */
    RunnerState state();

    /**
     * The life is over; called once, before whoever waits for it goes on.
     *
     * @param last how it has ended
     */
    void ended(RunnerState last);
  }

  RunnerLife(AlgoRunnerBuilder.Parts parts, AlgoSettings settings, Witness witness) {
    this.witness = witness;
    Assembly assembly = new Assembly(settings, parts.wiring(), parts.fileStore());
    this.files = assembly.files();
    RunnerMetrics metrics =
        new RunnerMetrics(
            settings.runnerConfig().identity(),
            assembly.counters(),
            new RunnerMetrics.Sources(this::view, () -> CertificateExpiry.of(files(settings))),
            parts.meterRegistry());
    this.supervision = assembly.supervision();
    this.engine =
        assembly.engine(new MeteredClients(parts.clients(), metrics), witness, supervision);
    Health health =
        new Health(
            settings.engine().healthGrace(),
            assembly.plan().times().longestTurn(),
            System::nanoTime,
            this::condition,
            new Health.Progress(assembly.plan().times().stuckAfter(), this::view));
    this.observation =
        new Observation(
            settings.http(),
            metrics,
            new StatusSource(
                StatusSource.Who.of(assembly.algoName(), settings),
                assembly.counters(),
                health,
                () -> witness.state().name(),
                this::notReady,
                this::view));
    this.thread = WorkerKind.platform("algo-runner-").newThread(this::live);
  }

  private static Map<String, Path> files(AlgoSettings settings) {
    SecuritySettings security = settings.kafka().security();
    Map<String, Path> files = new LinkedHashMap<>();
    security.caLocation().ifPresent(ca -> files.put("ca", Path.of(ca)));
    security.certificateLocation().ifPresent(user -> files.put("user", Path.of(user)));
    return files;
  }

  private RunnerView view() {
    return engine.view();
  }

  /**
   * Begins.
   *
   * @param told tells the listeners; they may end what has not begun yet
   */
  void start(Runnable told) {
    starter = Thread.currentThread();
    try {
      told.run();
      observation.open();
    } catch (RuntimeException e) { // whoever waits for the end must not wait for ever
      failed(e);
      throw e;
    } finally {
      starter = null;
    }
    thread.start();
  }

  /** Makes it drain and end; returns at once. */
  void end() {
    engine.close();
  }

  /**
   * Waits for the end of the life and of its thread; not on the threads that bring it about, such
   * as a state listener's.
   */
  void awaitGone() {
    Thread current = Thread.currentThread();
    if (onOwnThread() || current == starter) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        thread.join(); // all but dead
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the drain has its own deadline
      }
    }
    if (interrupted) {
      current.interrupt();
    }
  }

  /** Ends what a life that has failed still shows. */
  void forget() {
    observation.close();
  }

  /** Instead of {@link #start}: it is over before it has begun. */
  void skip() {
    observation.close();
    ended.countDown();
  }

  /** Whether the caller is the thread that does all the work here. */
  boolean onOwnThread() {
    return Thread.currentThread() == thread || engine.turnsOnThisThread();
  }

  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  Intake intake() {
    return engine.intake();
  }

  OptionalInt port() {
    return observation.port();
  }

  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  List<String> notReady() {
    List<String> reasons = new ArrayList<>();
    RunnerState now = witness.state();
    if (now != RunnerState.RUNNING) {
      reasons.add("the runner is " + now);
    }
    if (now == RunnerState.STARTING && engine.turnBegan().isPresent()) {
      reasons.add("it waits for the group's first assignment"); // which may be empty
    }
    engine.trouble().ifPresent(reasons::add);
    reasons.addAll(lines(engine.halts()));
    return List.copyOf(reasons);
  }

  /** One line for each partition that is halted. */
  static List<String> lines(Map<TopicPartition, HaltReport> halts) {
    List<String> lines = new ArrayList<>();
    halts.forEach(
        (partition, halt) ->
            lines.add(
                partition
                    + " is halted at offset "
                    + halt.position().offset()
                    + ": "
                    + halt.what()
                    + " ("
                    + halt.cause()
                    + ")"));
    return lines;
  }

  private void live() {
    try {
      engine.run();
      observation.close();
      over(RunnerState.CLOSED);
    } catch (Throwable t) { // whatever ends the loop is told to whoever waits
      if (!(t instanceof AlgoConfigurationException)) {
        log.error("the runner cannot go on", t);
      }
      failed(t);
    }
  }

  private void failed(Throwable error) {
    failure = error;
    condition = new Condition.Failed(System.nanoTime(), error.getClass().getName());
    over(RunnerState.FAILED);
  }

  private void over(RunnerState last) {
    supervision.close();
    files.close();
    try {
      witness.ended(last);
    } finally {
      ended.countDown();
    }
  }

  /** Whether a restart could help; {@link Health} judges. */
  private Condition condition() {
    Condition known = condition;
    OptionalLong turn = engine.turnBegan();
    return known instanceof Condition.Failed || turn.isEmpty()
        ? known
        : supervision.condition(withProducer(new Condition.Turning(turn.getAsLong())));
  }

  private Condition withProducer(Condition otherwise) {
    return engine
        .producerLost()
        .<Condition>map(lost -> new Condition.Producerless(lost.since(), lost.error(), otherwise))
        .orElse(otherwise);
  }
}
