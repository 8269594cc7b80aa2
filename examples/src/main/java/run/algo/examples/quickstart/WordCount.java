package run.algo.examples.quickstart;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;
import tools.jackson.core.type.TypeReference;

/** The Algo: a line of text in, how often each word occurs in it out, as JSON. */
public final class WordCount implements Algo<String, Map<String, Integer>> {

  /** Its input; {@code KAFKA_INPUT_TOPIC_LINES} names the topic. */
  public static final Pipe<String> LINES = Pipe.text("lines");

  /** Its output; {@code KAFKA_OUTPUT_TOPIC_WORDS} names the topic. */
  public static final Pipe<Map<String, Integer>> WORDS =
      Pipe.json("words", new TypeReference<Map<String, Integer>>() {});

  /** Readers of JSON limit the length of names; what is longer is no word anyway, and is cut. */
  static final int LONGEST_WORD = 1000;

  // Single character classes: they are matched by a loop, whatever the length of the line.
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}'’]+");
  private static final Pattern QUOTES = Pattern.compile("^['’]+|['’]+$");

  @Override
  public Map<String, Integer> run(String line, AlgoContext context) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String quoted : BETWEEN_WORDS.split(line.toLowerCase(Locale.ROOT), -1)) {
      String word = QUOTES.matcher(quoted).replaceAll("");
      if (!word.isEmpty()) {
        counts.merge(cut(word), 1, Integer::sum);
      }
    }
    return counts;
  }

  private static String cut(String word) {
    if (word.length() <= LONGEST_WORD) {
      return word;
    }
    int end = Character.isHighSurrogate(word.charAt(LONGEST_WORD - 1)) ? 1 : 0;
    return word.substring(0, LONGEST_WORD - end) + "…";
  }
}
