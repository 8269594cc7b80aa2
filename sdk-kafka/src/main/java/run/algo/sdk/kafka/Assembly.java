package run.algo.sdk.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;
import run.algo.sdk.kafka.config.Delivery;
import run.algo.sdk.kafka.config.DeploymentIdentity;
import run.algo.sdk.kafka.config.EngineSettings;
import run.algo.sdk.kafka.config.FailureAction;
import run.algo.sdk.kafka.config.InputSettings;
import run.algo.sdk.kafka.config.MessageDataType;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.OutputSettings;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.internal.engine.Engine;
import run.algo.sdk.kafka.internal.engine.EnginePlan;
import run.algo.sdk.kafka.internal.engine.KafkaClients;
import run.algo.sdk.kafka.internal.engine.ManualEngine;
import run.algo.sdk.kafka.internal.engine.ParkedInput;
import run.algo.sdk.kafka.internal.engine.PollLoop;
import run.algo.sdk.kafka.internal.engine.VirtualTime;
import run.algo.sdk.kafka.internal.engine.WorkerKind;
import run.algo.sdk.kafka.internal.execute.Deadlines;
import run.algo.sdk.kafka.internal.execute.ExecutionScope;
import run.algo.sdk.kafka.internal.execute.FailureRules;
import run.algo.sdk.kafka.internal.execute.Instance;
import run.algo.sdk.kafka.internal.execute.LogContext;
import run.algo.sdk.kafka.internal.execute.OutputTarget;
import run.algo.sdk.kafka.internal.execute.Outputs;
import run.algo.sdk.kafka.internal.execute.RecordProcessor;
import run.algo.sdk.kafka.internal.execute.RecordProcessors;
import run.algo.sdk.kafka.internal.execute.RetriedRecords;
import run.algo.sdk.kafka.internal.execute.Route;
import run.algo.sdk.kafka.internal.execute.Sender;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.observe.RunnerCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.kafka.internal.topics.Assignor;
import run.algo.sdk.kafka.internal.topics.TopicPreparation;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryPolicyProvider;

/** Puts a runner's parts together from its settings and its wiring. Used once. */
final class Assembly {

  /** The last commit gets this long when the runner closes. */
  private static final Duration LAST_COMMIT = Duration.ofSeconds(3);

  /** What an execution that has timed out needs to fail, and its record to be handed on. */
  private static final Duration UNWIND = Duration.ofSeconds(10);

  /** Executions at once where they hold no thread. */
  private static final int WAITING_CONCURRENCY = 1000;

  private final AlgoSettings settings;
  private final Wiring wiring;
  private final RunnerCounters counters;
  private final FileScope files;

  /**
   * Of one runner.
   *
   * @param fileStore the embedder's own file store; empty for the one that the deployment names
   */
  Assembly(AlgoSettings settings, Wiring wiring, Optional<FileStore> fileStore) {
    this.settings = settings;
    this.wiring = wiring;
    this.counters =
        new RunnerCounters(
            settings.inputs().stream().map(InputSettings::name).toList(),
            settings.outputs().stream().map(OutputSettings::name).toList());
    this.files = FileSettings.scope(settings, fileStore, algoName(), counters.storage());
  }

  /** Payloads outside of records; closed by whoever ends the runner. */
  FileScope files() {
    return files;
  }

  RunnerCounters counters() {
    return counters;
  }

  EnginePlan plan() {
    EngineSettings engine = settings.engine();
    Map<String, Object> consumer = ClientProperties.consumer(settings);
    return new EnginePlan(
        new EnginePlan.Execution(
            engine.ordering(), concurrency(), engine.batchSize(), engine.batchLinger()),
        new EnginePlan.Bounds(
            engine.maxInFlight(),
            Engine.maxPollRecords(consumer),
            engine.memoryBudgetBytes(),
            Engine.fetchMaxBytes(consumer)),
        new EnginePlan.Times(
                engine.commitInterval(),
                engine.revokeTimeout(),
                engine.shutdownTimeout(),
                LAST_COMMIT)
            .gatherTimeout(engine.gatherTimeout())
            .stuckAfter(stuckAfter(engine)));
  }

  /** What is within its deadline is slow, not stuck. */
  private static Duration stuckAfter(EngineSettings engine) {
    Duration least = engine.timeout().map(UNWIND::plus).orElse(Duration.ZERO);
    return engine.stuckAfter().compareTo(least) < 0 ? least : engine.stuckAfter();
  }

  /** Workers and their deadlines. */
  Supervision supervision() {
    return new Supervision(
        settings.engine(), new Supervision.Crew(concurrency(), threadCount(), virtual()), counters);
  }

  Engine engine(KafkaClients clients, PollLoop.LoopListener listener, Supervision supervision) {
    TopicPreparation topics = new TopicPreparation(topicPlan());
    return new Engine(
        new Engine.Clients(
            clients,
            ClientProperties.consumer(settings),
            producers(),
            ClientProperties.admin(settings)),
        topics,
        new AlgoWorkload(
            topics,
            supervision.deadlines(),
            logContext(settings, true),
            () -> Instant.EPOCH.plusNanos(SteadyClock.SYSTEM.nanos())),
        plan(),
        supervision.threads(),
        new Engine.Listeners(listener, counters.transactions()));
  }

