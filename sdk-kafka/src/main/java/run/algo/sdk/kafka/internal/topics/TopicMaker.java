package run.algo.sdk.kafka.internal.topics;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes topics. */
final class TopicMaker {

  private static final Logger log = LoggerFactory.getLogger(TopicMaker.class);

  private TopicMaker() {}

  /**
   * Makes a topic. That it is there by now is as good.
   *
   * @param kind what kind of topic it is, for the log
   * @return why it may not be made, empty when it is there
   * @throws KafkaException when it may be made, and was not
   */
  static Optional<String> make(Admin admin, NewTopic topic, String kind)
      throws InterruptedException {
    try {
      admin.createTopics(List.of(topic)).all().get();
      log.info("made {} topic {} with {} partitions", kind, topic.name(), topic.numPartitions());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException
          || e.getCause() instanceof PolicyViolationException
          || e.getCause() instanceof InvalidConfigurationException
          || e.getCause() instanceof InvalidTopicException) {
        return Optional.of("it does not exist and may not be made: " + e.getCause().getMessage());
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(
            kind + " topic " + topic.name() + " could not be made", e.getCause());
      }
    }
    return Optional.empty();
  }
}
