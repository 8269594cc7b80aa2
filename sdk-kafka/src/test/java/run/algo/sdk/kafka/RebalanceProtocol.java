package run.algo.sdk.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;

/** The ways in which partitions change their owner. */
enum RebalanceProtocol {
  COOPERATIVE,
  EAGER,
  /** The new protocol, in which the broker assigns. */
  CONSUMER;

  /** Sets it in the environment of a runner, with which a change is noticed soon. */
  void set(Map<String, String> environment) {
    if (this == CONSUMER) {
      environment.put("KAFKA_CONSUMER_GROUP_PROTOCOL", "consumer");
      return;
    }
    environment.put(
        "KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY",
        this == EAGER ? RangeAssignor.class.getName() : CooperativeStickyAssignor.class.getName());
    // A member hears of a rebalance at its next heartbeat; the new protocol's is the broker's.
    environment.put("KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS", "500");
  }
}
