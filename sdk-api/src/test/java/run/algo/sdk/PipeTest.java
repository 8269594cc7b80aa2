package run.algo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import run.algo.sdk.codec.Codec;
import tools.jackson.core.type.TypeReference;

class PipeTest {

  @Test
  void namesAreMatchedWithoutCase() {
    assertThat(Pipe.text("Orders"))
        .isEqualTo(Pipe.bytes("ORDERS"))
        .hasSameHashCodeAs(Pipe.bytes("oRDERS"))
        .isNotEqualTo(Pipe.text("orders2"))
        .isNotEqualTo("orders");
    assertThat(Pipe.text("Orders").name()).isEqualTo("orders");
  }

  @Test
  void namesDoNotDependOnTheLocaleOfTheMachine() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(Pipe.text("INPUT").name()).isEqualTo("input");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void thePipeCarriesItsFormat() throws Exception {
    assertThat(Pipe.text("a").codec()).isSameAs(Codec.text());
    assertThat(Pipe.bytes("a").codec()).isSameAs(Codec.bytes());
    assertThat(Pipe.of("a", Codec.text()).codec()).isSameAs(Codec.text());
    assertThat(Pipe.json("a", Integer.class).codec().decode("7".getBytes(UTF_8))).isEqualTo(7);
    assertThat(
            Pipe.json("a", new TypeReference<List<Integer>>() {})
                .codec()
                .decode("[7]".getBytes(UTF_8)))
        .containsExactly(7);
    assertThat(Pipe.json("Orders", Integer.class)).hasToString("Pipe[orders, application/json]");
  }

  @Test
  void aPipeNeedsANameAndAFormat() {
    assertThatThrownBy(() -> Pipe.text(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
    assertThatThrownBy(() -> Pipe.text(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Pipe.of("a", null)).isInstanceOf(NullPointerException.class);
  }
}
