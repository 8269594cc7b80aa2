package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TraceIdsTest {

  private static String derive(String topic, int partition, long offset, long timestamp) {
    return new String(new TraceIds(topic).derive(partition, offset, timestamp), US_ASCII);
  }

  /**
   * The value is on the wire: another one would tear a record that is read again from its trace.
   */
  @Test
  void isTheSameInEveryVersion() {
    assertThat(derive("orders", 3, 42, 1_700_000_000_000L))
        .isEqualTo("bc6f710ef0c5e21b5d326dc496a2fb0a");
    assertThat(derive("orders", 0, 0, -1)).isEqualTo("d5ecdb35b4f6871a031b734d46765ecd");
  }

  @Test
  void hasThirtyTwoLowerCaseHexDigits() {
    for (long offset = 0; offset < 1000; offset++) {
      assertThat(derive("t", 1, offset, offset)).matches("[0-9a-f]{32}");
    }
  }

  @Test
  void differsByEachField() {
    String base = derive("orders", 1, 2, 3);
    assertThat(derive("orderz", 1, 2, 3)).isNotEqualTo(base);
    assertThat(derive("orders", 2, 2, 3)).isNotEqualTo(base);
    assertThat(derive("orders", 1, 3, 3)).isNotEqualTo(base);
    assertThat(derive("orders", 1, 2, 4)).isNotEqualTo(base);
    assertThat(Set.of(derive("t", 1, 2, 3), derive("t", 2, 1, 3), derive("t", 3, 2, 1))).hasSize(3);
  }

  @Test
  void spreadsNeighbouringPositionsOverBothHalves() {
    Set<String> whole = new HashSet<>();
    Set<String> first = new HashSet<>();
    Set<String> second = new HashSet<>();
    TraceIds ids = new TraceIds("orders");
    for (int partition = 0; partition < 10; partition++) {
      for (long offset = 0; offset < 10_000; offset++) {
        String id =
            new String(ids.derive(partition, offset, 1_700_000_000_000L + offset), US_ASCII);
        whole.add(id);
        first.add(id.substring(0, 16));
        second.add(id.substring(16));
      }
    }
    assertThat(whole).hasSize(100_000);
    assertThat(first).hasSize(100_000);
    assertThat(second).hasSize(100_000);
  }
}
