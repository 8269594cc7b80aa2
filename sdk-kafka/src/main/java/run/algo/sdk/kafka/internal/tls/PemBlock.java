package run.algo.sdk.kafka.internal.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One block of a PEM text. Text before, between and after blocks is ignored, but the blocks
 * themselves must be whole: a file that is still being written must fail rather than yield a
 * shorter chain.
 */
final class PemBlock {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final Pattern LABEL = Pattern.compile("[A-Z0-9][A-Z0-9 ]{0,63}");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final String label;
  private final String body;
  private final boolean encrypted;
  private final String source;

  private PemBlock(String label, String body, boolean encrypted, String source) {
    this.label = label;
    this.body = body;
    this.encrypted = encrypted;
    this.source = source;
  }

  /**
   * Splits a text into its blocks.
   *
   * @param source what messages call the text, such as its path
   */
  static List<PemBlock> parse(String text, String source) {
    List<PemBlock> blocks = new ArrayList<>();
    int position = 0;
    while (true) {
      int begin = text.indexOf(BEGIN, position);
      int stray = text.indexOf(END, position);
      if (stray >= 0 && (begin < 0 || stray < begin)) {
        throw damaged(source, "an END line has no BEGIN line");
      }
      if (begin < 0) {
        return List.copyOf(blocks);
      }
      int labelStart = begin + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelStart);
      String label = labelEnd < 0 ? "" : text.substring(labelStart, labelEnd);
      if (!LABEL.matcher(label).matches()) {
        throw damaged(source, "a BEGIN line is not complete");
      }
      int bodyStart = labelEnd + DASHES.length();
      String endLine = END + label + DASHES;
      int bodyEnd = text.indexOf(DASHES, bodyStart);
      if (bodyEnd < 0 || !text.startsWith(endLine, bodyEnd)) {
        throw damaged(source, "the block " + label + " has no END line");
      }
      blocks.add(block(label, text.substring(bodyStart, bodyEnd), source));
      position = bodyEnd + endLine.length();
    }
  }

  private static PemBlock block(String label, String text, String source) {
    StringBuilder body = new StringBuilder(text.length());
    boolean encrypted = label.equals("ENCRYPTED PRIVATE KEY");
    // Old keys carry headers ("Proc-Type: 4,ENCRYPTED"); a colon is no Base64, so a line with one
    // is a header.
    for (String line : text.lines().toList()) {
      if (line.indexOf(':') < 0) {
        body.append(line);
      } else {
        encrypted |= line.startsWith("Proc-Type:") && line.contains("ENCRYPTED");
      }
    }
    return new PemBlock(label, SPACE.matcher(body).replaceAll(""), encrypted, source);
  }

  String label() {
    return label;
  }

  boolean encrypted() {
    return encrypted;
  }

  byte[] der() {
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      // The decoder's message quotes a character of the body, which may be a key: it is not passed
      // on.
      throw damaged(source, "the block " + label + " is not Base64");
    }
  }

  private static PemException damaged(String source, String what) {
    return new PemException(
        source + " is not a whole PEM file, " + what + ": write the file again, and whole");
  }

  /** The label only: the body may be a key. */
  @Override
  public String toString() {
    return label;
  }
}
