package run.algo.sdk.kafka.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.execute.DeadLetterTopics;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.parking.KafkaParkingStore;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.retry.StepRetryPolicyProvider;

/** One runner of a simulation: a real engine between a model's consumer and producer. */
final class SimMember implements Executor, Timers {

  final SimWorld world;
  final ModelConsumer consumer;
  final EnginePlan plan;

  /** Null where outcomes are written in transactions. */
  final ModelProducer producer;

  final InputCounters counters = new InputCounters("in");

  // The judge's

  final Map<Integer, Sitting> sittings = new HashMap<>();
  final Map<ModelLog.Entry, Sitting.Exec> latest = new HashMap<>();
  final Map<Outcome, Long> expected = SimJudge.ledger();
  final List<ModelLog.Entry> deadLetters = new ArrayList<>();
  final Set<ModelLog.Entry> triggeredNothing = new HashSet<>();
  final Set<Sitting> idleAtPoll = new HashSet<>();
  long read;
  int inFlight;
  long readBytes;
  long emittedBytes;
  long bytesAtPoll;
  int executions;
  boolean beginsNothing;
  final SimDeadlines deadlines;

  /** What it was told, and what it was told when its latest turn began. */
  Intake intake = Intake.OPEN;

  Intake turn = Intake.OPEN;
  CompletableFuture<Boolean> drained;
  boolean inOwner;

  private final run.algo.sdk.kafka.internal.engine.Intake wish =
      new run.algo.sdk.kafka.internal.engine.Intake();
  final String instance;

  private final int number;
  private final PollLoop loop;

  /** Null unless outcomes are written in transactions. */
  private final SimLanes lanes;

  private State state = State.RUNNING;

  /** What the loop was told to do about new records. */
  enum Intake {
    OPEN,
    DRAINING,
    PAUSED
  }

  private enum State {
    RUNNING,
    /** Its owner is gone, its executions go on. */
    GHOST,
    /** Nothing of it goes on. */
    VANISHED,
    CLOSED
  }

  SimMember(SimWorld world, int number, String instance) {
    this.instance = instance;
    this.world = world;
    this.number = number;
    this.plan = planted(world.plant, world.schedule.plan);
    this.consumer = new ModelConsumer(world, this);
    this.deadlines = new SimDeadlines(this);
    Crew.Workers workers = workers();
    this.producer = world.schedule.exactlyOnce ? null : new ModelProducer(world, this);
    this.lanes = world.schedule.exactlyOnce ? new SimLanes(this, instance) : null;
    PollLoop.Environs environs =
        new PollLoop.Environs(
            world.time, this::await, new RateLimit(Duration.ofDays(1), () -> 0), wish);
    Sender sender = lanes == null ? Sender.direct(producer, this) : Sender.transactional(this);
    Work work = new Work();
    this.loop =
        new PollLoop(
            consumer,
            work.topics(),
            plan,
            new SimFlows(this, work, work.processor(sender, () -> false), workers, this),
            now -> {},
            lanes == null ? environs : environs.with(lanes.commits()));
    if (lanes != null) {
      lanes.open();
    }
    loop.begin();
  }

  /** Where records wait. */
  PartitionFlows.Waiting waiting(DueGate gate) {
    return new PartitionFlows.Waiting(
        gate,
        world.parking.on()
            ? new ParkingLot(
                new ModelParkingReader(this, world.parking.topic),
                this,
                this,
                world.time.timeOfDay(),
                plan.bounds(),
                new RateLimit(Duration.ofDays(1), () -> 0))
            : null);
  }

  private Crew.Workers workers() {
    // Real time must not tell what happens: executions are all quick, or none is.
    long quick = world.schedule.quick ? Long.MAX_VALUE : 0;
    CrewStrength.Limits limits = new CrewStrength.Limits(2, quick, quick);
    Crew.Workers common = Crew.Workers.of(plan.execution().concurrency(), this, this, world.time);
    Timers timers =
        world.plant == Plant.DELAYED_FORGOTTEN
            ? (delay, task) -> {
              if (!world.chance(30)) {
                after(delay, task);
              }
            }
            : this;
    return new Crew.Workers(
        common.slots(), this, timers, world.time, common.lookout(), limits, this::gives);
  }

  /** Whether a worker gives a visit to the poll thread; that is another task here, as all are. */
  private boolean gives(PollThreads.Visit visit) {
    boolean now = world.chance(200);
    if (now) {
      execute(visit);
    }
    return now;
  }

  /** What the engine is told if one of these bugs is planted; the judge knows better. */
  private static EnginePlan planted(Plant plant, EnginePlan right) {
    EnginePlan.Execution execution = right.execution();
    EnginePlan.Bounds bounds = right.bounds();
    EnginePlan.Times times = right.times();
    return switch (plant) {
      case BYTES_UNBOUNDED ->
          new EnginePlan(
              execution,
              new EnginePlan.Bounds(
                  bounds.records(), bounds.pollRecords(), 1L << 40, bounds.pollBytes()),
              times);
      case RECORDS_UNBOUNDED ->
          new EnginePlan(
              execution,
              new EnginePlan.Bounds(
                  1 << 20, bounds.pollRecords(), bounds.bytes(), bounds.pollBytes()),
              times);
      case CONCURRENCY_EXCEEDED ->
          new EnginePlan(
              new EnginePlan.Execution(
                  execution.ordering(),
                  execution.concurrency() + 1,
                  execution.batchSize(),
                  execution.batchLinger()),
              bounds,
              times);
      case NO_DRAIN ->
          new EnginePlan(
              execution,
              bounds,
              new EnginePlan.Times(
                      times.commitInterval(),
                      Duration.ZERO,
                      times.shutdownTimeout(),
                      times.lastCommit())
                  .gatherTimeout(times.gatherTimeout()));
      case NEVER_GIVEN_UP ->
          new EnginePlan(execution, bounds, times.gatherTimeout(Duration.ofDays(1000)));
      default -> right;
    };
  }

