package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes an order as JSON, and the invoice that must come of it, letter by letter: with no code
 * that an arm has. What repeats and what is random in it makes it as compressible as real JSON.
 */
final class OrderText {

  private static final List<String> MATERIALS =
      List.of("steel", "copper", "oak", "walnut", "glass", "linen", "cotton", "marble");
  private static final List<String> THINGS =
      List.of("bottle", "lamp", "table", "chair", "shelf", "basket", "mirror", "tray");
  private static final List<String> ARTICLES =
      MATERIALS.stream()
          .flatMap(material -> THINGS.stream().map(thing -> material + ' ' + thing))
          .toList();

  /** What prices end with. */
  private static final List<String> ENDINGS = List.of("00", "29", "50", "95");

  /** Bytes of an order without its lines, and of a line, about. */
  private static final int HEAD_BYTES = 89;

  private static final int LINE_BYTES = 62;

  private static final long EPOCH_MILLIS = 1_767_225_600_000L;
  private static final int DAY_MILLIS = 86_400_000;
  private static final int MOST_PIECES = 9;
  private static final int MOST_WHOLE = 99;
  private static final int CENTS = 100;

  private final int bytes;
  private final String id;
  private final String customer;
  private final boolean express;
  private final long placedAt;
  private final Line[] lines;

  private record Line(String article, int pieces, int whole, String ending) {
    long cents() {
      return pieces * ((long) CENTS * whole + Integer.parseInt(ending));
    }
  }

  /** The next order of about so many bytes. */
  OrderText(SplittableRandom random, int bytes) {
    this.bytes = bytes;
    id = "o-" + random.nextInt(1_000_000, 10_000_000);
    customer = "c-" + random.nextInt(10_000, 100_000);
    express = random.nextBoolean();
    placedAt = EPOCH_MILLIS + random.nextInt(DAY_MILLIS);
    lines = new Line[Math.max(1, Math.round((float) (bytes - HEAD_BYTES) / LINE_BYTES))];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          new Line(
              pick(random, ARTICLES),
              random.nextInt(1, MOST_PIECES + 1),
              random.nextInt(1, MOST_WHOLE + 1),
              pick(random, ENDINGS));
    }
  }

  private static String pick(SplittableRandom random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  byte[] order() {
    StringBuilder text = new StringBuilder(bytes + LINE_BYTES);
    text.append("{\"id\":\"").append(id).append("\",\"customer\":\"").append(customer);
    text.append("\",\"placedAt\":").append(placedAt).append(",\"express\":").append(express);
    String before = ",\"lines\":[{\"article\":\"";
    for (Line line : lines) {
      text.append(before).append(line.article).append("\",\"count\":").append(line.pieces);
      text.append(",\"price\":").append(line.whole).append('.').append(line.ending);
      text.append(",\"unit\":\"pc\"}");
      before = ",{\"article\":\"";
    }
    return text.append("]}").toString().getBytes(US_ASCII);
  }

  byte[] invoice() {
    int pieces = 0;
    long cents = 0;
    for (Line line : lines) {
      pieces += line.pieces;
      cents += line.cents();
    }
    StringBuilder text = new StringBuilder(bytes + LINE_BYTES);
    text.append("{\"order\":\"").append(id).append("\",\"customer\":\"").append(customer);
    text.append("\",\"pieces\":").append(pieces).append(",\"shipping\":");
    text.append(express ? "9.5" : "4.25").append(",\"cents\":").append(cents);
    String before = ",\"items\":[{\"article\":\"";
    for (Line line : lines) {
      text.append(before).append(line.article).append("\",\"cents\":").append(line.cents());
      text.append('}');
      before = ",{\"article\":\"";
    }
    return text.append("]}").toString().getBytes(US_ASCII);
  }
}
