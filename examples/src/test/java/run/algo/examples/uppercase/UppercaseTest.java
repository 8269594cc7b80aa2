package run.algo.examples.uppercase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.AlgoTestDriver;

class UppercaseTest {

  @Test
  void writesWhatItReadsInUpperCase() {
    try (AlgoTestDriver driver = AlgoTestDriver.of(new Uppercase())) {
      driver.input("hello");
      assertThat(driver.outputs()).containsExactly("HELLO");
    }
  }
}