  /** What is done with the records. */
  private final class Work implements Engine.Workload {
    private final OutputTarget result = target("result");
    private final Route route =
        new Route(
            new Route.Input("in", new ContentTypes(List.of()), null),
            ModelLog.TOPIC,
            new PickyCodec(),
            new SimAlgos(SimMember.this).form(),
            Optional.of(result),
            counters);

    @Override
    public List<String> topics() {
      return List.of(ModelLog.TOPIC);
    }

    @Override
    public Route route(String topic) {
      return route;
    }

    @Override
    public Optional<ParkedInput> parked(String topic) {
      Schedule.Parks parks = world.schedule.parks;
      return Optional.ofNullable(parks)
          .map(
              how ->
                  new ParkedInput(
                      how.ordered(),
                      how.most(),
                      () ->
                          PlantedParking.in(
                              world.plant,
                              new StepRetryPolicyProvider()
                                  .parkingIndex(how.ordered(), how.perKey())),
                      reader ->
                          new KafkaParkingStore(
                              world.parking.topic.format,
                              ModelParking.TOPIC,
                              reader,
                              () -> Instant.EPOCH.plusNanos(world.time.timeOfDay().nanos()))));
    }

    @Override
    public RecordProcessor processor(Sender sender, BooleanSupplier closing) {
      DeadLetterTopics topics = new DeadLetterTopics();
      topics.add(ModelLog.TOPIC, ModelProducer.DEAD_LETTERS, 2);
      return RecordProcessors.create(
          new ExecutionScope(
              new Outputs(List.of(result, target(SimAlgos.SIDE.name())), Set.of()),
              "sim",
              closing,
              deadlines.watch()),
          ContentTypeCheck.OFF,
          new ParameterResolver(List.of()),
          sender,
          world.schedule.deadLetters
              ? Optional.of(
                  new RecordProcessors.DeadLetters(topics, new DeadLetterHeaders("g", "a/b:1[0]")))
              : Optional.empty(),
          world.retries.plan());
    }

    private OutputTarget target(String name) {
      return new OutputTarget(
          name, name, Codec.bytes(), "text/plain", 1 << 20, new OutputCounters(name));
    }
  }

  /** Refuses poison. */
  private static final class PickyCodec implements Codec<byte[]> {

    @Override
    public String contentType() {
      return "application/octet-stream";
    }

    @Override
    public byte[] decode(byte[] bytes) {
      if (bytes[0] == ModelLog.POISON) {
        throw new SerializationException("poison"); // has no stack trace, which saves time
      }
      return bytes;
    }

    @Override
    public byte[] encode(byte[] value) {
      return value;
    }
  }

  Sitting.Exec execOf(int partition, long offset) {
    return latest.get(world.log.entry(partition, offset));
  }

  // Threads, timers

  @Override
  public void execute(Runnable task) {
    world.time.execute(() -> run(task));
  }

  @Override
  public void after(Duration delay, Runnable task) {
    world.time.after(delay, () -> run(task));
  }

  private void run(Runnable task) {
    if (!vanished()) {
      task.run();
    }
  }

  private void await(Object blocker, long nanos) {
    if (!world.chance(300) || !world.elsewhere(1)) {
      world.time.await(blocker, nanos);
    }
  }

  // The owner

  boolean running() {
    return state == State.RUNNING;
  }

  boolean vanished() {
    return state == State.VANISHED;
  }

  boolean closed() {
    return state == State.CLOSED;
  }

  boolean canTurn() {
    return running() && !inOwner;
  }

  void turn() {
    inOwner = true;
    turn = intake;
    beginsNothing &= turn == Intake.PAUSED; // else this turn lets executions begin again
    loop.step();
    inOwner = false;
  }

  void close() {
    inOwner = true;
    loop.end();
    List.copyOf(sittings.values())
        .forEach(
            sitting ->
                world.judge.closed(this, new TopicPartition(ModelLog.TOPIC, sitting.partition)));
    if (running()) {
      state = State.CLOSED;
    }
    consumer.leave();
    if (lanes != null) {
      lanes.close();
    }
    inOwner = false;
  }

  /** The process ends without a word, or its owner thread does. */
  void crash(boolean ghost) {
    state = ghost ? State.GHOST : State.VANISHED;
  }

  void intake(Intake now) {
    intake = now;
    beginsNothing = false;
    drained = null;
    switch (now) {
      case OPEN -> wish.resume();
      case PAUSED -> wish.pause();
      case DRAINING -> drained = wish.drain();
    }
  }

  @Override
  public String toString() {
    return "m" + number;
  }
}
