package run.algo.sdk.kafka.internal.topics;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.jspecify.annotations.Nullable;

/**
 * Who divides the partitions among a group's members: by the group's protocol one of the members,
 * or the broker.
 *
 * @param property the consumer's property that names the assignor
 * @param value what it says; empty where the broker chooses
 */
public record Assignor(String property, String value) {

  /** What the client takes where nothing is said. */
  private static final String CLASSIC_DEFAULT =
      RangeAssignor.class.getName() + "," + CooperativeStickyAssignor.class.getName();

  private static final String REMOTE_RANGE = "range";

  /**
   * The assignor of a consumer.
   *
   * @param consumer the consumer's full configuration
   * @return its assignor
   */
  public static Assignor of(Map<String, Object> consumer) {
    String protocol = text(consumer.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG), "");
    return protocol.equalsIgnoreCase(GroupProtocol.CONSUMER.name())
        ? new Assignor(
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
            text(consumer.get(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG), ""))
        : new Assignor(
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            text(
                consumer.get(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG),
                CLASSIC_DEFAULT));
  }

  /** Names, classes, or a list of them. */
  private static String text(@Nullable Object value, String ifAbsent) {
    if (value == null) {
      return ifAbsent;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(each -> text(each, "")).collect(Collectors.joining(","));
    }
    return value instanceof Class<?> type ? type.getName() : value.toString().strip();
  }

  /**
   * Whether it gives the partitions of one number, of all topics, to one member; of topics with the
   * same number of partitions, that is.
   */
  boolean keepsNumbersTogether() {
    return remote()
        ? value.equals(REMOTE_RANGE)
        : value.split(",", -1)[0].strip().equals(RangeAssignor.class.getName());
  }

  /** The setting that makes it do so. */
  String remedy() {
    return remote()
        ? "KAFKA_CONSUMER_GROUP_REMOTE_ASSIGNOR=" + REMOTE_RANGE
        : "KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY=" + RangeAssignor.class.getName();
  }

  private boolean remote() {
    return property.equals(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
  }

  @Override
  public String toString() {
    return property + (value.isEmpty() ? " not set" : "=" + value);
  }
}
