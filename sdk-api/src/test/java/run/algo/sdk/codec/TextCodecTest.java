package run.algo.sdk.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCodecTest {

  private final Codec<String> codec = Codec.text();

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain", "Grüße, 世界", "\uD83D\uDE80 rocket", "nul \0 inside", "\uFEFFbom"})
  void whatIsWrittenIsReadBack(String text) throws Exception {
    assertThat(codec.encode(text)).isEqualTo(text.getBytes(UTF_8));
    assertThat(codec.decode(codec.encode(text))).isEqualTo(text);
  }

  @Test
  void aGenuineReplacementCharacterIsText() throws Exception {
    assertThat(codec.decode("a\uFFFDb".getBytes(UTF_8))).isEqualTo("a\uFFFDb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff", // no UTF-8 byte at all
        "61c3", // cut within a character
        "c0af", // overlong slash
        "eda080", // a surrogate on its own
        "f4908080", // beyond U+10FFFF
        "efbfbdff" // a genuine U+FFFD does not excuse what follows it
      })
  void malformedBytesDoNotDecode(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(CharacterCodingException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD83D", "a\uDE80b", "\uDE80\uD83D"})
  void anUnpairedSurrogateDoesNotEncode(String text) {
    assertThatThrownBy(() -> codec.encode(text)).isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void aTombstoneIsNullByDefault() throws Exception {
    assertThat(codec.decodeTombstone()).isNull();
    assertThat(codec.contentType()).isEqualTo("text/plain");
  }
}