  /** Exactly-once takes two, so that one writes while the other commits. */
  private List<Map<String, Object>> producers() {
    return settings.engine().delivery() == Delivery.EXACTLY_ONCE
        ? List.of(
            ClientProperties.transactionalProducer(settings, 0),
            ClientProperties.transactionalProducer(settings, 1))
        : List.of(ClientProperties.producer(settings));
  }

  /**
   * An engine without brokers and threads.
   *
   * @param start the time of day when it starts
   */
  ManualEngine manualEngine(Instant start) {
    TopicPreparation topics = new TopicPreparation(topicPlan());
    topics.assume();
    VirtualTime time = new VirtualTime(start);
    Deadlines deadlines = Supervision.virtual(settings.engine(), time, start);
    return new ManualEngine(
        time,
        new AlgoWorkload(
            topics, deadlines, logContext(settings, false), () -> start.plusNanos(time.nanos())),
        plan());
  }

  /** The dead-letter topic of an input topic. */
  String deadLetterTopic(String input) {
    return new TopicPreparation(topicPlan()).deadLetterTopic(input);
  }

  /** Most executions at once. */
  int concurrency() {
    return settings.engine().concurrency().orElseGet(this::defaultConcurrency);
  }

  /** What waits without a thread of its own costs little, and is done by many at once. */
  private int defaultConcurrency() {
    return wiring.allAsync() || virtual()
        ? WAITING_CONCURRENCY
        : Runtime.getRuntime().availableProcessors();
  }

  /** An execution in flight without a thread needs one only to begin and to end. */
  private int threadCount() {
    return wiring.allAsync()
        ? Math.min(concurrency(), Math.max(2, Runtime.getRuntime().availableProcessors()))
        : concurrency();
  }

  private boolean virtual() {
    return switch (settings.engine().threads()) {
      case VIRTUAL -> true;
      case PLATFORM -> false;
      case AUTO ->
          settings.engine().ordering() != Ordering.PARTITION && WorkerKind.virtualAvailable();
    };
  }

  private TopicPreparation.Plan topicPlan() {
    Set<String> inputs = new HashSet<>();
    settings.inputs().forEach(input -> inputs.addAll(input.topics()));
    Set<String> outputs = new HashSet<>();
    settings.outputs().forEach(output -> outputs.add(output.topic()));
    return new TopicPreparation.Plan(
        inputs,
        outputs,
        settings.engine().deadLetterSuffix(),
        settings.engine().failureAction(),
        settings.engine().createTopics(),
        String.join(",", settings.kafka().bootstrapServers()),
        settings.kafka().security().username().orElse("<principal>"),
        Assignor.of(ClientProperties.consumer(settings)),
        RetryTopicNames.of(settings),
        ParkingTopicNames.of(settings));
  }

  /**
   * What the log is told.
   *
   * @param ownThreads whether the Algo is executed on threads of the runner's
   */
  static LogContext logContext(AlgoSettings settings, boolean ownThreads) {
    return settings.engine().logContext()
        ? LogContext.of(
            LogContext.process(settings.runnerConfig().identity(), settings.instanceName()),
            ownThreads)
        : LogContext.none();
  }

  /** The Algo's full name, or its class where the deployment does not name it. */
  String algoName() {
    DeploymentIdentity identity = settings.runnerConfig().identity();
    return identity.name().isEmpty()
        ? wiring.inputs().get(0).form().algo().getClass().getName()
        : identity.fullName();
  }

  /** Routes, outputs and the processor of this runner. */
  private final class AlgoWorkload implements Engine.Workload {

    private final TopicPreparation topics;
    private final Deadlines deadlines;
    private final LogContext log;
    private final InstantSource clock;
    private final RetryHeaders retryHeaders = new RetryHeaders(settings.groupId());
    private final Map<String, Route> routes = new HashMap<>();

    AlgoWorkload(
        TopicPreparation topics, Deadlines deadlines, LogContext log, InstantSource clock) {
      this.topics = topics;
      this.deadlines = deadlines;
      this.log = log;
      this.clock = clock;
    }

    @Override
    public List<String> topics() {
      List<String> names = new ArrayList<>();
      settings.inputs().forEach(input -> names.addAll(input.topics()));
      RetryTopicNames.of(settings).forEach(retry -> names.add(retry.name()));
      return names;
    }

    @Override
    public Route route(String topic) {
      Route route = routes.get(topic);
      if (route == null) {
        throw new IllegalStateException("topic " + topic + " is no input");
      }
      return route;
    }

    @Override
    public Optional<ParkedInput> parked(String topic) {
      return settings.inputs().stream().anyMatch(input -> input.retry(topic).isPresent())
          ? ParkedInputs.of(settings, topic, retryPolicies(), clock)
          : Optional.empty();
    }

