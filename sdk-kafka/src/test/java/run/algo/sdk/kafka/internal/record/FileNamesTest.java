package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
}
