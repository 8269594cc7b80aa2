package run.algo.sdk.kafka.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTypesTest {

  @ParameterizedTest(name = "{0} takes {1}: {2}")
  @CsvSource({
    "application/json, application/json, true",
    "application/json, APPLICATION/Json, true",
    "Application/JSON, application/json, true",
    "application/json, application/json; charset=utf-8, true",
    "application/json; v=1, application/json;v=2, true",
    "application/json, ' application/json ', true",
    "application/json, text/json, false",
    "application/json, application/xml, false",
    "application/json, application/json2, false",
    "application/*, application/json, true",
    "application/*, text/json, false",
    "*/json, application/json, true",
    "*/json, application/xml, false",
    "*/*, text/plain, true",
    "*, text/plain, true",
    "any, text/plain, true",
    "any/json, text/json, true",
    "application/any, application/pdf, true",
    "ANY, text/plain, true",
    "text/plain, */plain, true",
    "text/plain, text/*, true",
    "text/plain, *, true",
    "text/plain, any, true",
    "text/plain, image/*, false",
    "text/plain, text, false",
    "text/*, text, false",
    "text, text, true",
    "text/plain, ;charset=utf-8, false",
  })
  void accepts(String accepted, String type, boolean verdict) {
    ContentTypes types = new ContentTypes(List.of(accepted));
    assertThat(types.accepts(type)).isEqualTo(verdict);
    assertThat(types.accepts(type)).as("remembered").isEqualTo(verdict);
  }

  @Test
  void takesOneOfSeveral() {
    ContentTypes types = new ContentTypes(List.of("text/csv", "application/*"));
    assertThat(types.acceptsAll()).isFalse();
    assertThat(types.accepts("application/json")).isTrue();
    assertThat(types.accepts("text/csv")).isTrue();
    assertThat(types.accepts("text/plain")).isFalse();
  }

  @Test
  void anEmptyListTakesAll() {
    ContentTypes types = new ContentTypes(List.of());
    assertThat(types.acceptsAll()).isTrue();
    assertThat(types.accepts("whatever")).isTrue();
  }

  @Test
  void judgesRightlyBeyondWhatItRemembers() {
    ContentTypes types = new ContentTypes(List.of("text/*"));
    for (int i = 0; i < 1000; i++) {
      assertThat(types.accepts("text/" + i)).isTrue();
      assertThat(types.accepts("image/" + i)).isFalse();
    }
    assertThat(types.accepts("text/" + "x".repeat(100_000))).isTrue();
  }
}