    @Override
    public RecordProcessor processor(Sender sender, BooleanSupplier closing) {
      Outputs outputs = outputs();
      for (InputSettings input : settings.inputs()) {
        for (String topic : input.topics()) {
          if (!routes.containsKey(topic)) {
            Route route = route(input, topic, outputs);
            routes.put(topic, route);
            RetryTopicNames.strategy(input, topic)
                .ifPresent(strategy -> addRetries(route, topic, strategy));
          }
        }
      }
      EngineSettings engine = settings.engine();
      boolean halt = engine.failureAction().filter(FailureAction.HALT::equals).isPresent();
      Optional<RecordProcessors.DeadLetters> letters =
          halt
              ? Optional.empty()
              : Optional.of(
                  new RecordProcessors.DeadLetters(
                      topics.deadLetters(), new DeadLetterHeaders(settings.groupId(), algoName())));
      return RecordProcessors.create(
          new ExecutionScope(
              outputs,
              instance(),
              closing,
              deadlines,
              settings.runnerConfig().requiredInputs(),
              files),
          engine.contentTypeCheck(),
          new ParameterResolver(settings.parameters()),
          sender,
          letters,
          failureRules());
    }

    private Instance instance() {
      return new Instance(
          settings.instanceName(),
          log,
          wiring.tracing().of(settings.groupId(), settings.instanceName()));
    }

    private void addRetries(Route route, String input, RetryStrategy strategy) {
      Route retries =
          route.retries(
              new RetriedRecords(retryHeaders, wiring.retries().plan(strategy), this::inputRoute));
      RetryTopicNames.bySteps(input, strategy)
          .values()
          .forEach(topic -> routes.put(topic, retries));
    }

    private Optional<Route> inputRoute(String topic) {
      return Optional.ofNullable(routes.get(topic)).filter(route -> !route.isOfRetries());
    }

    private FailureRules.Counter counting() {
      return new FailureRules.Counter() {
        @Override
        public void retried(int step, int retryNum) {
          counters.retried(step, retryNum);
        }

        @Override
        public void outage(boolean down) {
          counters.outage(down);
        }
      };
    }

    private FailureRules failureRules() {
      Map<String, FailureRules.Input> inputs = new HashMap<>();
      for (InputSettings input : settings.inputs()) {
        for (String topic : input.topics()) {
          input
              .retry(topic)
              .ifPresent(
                  strategy ->
                      inputs.put(
                          topic,
                          new FailureRules.Input(
                              strategy.strategy(), policy(strategy), through(input, topic))));
        }
      }
      return new FailureRules(
          inputs,
          wiring.retries().classes(),
          counting(),
          settings.engine().outageFuse(),
          ParkedInputs.rules(settings, clock));
    }

    private Optional<FailureRules.Through> through(InputSettings input, String topic) {
      return RetryTopicNames.strategy(input, topic)
          .map(
              strategy ->
                  new FailureRules.Through(
                      RetryTopicNames.bySteps(topic, strategy),
                      topics.retryTopics(),
                      retryHeaders,
                      clock));
    }

    private RetryPolicy policy(RetryStrategy strategy) {
      return retryPolicies().create(wiring.retries().plan(strategy));
    }

    private static RetryPolicyProvider retryPolicies() {
      return ServiceLoader.load(RetryPolicyProvider.class)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no retry policies on the class path"));
    }

    private Outputs outputs() {
      Set<String> absent = new HashSet<>(wiring.optionalOutputs());
      List<OutputTarget> targets = new ArrayList<>();
      for (OutputSettings output : settings.outputs()) {
        Codec<?> codec = wiring.outputCodec(output.name());
        if (codec != null) {
          targets.add(target(output, codec));
          absent.remove(output.name());
        }
      }
      return new Outputs(targets, absent);
    }

    private OutputTarget target(OutputSettings output, Codec<?> codec) {
      OutputTarget target =
          new OutputTarget(
              output.name(),
              output.topic(),
              codec,
              output.contentType().orElse(codec.contentType()),
              maxBytes(output.topic()),
              counters.output(output.name()));
      return output.dataType() == MessageDataType.FILE_REFERENCE ? target.byReference() : target;
    }

    /** With compression only the broker can tell what fits. */
    private int maxBytes(String topic) {
      Object compression =
          ClientProperties.producer(settings).get(ProducerConfig.COMPRESSION_TYPE_CONFIG);
      boolean plain = compression == null || compression.toString().equals("none");
      return plain ? topics.maxMessageBytes(topic) : Integer.MAX_VALUE;
    }

    private Route route(InputSettings input, String topic, Outputs outputs) {
      Wiring.Input wired = wiring.input(input.name());
      return new Route(
          new Route.Input(
              input.name(), new ContentTypes(input.contentTypes()), first(input.contentTypes())),
          topic,
          wired.codec(),
          wired.form(),
          result(wired.result(), outputs),
          counters.input(input.name()));
    }

    private Optional<OutputTarget> result(Wiring.Result result, Outputs outputs) {
      if (result instanceof Wiring.Result.Named named) {
        return outputs.find(named.pipe().name());
      }
      return result instanceof Wiring.Result.Only ? outputs.only() : Optional.empty();
    }

    private static @Nullable String first(List<String> contentTypes) {
      return contentTypes.isEmpty() ? null : contentTypes.get(0);
    }
  }
}
