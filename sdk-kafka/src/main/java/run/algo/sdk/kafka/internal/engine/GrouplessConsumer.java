package run.algo.sdk.kafka.internal.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** How a consumer is configured that is in no group, beside the one that is. */
final class GrouplessConsumer {

  /** Settings of a member of a group. */
  private static final Set<String> OF_MEMBERS =
      Set.of(
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
          ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
          ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);

  private GrouplessConsumer() {}

  /**
   * Makes a configuration: it never commits, and an offset that is out of range is an error.
   *
   * @param member the configuration of the group's member
   * @param suffix what its client ID gets
   * @param fetchWaitMillis how long a fetch waits for something to come, at most
   */
  static Map<String, Object> config(
      Map<String, Object> member, String suffix, int fetchWaitMillis) {
    Map<String, Object> config = new HashMap<>(member);
    config.keySet().removeAll(OF_MEMBERS);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchWaitMillis);
    config.computeIfPresent(ConsumerConfig.CLIENT_ID_CONFIG, (name, id) -> id + suffix);
    return config;
  }
}
