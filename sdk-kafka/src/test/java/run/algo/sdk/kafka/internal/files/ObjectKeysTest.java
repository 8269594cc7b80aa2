package run.algo.sdk.kafka.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.testkit.InMemoryFileStore;

/** Keys of objects: readable where they can be, and always right. */
class ObjectKeysTest {

  private static final RecordPosition POSITION = new RecordPosition("orders", 2, 41, 0);
  private static final String HASHED = "~[0-9a-f]{16}";

  /** Where something may go wrong: what ends a segment, a path, a string, a character. */
  private static final String[] PIECES = {
    "a",
    "b.txt",
    "/",
    "\\",
    ".",
    "..",
    "\0",
    "\n",
    "\u007f",
    "\u0085",
    "~",
    "-",
    "-1",
    "-1-",
    "_",
    " ",
    "%2F",
    "\u2024",
    "\uff0f",
    "e\u0301",
    "\u00e9",
    "\ud83d\ude00",
    "\ud83d",
    "\ude00",
    "\uffff",
    "\ufffe",
    "\u202e",
    "~0123456789abcdef",
    "0",
    "12",
    "x".repeat(120),
    "\u00fc".repeat(127),
    "\ud83d\ude00".repeat(64),
    ".tar.gz",
    "." + "y".repeat(40)
  };

  private static final String WRITER = ObjectKeys.writer("acme/words:1.0.0[0]");

  private static String key(String trace, String output, int index, String name) {
    return ObjectKeys.of(WRITER, trace.getBytes(UTF_8), POSITION, output, index, name);
  }

  /** The rules that references are read by. */
  static void assertReadable(String key) {
    assertThat(key.getBytes(UTF_8).length).as(key).isLessThanOrEqualTo(1024);
    assertThat(new String(key.getBytes(UTF_8), UTF_8)).as("no half characters").isEqualTo(key);
    assertThat(key.codePoints().noneMatch(c -> c == '\\' || Character.isISOControl(c)))
        .as(key)
        .isTrue();
    String[] segments = key.split("/", -1);
    assertThat(segments).hasSize(3);
    for (String segment : segments) {
      assertThat(segment).isNotEmpty().isNotEqualTo(".").isNotEqualTo("..");
      assertThat(segment.getBytes(UTF_8).length).isBetween(1, 255);
    }
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(6);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  @Test
  void anOrdinaryKeyIsReadable() {
    assertThat(key("4bf92f3577b34da6a3ce929d0e0e4736", "images", 0, "cat photo 1.jpg"))
        .isEqualTo(
            "4bf92f3577b34da6a3ce929d0e0e4736/orders-2-41-" + WRITER + "/images-0-cat photo 1.jpg");
  }

  @Test
  void hostileTextsMakeReadableKeysAndNoTwoTracesShareAFolder() throws Exception {
    Map<String, String> traceOfFolder = new HashMap<>();
    try (InMemoryFileStore store = new InMemoryFileStore("minio:9000", "bucket")) {
      for (int seed = 0; seed < 10_000; seed++) {
        Random random = new Random(seed);
        String trace = hostile(random);
        RecordPosition position =
            new RecordPosition(hostile(random), random.nextInt(100), random.nextInt(100), 0);
        String output = hostile(random);
        String name = hostile(random);
        byte[] bytes = trace.getBytes(UTF_8);
        String key = ObjectKeys.of(WRITER, bytes, position, output, seed, name);
        assertReadable(key);
        assertThat(ObjectKeys.of(WRITER, bytes, position, output, seed, name)).isEqualTo(key);
        store.write(FileTarget.of(key), bytes);
        String folder = key.substring(0, key.indexOf('/'));
        String written = new String(bytes, UTF_8);
        assertThat(traceOfFolder.getOrDefault(folder, written)).isEqualTo(written);
        traceOfFolder.put(folder, written);
      }
    }
    assertThat(traceOfFolder.size()).as("different traces").isGreaterThan(5_000);
  }

  /** So it is also for bytes that are no UTF-8, which all look the same as text. */
  @Test
  void tracesThatAreNoTextHaveFoldersOfTheirOwn() {
    Set<String> folders = new HashSet<>();
    for (int b = 0x80; b <= 0xff; b++) {
      String key = ObjectKeys.of(WRITER, new byte[] {'t', (byte) b}, POSITION, "o", 0, "n");
      assertReadable(key);
      folders.add(key.substring(0, key.indexOf('/')));
    }
    assertThat(folders).hasSize(128);
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a_b",
    "'', ''",
    "., _",
    ".., __",
    "../.., .._..",
    "~0123456789abcdef, ~0123456789abcdef"
  })
  void aTraceThatIsChangedIsMarked(String trace, String begin) {
    assertThat(key(trace, "o", 0, "n"))
        .matches("\\Q" + begin + "\\E" + HASHED + "/orders-2-41-" + WRITER + "/o-0-n");
  }

