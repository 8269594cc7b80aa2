package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTopicPlanTest {

  private static final TopicCommands COMMANDS = new TopicCommands("b:9092", "algo");

  private static final TopicCatalog.Topic INPUT =
      topic("Orders", 3, OptionalInt.of(1_000_000), OptionalLong.of(1), false);

  private static TopicCatalog.Topic topic(
      String name, int partitions, OptionalInt bytes, OptionalLong retention, boolean compacted) {
    return new TopicCatalog.Topic(
        name,
        partitions,
        (short) 2,
        true,
        bytes,
        retention,
        true,
        Optional.of(compacted ? "compact" : "delete"));
  }

  private static RetryTopicPlan retry(Duration backoff, Duration longest) {
    return new RetryTopicPlan(new RetryTopic("orders.x", "Orders", backoff, longest));
  }

  private static List<String> defects(TopicCatalog.Topic found) {
    return retry(Duration.ofDays(1), Duration.ofDays(5)).defects(found, INPUT, COMMANDS);
  }

  /** The longer of seven days and twice the longest backoff, whatever the input's is. */
  @ParameterizedTest
  @CsvSource({
    "PT0.2S, 604800000",
    "PT84H, 604800000",
    "PT84H0.001S, 604800002",
    "P5D, 864000000",
    "PT2562047H, 18446738400000"
  })
  void isKeptForTwiceTheLongestBackoff(Duration longest, String retention) {
    assertThat(retry(Duration.ofSeconds(1), longest).topic(INPUT).configs())
        .isEqualTo(
            Map.of(
                "retention.ms", retention,
                "max.message.bytes", "1065536",
                "cleanup.policy", "delete"));
  }

  @Test
  void isAsTheInput() {
    var made = retry(Duration.ZERO, Duration.ZERO).topic(INPUT);
    assertThat(made.name()).isEqualTo("orders.x");
    assertThat(made.numPartitions()).isEqualTo(3);
    assertThat(made.replicationFactor()).isEqualTo((short) 2);
  }

  @Test
  void theCommandsMakeItAndAllowAllThatIsNeeded() {
    assertThat(
            COMMANDS.createAndAllow(
                retry(Duration.ZERO, Duration.ZERO).topic(INPUT), "Read", "Write", "Describe"))
        .isEqualTo(
            "kafka-topics.sh --bootstrap-server b:9092 --create --if-not-exists --topic orders.x"
                + " --partitions 3 --replication-factor 2 --config cleanup.policy=delete"
                + " --config max.message.bytes=1065536 --config retention.ms=604800000"
                + " && kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal User:algo"
                + " --operation Read --operation Write --operation Describe --topic orders.x");
  }

  @Test
  void oneThatIsAsItWouldBeMadeHasNoDefect() {
    assertThat(
            defects(
                topic(
                    "orders.x",
                    3,
                    OptionalInt.of(1_065_536),
                    OptionalLong.of(2 * 86_400_000L),
                    false)))
        .isEmpty();
    assertThat(defects(topic("orders.x", 3, OptionalInt.empty(), OptionalLong.empty(), false)))
        .as("what this user may not know")
        .isEmpty();
    assertThat(defects(topic("orders.x", 3, OptionalInt.of(2_000_000), OptionalLong.of(-1), false)))
        .as("for ever")
        .isEmpty();
  }

  @Test
  void eachDefectNamesItsRemedy() {
    assertThat(
            defects(
                topic(
                    "orders.x",
                    2,
                    OptionalInt.of(1_065_535),
                    OptionalLong.of(2 * 86_400_000L - 1),
                    true)))
        .satisfiesExactly(
            partitions ->
                assertThat(partitions)
                    .endsWith(
                        "kafka-topics.sh --bootstrap-server b:9092 --alter --topic orders.x"
                            + " --partitions 3"),
            retention ->
                assertThat(retention)
                    .contains("172799999")
                    .endsWith(
                        "kafka-configs.sh --bootstrap-server b:9092 --alter --entity-type topics"
                            + " --entity-name orders.x --add-config retention.ms=864000000"),
            compacted ->
                assertThat(compacted).endsWith("orders.x --add-config cleanup.policy=delete"),
            bytes -> assertThat(bytes).endsWith("orders.x --add-config max.message.bytes=1065536"));
  }

  @Test
  void partitionsAreNotTakenAway() {
    assertThat(defects(topic("orders.x", 4, OptionalInt.empty(), OptionalLong.empty(), false)))
        .singleElement()
        .asString()
        .contains("4 partitions and Orders has 3")
        .endsWith("kafka-topics.sh --bootstrap-server b:9092 --delete --topic orders.x");
  }
}
