package run.algo.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.AlgoConfigurationException;

/** The conformance Algo's own variables. */
class ConformanceSettingsTest {

  @Test
  void thePlainFormServesTheTableWhenNothingIsSet() {
    assertThat(ConformanceSettings.read(Map.of()))
        .isEqualTo(new ConformanceSettings(false, 0, false));
    assertThat(
            ConformanceSettings.read(
                Map.of(
                    "CONFORMANCE_ASYNC", "False",
                    "CONFORMANCE_BATCH", "0",
                    "CONFORMANCE_INPUT", "commands")))
        .isEqualTo(new ConformanceSettings(false, 0, false));
  }

  @Test
  void eachFormHasItsVariable() {
    assertThat(ConformanceSettings.read(Map.of("CONFORMANCE_ASYNC", " TRUE ")))
        .isEqualTo(new ConformanceSettings(true, 0, false));
    assertThat(ConformanceSettings.read(Map.of("CONFORMANCE_BATCH", "25")))
        .isEqualTo(new ConformanceSettings(false, 25, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1000001", "many", "1.5"})
  void aBatchHasASize(String size) {
    assertThatThrownBy(() -> ConformanceSettings.read(Map.of("CONFORMANCE_BATCH", size)))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("CONFORMANCE_BATCH = " + size);
  }

  @Test
  void twoFormsAtOnceAreRefused() {
    assertThatThrownBy(
            () ->
                ConformanceSettings.read(
                    Map.of("CONFORMANCE_ASYNC", "true", "CONFORMANCE_BATCH", "10")))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("served by one form");
  }

  @Test
  void filesAreReadInEachForm() {
    assertThat(ConformanceSettings.read(Map.of("CONFORMANCE_INPUT", "Files")))
        .isEqualTo(new ConformanceSettings(false, 0, true));
    assertThat(
            ConformanceSettings.read(
                Map.of("CONFORMANCE_INPUT", "files", "CONFORMANCE_BATCH", "3")))
        .isEqualTo(new ConformanceSettings(false, 3, true));
  }

  @Test
  void anInputThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> ConformanceSettings.read(Map.of("CONFORMANCE_INPUT", "file")))
        .isInstanceOf(AlgoConfigurationException.class)
        .hasMessageContaining("CONFORMANCE_INPUT = file")
        .hasMessageContaining("use commands or files");
  }
}
