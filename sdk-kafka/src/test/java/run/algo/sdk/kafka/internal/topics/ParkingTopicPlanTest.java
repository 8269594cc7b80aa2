package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParkingTopicPlanTest {

  private static final TopicCommands COMMANDS = new TopicCommands("b:9092", "algo");
  private static final ParkingTopicPlan PLAN =
      new ParkingTopicPlan(new ParkingTopic("orders.g.parked", "Orders"));
  private static final TopicCatalog.Topic INPUT =
      topic("Orders", 3, OptionalInt.of(1_000_000), Optional.of("delete"));

  private static TopicCatalog.Topic topic(
      String name, int partitions, OptionalInt bytes, Optional<String> policy) {
    return new TopicCatalog.Topic(
        name, partitions, (short) 2, true, bytes, OptionalLong.of(1), true, policy);
  }

  private static TopicCatalog.Topic found(int partitions, int bytes, String policy) {
    return topic("orders.g.parked", partitions, OptionalInt.of(bytes), Optional.of(policy));
  }

  private static List<String> defects(TopicCatalog.Topic found) {
    return PLAN.defects(found, INPUT, COMMANDS);
  }

  @ParameterizedTest
  @CsvSource({
    "orders, g,             orders.g.parked",
    "Dep.Orders, Algorun-G, dep.orders.algorun-g.parked"
  })
  void isNamedAfterInputAndGroup(String input, String group, String name) {
    assertThat(ParkingTopic.name(input, group)).isEqualTo(name);
  }

  @Test
  void isAsTheInputAndCompactedSoon() {
    var made = PLAN.topic(INPUT);
    assertThat(made.name()).isEqualTo("orders.g.parked");
    assertThat(made.numPartitions()).isEqualTo(3);
    assertThat(made.replicationFactor()).isEqualTo((short) 2);
    assertThat(made.configs())
        .isEqualTo(
            Map.of(
                "cleanup.policy", "compact",
                "max.message.bytes", "1065536",
                "min.cleanable.dirty.ratio", "0.1",
                "segment.ms", "3600000",
                "delete.retention.ms", "3600000"));
  }

  @Test
  void oneThatIsAsItWouldBeMadeHasNoDefect() {
    TopicCatalog.Topic same = found(3, 1_065_536, "compact");
    assertThat(defects(same)).isEmpty();
    assertThat(PLAN.obstacle(same, INPUT, COMMANDS)).isEmpty();
    assertThat(defects(topic("orders.g.parked", 3, OptionalInt.empty(), Optional.empty())))
        .as("what this user may not know")
        .isEmpty();
  }

  @Test
  void withFewerPartitionsItCannotBeUsed() {
    assertThat(PLAN.obstacle(found(2, 1_065_536, "compact"), INPUT, COMMANDS))
        .hasValueSatisfying(
            obstacle -> {
              assertThat(obstacle.why()).contains("2 partitions and Orders has 3");
              assertThat(obstacle.command())
                  .isEqualTo(
                      "kafka-topics.sh --bootstrap-server b:9092 --alter --topic orders.g.parked"
                          + " --partitions 3");
            });
  }

  @Test
  void partitionsAreNotTakenAway() {
    TopicCatalog.Topic more = found(4, 1_065_536, "compact");
    assertThat(PLAN.obstacle(more, INPUT, COMMANDS)).isEmpty();
    assertThat(defects(more))
        .singleElement()
        .asString()
        .contains("4 partitions and Orders has 3")
        .endsWith("--delete --topic orders.g.parked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"delete", "compact,delete", "delete,compact"})
  void whatWaitsMustNotBeDeleted(String policy) {
    assertThat(defects(found(3, 1_065_536, policy)))
        .singleElement()
        .asString()
        .contains("cleanup.policy is " + policy)
        .endsWith("orders.g.parked --add-config cleanup.policy=compact");
  }

  @Test
  void aRecordMustFitWithItsHeaders() {
    assertThat(defects(found(3, 1_065_535, "compact")))
        .singleElement()
        .asString()
        .contains("1065535")
        .endsWith("orders.g.parked --add-config max.message.bytes=1065536");
  }
}
