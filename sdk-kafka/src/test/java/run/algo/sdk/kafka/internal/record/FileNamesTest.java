package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {

  private final FileNames names = new FileNames("orders");

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, orders-0-0",
    "3, 9, 0, orders-3-9",
    "3, 10, 0, orders-3-10",
    "3, 2147483647, 0, orders-3-2147483647",
    "3, 2147483648, 0, orders-3-2147483648",
    "3, 999999999999999999, 0, orders-3-999999999999999999",
    "3, 1000000000000000000, 0, orders-3-1000000000000000000",
    "12, 9223372036854775807, 0, orders-12-9223372036854775807",
    "1, 100, 1, orders-1-100-1",
    "1, 99, 2147483647, orders-1-99-2147483647"
  })
  void isThePositionAndTheEmission(int partition, long offset, int emission, String name) {
    assertThat(new String(names.name(partition, offset, emission), UTF_8)).isEqualTo(name);
  }

  @Test
  void isThePositionInWhateverOrderTheyAreAsked() {
    Random random = new Random(1);
    for (long around : new long[] {9_990, 19_999, 1_000_000, Long.MAX_VALUE - 50}) {
      for (int i = 0; i < 1_000; i++) {
        int partition = random.nextInt(3);
        long offset = around + random.nextInt(50);
        assertThat(new String(names.name(partition, offset, 0), UTF_8))
            .isEqualTo("orders-" + partition + "-" + offset);
      }
    }
  }
}
