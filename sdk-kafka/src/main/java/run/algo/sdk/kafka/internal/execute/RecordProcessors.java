package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;

/** Puts the way of a record together. */
public final class RecordProcessors {

  /** Least time between two lines of a kind. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private RecordProcessors() {}

  /**
   * Where failed records go.
   *
   * @param topics the dead-letter topics
   * @param headers writes a dead letter's headers
   */
  public record DeadLetters(DeadLetterTopics topics, DeadLetterHeaders headers) {}

  /**
   * A processor that retries nothing.
   *
   * @param scope what all executions share
   * @param check what is done about a content type that is not accepted
   * @param parameters resolves a record's parameters
   * @param sender hands records to the producer
   * @param deadLetters where failed records go; empty when every failure halts its partition
   * @return the processor
   */
  public static RecordProcessor create(
      ExecutionScope scope,
      ContentTypeCheck check,
      ParameterResolver parameters,
      Sender sender,
      Optional<DeadLetters> deadLetters) {
    return create(scope, check, parameters, sender, deadLetters, FailureRules.NONE);
  }

  /**
   * A processor.
   *
   * @param scope what all executions share
   * @param check what is done about a content type that is not accepted
   * @param parameters resolves a record's parameters
   * @param sender hands records to the producer
   * @param deadLetters where failed records go; empty when every failure halts its partition
   * @param rules what is done about failures before that
   * @return the processor
   */
  public static RecordProcessor create(
      ExecutionScope scope,
      ContentTypeCheck check,
      ParameterResolver parameters,
      Sender sender,
      Optional<DeadLetters> deadLetters,
      FailureRules rules) {
    RateLimit limit = new RateLimit(LOG_INTERVAL, System::nanoTime);
    OutageFuse fuse = rules.fuse() ? new OutageFuse(System::nanoTime, rules.counter()) : null;
    FailureHandler last =
        deadLetters
            .<FailureHandler>map(
                letters -> new DeadLetterHandler(sender, letters.topics(), letters.headers()))
            .orElseGet(HaltOnFailure::new);
    Parker parker = new Parker(sender, rules.parked(), last);
    return new RecordProcessor(
        scope,
        new InputGate(check, parameters, limit),
        new ExecutionEnd(
            new OutputEncoder(),
            sender,
            retrying(rules, sender, fuse, last, parker),
            new FailureLog(limit),
            fuse,
            parker));
  }

  private static FailureHandler retrying(
      FailureRules rules,
      Sender sender,
      @Nullable OutageFuse fuse,
      FailureHandler last,
      Parker parker) {
    Map<String, RetryHandler.Strategy> strategies = new HashMap<>();
    rules
        .inputs()
        .forEach(
            (topic, input) ->
                retrier(input, sender, parker)
                    .ifPresent(
                        retrier ->
                            strategies.put(
                                topic, new RetryHandler.Strategy(input.policy(), retrier))));
    return new RetryHandler(strategies, rules.classes(), rules.counter(), fuse, last);
  }

  private static Optional<Retrier> retrier(FailureRules.Input input, Sender sender, Parker parker) {
    return switch (input.kind()) {
      case SIMPLE -> Optional.of(new RetryInPlace());
      case RETRY_TOPICS -> input.through().map(through -> new RetryThroughTopic(sender, through));
      case STATEFUL_ORDERED, STATEFUL_UNORDERED -> Optional.of(parker);
    };
  }
}
