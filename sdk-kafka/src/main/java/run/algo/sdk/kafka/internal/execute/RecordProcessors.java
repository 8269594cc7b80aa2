package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.Optional;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.DeadLetterHeaders;

/** Puts the way of a record together. */
public final class RecordProcessors {

  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private RecordProcessors() {}

  /**
   * Where failed records go.
   *
   * @param topics the dead-letter topics
   * @param headers writes a dead letter's headers
   */
  public record DeadLetters(DeadLetterTopics topics, DeadLetterHeaders headers) {}

  /**
   * A processor.
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
    RateLimit limit = new RateLimit(LOG_INTERVAL, System::nanoTime);
    FailureHandler failures =
        deadLetters
            .<FailureHandler>map(
                letters -> new DeadLetterHandler(sender, letters.topics(), letters.headers()))
            .orElseGet(HaltOnFailure::new);
    return new RecordProcessor(
        scope,
        new InputGate(check, parameters, limit),
        new ExecutionEnd(new OutputEncoder(), sender, failures, new FailureLog(limit)));
  }
}
