package run.algo.sdk.kafka;

import java.time.InstantSource;
import java.util.Optional;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ParkedFullAction;
import run.algo.sdk.kafka.config.RetryStrategy;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.internal.engine.ParkedInput;
import run.algo.sdk.kafka.internal.execute.FailureRules;
import run.algo.sdk.kafka.internal.parking.KafkaParkingStore;
import run.algo.sdk.kafka.internal.parking.ParkedFormat;
import run.algo.sdk.kafka.internal.topics.ParkingTopic;
import run.algo.sdk.spi.RetryPolicyProvider;

/** How the records of input topics with a stateful strategy are parked. */
final class ParkedInputs {

  private ParkedInputs() {}

  /** How the records of a topic are parked; empty where they are not. */
  static Optional<ParkedInput> of(
      AlgoSettings settings, String topic, RetryPolicyProvider provider, InstantSource clock) {
    return settings.inputs().stream()
        .flatMap(input -> ParkingTopicNames.strategy(input, topic).stream())
        .findFirst()
        .map(strategy -> of(settings, topic, strategy, provider, clock));
  }

  private static ParkedInput of(
      AlgoSettings settings,
      String topic,
      RetryStrategy strategy,
      RetryPolicyProvider provider,
      InstantSource clock) {
    boolean ordered = strategy.strategy() == RetryStrategyKind.STATEFUL_ORDERED;
    String group = settings.groupId();
    return new ParkedInput(
        ordered,
        settings.engine().parkedMax(),
        () -> provider.parkingIndex(ordered, settings.engine().parkedPerKey()),
        reader ->
            new KafkaParkingStore(
                new ParkedFormat(topic, group), ParkingTopic.name(topic, group), reader, clock));
  }

  /** What holds for all of them. */
  static FailureRules.Parked rules(AlgoSettings settings, InstantSource clock) {
    return new FailureRules.Parked(clock, settings.engine().parkedFull() == ParkedFullAction.HALT);
  }
}
