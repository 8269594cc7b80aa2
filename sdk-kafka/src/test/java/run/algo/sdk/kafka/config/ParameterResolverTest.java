package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterResolverTest {

  private static ParameterSettings parameter(
      String name, String value, boolean required, DataType.Kind kind) {
    return new ParameterSettings(
        name,
        Optional.ofNullable(value),
        required,
        new DataType(kind, "", kind == DataType.Kind.OPTION ? List.of("x", "y z") : List.of()));
  }

  private final ParameterResolver resolver =
      new ParameterResolver(
          List.of(
              parameter("Count", "5", true, DataType.Kind.INTEGER),
              parameter("text", null, false, DataType.Kind.TEXT),
              parameter("choice", "x", false, DataType.Kind.OPTION),
              parameter("password", null, false, DataType.Kind.INTEGER)));

  @Test
  void withoutTheHeaderAllRecordsShareOneMap() {
    assertThat(resolver.resolve(null)).isEqualTo(Map.of("Count", "5", "choice", "x"));
    assertThat(resolver.resolve(null)).isSameAs(resolver.resolve(null));
    assertThat(resolver.resolve("")).isSameAs(resolver.resolve(null));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> resolver.resolve(null).put("a", "b"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> resolver.resolve("text=a").put("a", "b"));
  }

  @ParameterizedTest
  @CsvSource({
    "count=7, Count, 7",
    "COUNT=7, Count, 7",
    "Count=1&count=2&COUNT=3, Count, 3",
    "count=x&count=2, Count, 2",
    "&&count=7&&, Count, 7",
    "text=a+b%20c, text, a b c",
    "text=a%3Bb%26c%3Dd, text, a;b&c=d",
    "text=a=b, text, a=b",
    "te%78t=%C3%A4%e2%82%ac, text, ä€",
    "text=ä, text, ä",
    "text=😀, text, 😀",
    "text, text, ''",
    "text=, text, ''",
    "=x&text=y, text, y",
    "other=%41&count=5, Count, 5",
    "choice=y+z, choice, y z",
    "text=%25, text, %",
    "text=%00, text, '\u0000'",
  })
  void declaredParametersAreOverridden(String query, String name, String value) {
    assertThat(resolver.resolve(query)).containsEntry(name, value).doesNotContainKey("other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text=%",
        "text=%4",
        "text=%zz",
        "text=%4g",
        "%=1",
        "other=%",
        "text=%٤٤",
        "text=%ff",
        "text=%C3",
        "text=%C3%28",
        "text=%ed%a0%80",
        "text=%c0%80",
        "a;b=1",
        "text=a;b",
        "text=\ud800",
        "text=%-1",
        "text=%+1",
        "text=% 1"
      })
  void aMalformedQueryIsRefused(String query) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolver.resolve(query))
        .withMessageStartingWith("endpointParams: ");
  }

  @ParameterizedTest
  @CsvSource({
    "count=x, parameter Count must be a whole number of 64 bits",
    "count=, parameter Count is required",
    "count, parameter Count is required",
    "count=%0A1, but is \"\\n1\"",
    "choice=z, 'must be one of x, y z, but is \"z\"'",
    "password=hunter2, but is ***",
  })
  void aValueOfAnotherTypeIsRefused(String query, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resolver.resolve(query))
        .withMessageContaining(message);
  }

  @Test
  void anyQueryGivesAMapOrARefusal() {
    long seed = Long.getLong("test.seed", 4711);
    Random random = new Random(seed);
    String alphabet = "count=text&;%+0aFä\ud83d\ude00\u0000\n #";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder query = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        query.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertThat(resolver.resolve(query.toString())).containsKeys("Count", "choice");
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d: %s", seed, query).hasMessageStartingWith("endpointParams: ");
      }
    }
  }
}
