package run.algo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {

  private static final Pipe<String> WORDS = Pipe.text("words");

  private final Output<String> plain = Output.of(WORDS, "hello");

  @Test
  void nothingIsSetAtFirst() {
    assertThat(plain.pipe()).isSameAs(WORDS);
    assertThat(plain.value()).isEqualTo("hello");
    assertThat(plain.key()).isNull();
    assertThat(plain.headers()).isEmpty();
    assertThat(plain.fileName()).isNull();
  }

  @Test
  void eachSettingMakesACopyThatKeepsTheOthers() {
    Output<String> full =
        plain.withKey("kü").withHeader("tenant", "a").withFileName("f.txt").withHeader("x", "y");

    assertThat(full.key()).isEqualTo("kü".getBytes(UTF_8));
    assertThat(full.headers())
        .containsExactly(RecordHeader.of("tenant", "a"), RecordHeader.of("x", "y"));
    assertThat(full.fileName()).isEqualTo("f.txt");
    assertThat(full.value()).isEqualTo("hello");
    assertThat(plain.key()).isNull();
    assertThat(plain.headers()).isEmpty();
    assertThat(plain.fileName()).isNull();
  }

  @Test
  void aHeaderSetAgainReplacesTheFirst() {
    assertThat(plain.withHeader("a", "1").withHeader("b", "2").withHeader("a", "3").headers())
        .containsExactly(RecordHeader.of("b", "2"), RecordHeader.of("a", "3"));
  }

  @Test
  void theHeadersCannotBeChangedFromOutside() {
    assertThatThrownBy(() -> plain.headers().add(RecordHeader.of("a", "b")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> plain.withHeader("a", "b").headers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "traceID",
        "fileName",
        "messageDataType",
        "endpointParams",
        "run",
        "retryStepIndex",
        "retryNum",
        "retryTimestamp",
        "retryTimestampMs",
        "retryGroup",
        "retryAttempt",
        "originTopic",
        "originOffset",
        "dlqReason",
        "dlqStackTrace"
      })
  void headersOfTheProtocolAreRefused(String name) {
    assertThatThrownBy(() -> plain.withHeader(name, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"contentType", "traceparent", "runner", "my-retry"})
  void otherHeadersAreTheAuthors(String name) {
    assertThat(plain.withHeader(name, "x").headers()).containsExactly(RecordHeader.of(name, "x"));
  }

  @Test
  void nothingIsSetToNull() {
    assertThatThrownBy(() -> Output.of(null, "x")).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Output.of(WORDS, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> plain.withKey((byte[]) null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> plain.withFileName(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> plain.withHeader("a", null)).isInstanceOf(NullPointerException.class);
  }
}
