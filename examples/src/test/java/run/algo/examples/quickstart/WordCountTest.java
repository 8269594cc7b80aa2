package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import run.algo.sdk.AlgoContext;

class WordCountTest {

  /** The Algo must not need it: whatever it asked for would fail. */
  private static final AlgoContext NO_CONTEXT =
      (AlgoContext)
          Proxy.newProxyInstance(
              WordCountTest.class.getClassLoader(),
              new Class<?>[] {AlgoContext.class},
              (proxy, method, arguments) -> {
                throw new AssertionError("asked for " + method);
              });

  @Test
  void countsEachWordWhateverItsCase() {
    assertThat(count("The cat, the hat - and THE bat."))
        .isEqualTo(Map.of("the", 3, "cat", 1, "hat", 1, "and", 1, "bat", 1));
  }

  @Test
  void keepsQuotesWithinAWordOnly() {
    assertThat(count("'Don't' isn’t ''quoted'' '"))
        .isEqualTo(Map.of("don't", 1, "isn’t", 1, "quoted", 1));
  }

  @Test
  void countsWordsOfAnyScript() {
    assertThat(count("Ärger 東京 東京 и\u0306 42"))
        .isEqualTo(Map.of("ärger", 1, "東京", 2, "и\u0306", 1, "42", 1));
  }

  @Test
  void findsNothingInALineWithoutWords() {
    assertThat(count("")).isEmpty();
    assertThat(count(" -- ' \t … ")).isEmpty();
  }

  @Test
  void takesALineOfManyMegabytes() {
    String quoted = "a'".repeat(2_000_000) + "a";
    assertThat(count(quoted)).isEqualTo(Map.of("a'".repeat(500) + "…", 1));
    assertThat(count("a ".repeat(2_000_000))).isEqualTo(Map.of("a", 2_000_000));
  }

  @Test
  void cutsWhatIsTooLongForAWordBetweenCharacters() {
    assertThat(count("x".repeat(1000))).containsOnlyKeys("x".repeat(1000));
    assertThat(count("x" + "𝔘".repeat(500))).containsOnlyKeys("x" + "𝔘".repeat(499) + "…");
  }

  @Test
  void isWrittenAsJson() throws Exception {
    assertThat(new String(WordCount.WORDS.codec().encode(count("b a b")), UTF_8))
        .isEqualTo("{\"a\":1,\"b\":2}");
  }

  private static Map<String, Integer> count(String line) {
    return new WordCount().run(line, NO_CONTEXT);
  }
}
