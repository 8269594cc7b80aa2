package run.algo.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

  enum Mode {
    FAST,
    VERY_FAST;

    @Override
    public String toString() {
      return "mode";
    }
  }

  private static Parameters of(String value) {
    return Parameters.of(Map.of("Limit", value));
  }

  @Test
  void namesAreMatchedWithoutCase() {
    assertThat(of("a").text("LIMIT")).isEqualTo("a");
    assertThat(of("a").find("limit")).hasValue("a");
    assertThat(of("a").asMap()).containsEntry("lImIt", "a").hasSize(1);
  }

  @Test
  void anAbsentOneIsEmptyOrAnErrorThatNamesThoseThatAreThere() {
    assertThat(of("a").find("other")).isEmpty();
    assertThatThrownBy(() -> of("a").text("other"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("other")
        .hasMessageContaining("Limit");
    assertThat(Parameters.of(Map.of())).isSameAs(Parameters.none());
    assertThat(Parameters.none().asMap()).isEmpty();
  }

  @Test
  void theyAreACopyThatCannotBeChanged() {
    Map<String, String> source = new HashMap<>(Map.of("a", "1"));
    Parameters parameters = Parameters.of(source);
    source.put("a", "2");

    assertThat(parameters.text("a")).isEqualTo("1");
    assertThatThrownBy(() -> parameters.asMap().put("b", "2"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> Parameters.none().asMap().put("b", "2"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void nullsAreRefused() {
    assertThatThrownBy(() -> Parameters.of(Collections.singletonMap("a", null)))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Parameters.of(Collections.singletonMap(null, "a")))
        .isInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @CsvSource({"7,7", "-12,-12", "' 3 ',3", "+4,4"})
  void integers(String text, int value) {
    assertThat(of(text).intValue("limit")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.0", "x", "4000000000", "1 2"})
  void noIntegers(String text) {
    assertThatThrownBy(() -> of(text).intValue("limit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit is not an integer: \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({"7,7.0", "-1.5,-1.5", "' 1e3 ',1000.0", ".5,0.5"})
  void numbers(String text, double value) {
    assertThat(of(text).doubleValue("limit")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1,5", "1d", "2F", "1.5 m"})
  void noNumbers(String text) {
    assertThatThrownBy(() -> of(text).doubleValue("limit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit is not a number: \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "true,true",
    "TRUE,true",
    "t,true",
    "1,true",
    "' True ',true",
    "false,false",
    "F,false",
    "0,false"
  })
  void booleans(String text, boolean value) {
    assertThat(of(text).booleanValue("limit")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "2", "on"})
  void noBooleans(String text) {
    assertThatThrownBy(() -> of(text).booleanValue("limit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit is not a boolean");
  }

  @ParameterizedTest
  @CsvSource({"fast,FAST", "Very-Fast,VERY_FAST", "VERY_FAST,VERY_FAST", "' fast ',FAST"})
  void options(String text, Mode value) {
    assertThat(of(text).option("limit", Mode.class)).isEqualTo(value);
  }

  @Test
  void noOptionAndTheErrorListsThemAsTheyAreWritten() {
    assertThatThrownBy(() -> of("slow").option("limit", Mode.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FAST, VERY_FAST")
        .hasMessageContaining("slow");
  }
}
