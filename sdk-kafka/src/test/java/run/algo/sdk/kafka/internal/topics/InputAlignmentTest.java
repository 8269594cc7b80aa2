package run.algo.sdk.kafka.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class InputAlignmentTest {

  private static final String RANGE = RangeAssignor.class.getName();
  private static final String STICKY = CooperativeStickyAssignor.class.getName();

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(InputAlignment.class)).addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(InputAlignment.class)).detachAppender(log);
  }

  private static Map<String, Object> strategy(Object value) {
    return Map.of("partition.assignment.strategy", value);
  }

  private static Map<String, Object> remote(String assignor) {
    return Map.of("group.protocol", "consumer", "group.remote.assignor", assignor);
  }

  /** What is logged for input topics with so many partitions. */
  private List<String> warnings(Map<String, Object> consumer, int... partitions) {
    InputAlignment alignment = new InputAlignment(Assignor.of(consumer));
    for (int i = 0; i < partitions.length; i++) {
      alignment.found("topic-" + (i + 1), partitions[i]);
    }
    alignment.complete();
    assertThat(log.list).allMatch(event -> event.getLevel() == Level.WARN);
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void rangeOverEqualTopicsIsFine() {
    assertThat(warnings(strategy(RANGE), 4, 4, 4)).isEmpty();
  }

  @Test
  void oneTopicNeedsNothing() {
    assertThat(warnings(strategy(STICKY), 4)).isEmpty();
  }

  @Test
  void differentCountsAreWarnedOf() {
    assertThat(warnings(strategy(RANGE), 4, 1, 4))
        .containsExactly(
            "the Algo has several input topics (topic-1 with 4 partitions, topic-2 with 1"
                + " partition, topic-3 with 4 partitions) and partition.assignment.strategy="
                + RANGE
                + ": records of one trace in different topics may come to different instances."
                + " Only records with the header run=false need them together; where there are"
                + " such records, give these topics the same number of partitions");
  }

  @Test
  void anotherStrategyIsWarnedOf() {
    assertThat(warnings(strategy(STICKY), 4, 4))
        .singleElement()
        .asString()
        .contains("topic-1 with 4 partitions, topic-2 with 4 partitions")
        .contains("partition.assignment.strategy=" + STICKY + ":")
        .contains("Only records with the header run=false need")
        .endsWith(" set KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY=" + RANGE)
        .doesNotContain("same number");
  }

  @Test
  void bothAreOneWarningWithBothRemedies() {
    assertThat(warnings(strategy(STICKY), 4, 3))
        .singleElement()
        .asString()
        .endsWith(
            "give these topics the same number of partitions and set"
                + " KAFKA_CONSUMER_PARTITION_ASSIGNMENT_STRATEGY="
                + RANGE);
  }

  @Test
  void kafkasOwnDefaultIsFine() {
    assertThat(warnings(Map.of(), 4, 4)).isEmpty();
    assertThat(warnings(strategy(RANGE + ", " + STICKY), 4, 4)).isEmpty();
    assertThat(warnings(strategy(List.of(RangeAssignor.class, STICKY)), 4, 4)).isEmpty();
  }

  @Test
  void whatBeginsWithAnotherIsNot() {
    assertThat(warnings(strategy(STICKY + "," + RANGE), 4, 4)).hasSize(1);
  }

  @Test
  void rangeOfTheBrokerIsFine() {
    assertThat(warnings(remote("range"), 4, 4)).isEmpty();
  }

  @Test
  void anotherAssignorOfTheBrokerIsWarnedOf() {
    assertThat(warnings(remote("uniform"), 4, 4))
        .singleElement()
        .asString()
        .contains("group.remote.assignor=uniform:")
        .endsWith(" set KAFKA_CONSUMER_GROUP_REMOTE_ASSIGNOR=range");
  }

  @Test
  void whatTheBrokerTakesByItselfIsWarnedOf() {
    assertThat(warnings(Map.of("group.protocol", "CONSUMER"), 4, 4))
        .singleElement()
        .asString()
        .contains("group.remote.assignor not set:");
  }

  /** The property of the other protocol says nothing. */
  @ParameterizedTest
  @CsvSource({"classic, 0", "consumer, 1"})
  void theProtocolTellsWhichPropertyCounts(String protocol, int warnings) {
    Map<String, Object> consumer = new HashMap<>(strategy(RANGE));
    consumer.put("group.protocol", protocol);
    consumer.put("group.remote.assignor", "uniform");
    assertThat(warnings(consumer, 4, 4)).hasSize(warnings);
  }
}
