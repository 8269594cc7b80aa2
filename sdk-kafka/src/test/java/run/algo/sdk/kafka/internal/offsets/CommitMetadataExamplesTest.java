package run.algo.sdk.kafka.internal.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples of the documentation are what the code writes and reads. */
class CommitMetadataExamplesTest {

  private static final Pattern EXAMPLE =
      Pattern.compile("^```example\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern LINE =
      Pattern.compile(
          "^(?:base +(\\d+)|(settled|unsettled) +(\\d+)(?:-(\\d+))?|metadata +(\\S+))$",
          Pattern.MULTILINE);

  private String document = "";

  @BeforeEach
  void readDocument() throws Exception {
    document =
        Files.readString(Path.of(System.getProperty("project.root"), "docs/commit-metadata.md"));
  }

  @Test
  void theExamplesAreTheCodes() throws Exception {
    List<String> examples = EXAMPLE.matcher(document).results().map(m -> m.group(1)).toList();
    assertThat(examples).hasSize(3);
    StringBuilder kinds = new StringBuilder();
    for (String example : examples) {
      kinds.append(check(example));
    }
    assertThat(kinds).as("an example of each kind").hasToString("bre");
  }

  /** Encodes and decodes one example; returns its kind. */
  private static char check(String example) throws Exception {
    List<MatchResult> lines = LINE.matcher(example).results().toList();
    assertThat(lines)
        .as("lines that are understood of%n%s", example)
        .hasSize(example.split("\n").length);
    long base = Long.parseLong(lines.get(0).group(1));
    String metadata = lines.get(lines.size() - 1).group(5);
    CommitMetadataBuilder builder = new CommitMetadataBuilder();
    SettledOffsets decoded = CommitMetadata.decode(base, metadata);
    for (MatchResult line : lines.subList(1, lines.size() - 1)) {
      boolean settled = line.group(2).equals("settled");
      long first = Long.parseLong(line.group(3));
      long last = line.group(4) == null ? first : Long.parseLong(line.group(4));
      if (settled) {
        builder.settled(first, last);
      } else {
        builder.unsettled(first, last);
      }
      for (long offset = first; offset <= last; offset++) {
        assertThat(decoded.contains(offset))
            .as("offset %d of%n%s", offset, example)
            .isEqualTo(settled);
      }
    }
    assertThat(builder.encode(base)).as(example).isEqualTo(metadata);
    return metadata.charAt(CommitMetadata.KIND_AT);
  }

  @Test
  void theNumbersOfTheDocumentAreTheCodes() {
    assertThat(document)
        .contains("at most " + CommitMetadata.MAX_CHARS + " characters")
        .contains("1 to " + (CommitMetadata.MAX_CHARS - CommitMetadata.BODY_AT) + " |")
        .contains("`" + CommitMetadata.PREFIX + "`")
        .contains("k of the settled runs, 0 to " + RunCode.MAX_PARAMETER)
        .contains("%,d consecutive offsets".formatted(CommitMetadata.BITMAP_BITS))
        .contains("at most %,d".formatted(CommitMetadata.RUN_BITS));
  }

  /** The check value by which catalogues of checksums name this one. */
  @Test
  void theChecksumIsThatOfOpenPgp() {
    int crc = Sextets.CRC_START;
    for (byte digit : "123456789".getBytes(StandardCharsets.US_ASCII)) {
      crc = Sextets.crc(crc, digit);
    }
    assertThat(crc).isEqualTo(0x21CF02);
    assertThat(document).contains("`%06X`".formatted(crc));
    // A number is its 8 bytes, the highest first.
    assertThat(Sextets.crc(Sextets.CRC_START, 0x3132333435363738L)).isEqualTo(ofEightDigits());
  }

  private static int ofEightDigits() {
    int crc = Sextets.CRC_START;
    for (byte digit : "12345678".getBytes(StandardCharsets.US_ASCII)) {
      crc = Sextets.crc(crc, digit);
    }
    return crc;
  }
}
