package run.algo.sdk.kafka.config;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;

/**
 * Checks client properties that are fine alone but exclude each other, before a client fails on
 * them.
 */
final class ClientCheck {

  /** The most that an idempotent producer keeps in order. */
  private static final int MOST_IN_FLIGHT = 5;

  private final KafkaSettings kafka;
  private final Problems problems;

  ClientCheck(KafkaSettings kafka, Problems problems) {
    this.kafka = kafka;
    this.problems = problems;
  }

  /** Checks what the user set; each value has been found valid by itself. */
  void properties() {
    String inFlight = ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION;
    if (producer(inFlight, 1) > MOST_IN_FLIGHT) {
      problems.add(
          ClientOverrides.variable(kafka.producerProperties(), "PRODUCER", inFlight),
          String.valueOf(producer(inFlight, 1)),
          "an idempotent producer keeps order up to " + MOST_IN_FLIGHT + " requests only",
          "use a number from 1 to " + MOST_IN_FLIGHT);
    }
    if (producer(ProducerConfig.RETRIES_CONFIG, 1) == 0) {
      problems.add(
          ClientOverrides.variable(
              kafka.producerProperties(), "PRODUCER", ProducerConfig.RETRIES_CONFIG),
          "0",
          "an idempotent producer must retry",
          "remove it: the SDK does not let the client give up");
    }
    String heartbeat = ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG;
    int beat = consumer(heartbeat, 3_000);
    int session = consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 45_000);
    if (!ClientProperties.usesConsumerProtocol(kafka) && beat >= session) {
      problems.add(
          ClientOverrides.variable(kafka.consumerProperties(), "CONSUMER", heartbeat),
          String.valueOf(beat),
          "the heartbeat interval is not below session.timeout.ms of " + session,
          "use at most a third of the session timeout");
    }
  }

  private int producer(String property, int defaultValue) {
    return number(kafka.producerProperties(), property, defaultValue);
  }

  private int consumer(String property, int defaultValue) {
    return number(kafka.consumerProperties(), property, defaultValue);
  }

  private int number(Map<String, String> own, String property, int defaultValue) {
    String text = own.getOrDefault(property, kafka.clientProperties().get(property));
    return text == null || !Texts.isLong(text.strip())
        ? defaultValue // a text that is no number has been reported
        : (int)
            Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, Long.parseLong(text.strip())));
  }

  /**
   * Lets the consumer judge its configuration as a whole. The producer's way to do so would log
   * every property.
   */
  void whole(EngineSettings engine, AlgoSettings.Names names) {
    try {
      new Consumer(ClientProperties.consumer(kafka, engine, names.groupId(), names.instanceName()));
    } catch (ConfigException e) {
      problems.masked(
          "KAFKA_CONSUMER_*",
          "the Kafka client refuses its properties: "
              + problems.shown(String.valueOf(e.getMessage()), 300),
          "correct or remove the properties it names, also among KAFKA_CLIENT_*");
    }
  }

  /** The protected constructor, which does not log every property. */
  private static final class Consumer extends ConsumerConfig {
    Consumer(Map<String, Object> properties) {
      super(properties, false);
    }
  }
}