  @Test
  void aLongTraceIsCutAndMarked() {
    String common = "\u00fc".repeat(127);
    String one = key(common + "ab", "o", 0, "n");
    assertThat(one).startsWith("\u00fc".repeat(119) + "~");
    assertThat(key(common + "ac", "o", 0, "n")).isNotEqualTo(one);
    assertThat(key(common, "o", 0, "n")).startsWith(common + "/");
  }

  @Test
  void aLongNameKeepsItsExtension() {
    String key = key("t", "images", 12, "n".repeat(1024) + ".tiff");
    assertReadable(key);
    assertThat(key).startsWith("t/orders-2-41-" + WRITER + "/images-12-nnn").endsWith("nn.tiff");
    assertThat(key.getBytes(UTF_8).length)
        .isEqualTo(("t/orders-2-41-" + WRITER + "/").length() + 255);
  }

  @Test
  void aLongTopicStillTellsTheRecordsApart() {
    Set<String> keys = new HashSet<>();
    for (String topic : new String[] {"t".repeat(249), "t".repeat(248) + "u"}) {
      for (long offset : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1}) {
        RecordPosition position = new RecordPosition(topic, Integer.MAX_VALUE, offset, 0);
        String key = ObjectKeys.of(WRITER, new byte[] {'t'}, position, "o", 0, "n");
        assertReadable(key);
        keys.add(key);
      }
    }
    assertThat(keys).hasSize(4);
  }

  @Test
  void namesWithDigitsDoNotHideWhichEmissionItIs() {
    assertThat(key("t", "a", 1, "2-x")).isNotEqualTo(key("t", "a-1", 2, "x"));
    assertThat(key("t", "a", 1, "b-2-x")).isNotEqualTo(key("t", "a-1-b", 2, "x"));
    assertThat(key("t", "my-2nd-output", 3, "x"))
        .isEqualTo("t/orders-2-41-" + WRITER + "/my-2nd-output-3-x");
  }

  @Test
  void algosAreToldApartAndTheirVersionsAreNot() {
    assertThat(WRITER)
        .matches("[0-9a-f]{8}")
        .isEqualTo(ObjectKeys.writer("acme/words:2.0.0[0]"))
        .isNotEqualTo(ObjectKeys.writer("acme/words:1.0.0[1]"))
        .isNotEqualTo(ObjectKeys.writer("acme/lines:1.0.0[0]"));
    assertThat(ObjectKeys.writer("run.acme.Words"))
        .isNotEqualTo(ObjectKeys.writer("run.acme.Word"));
  }

  @Test
  void anOutputIsNotTakenForADeadLetter() {
    String letter = ObjectKeys.ofDeadLetter(WRITER, new byte[] {'t'}, POSITION, "x");
    assertThat(letter).isEqualTo("t/orders-2-41-" + WRITER + "/dead-letter-0-x");
    assertThat(key("t", "dead-letter", 0, "x")).isNotEqualTo(letter);
  }
}
