package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes orders as JSON, and the invoices that must come of them, letter by letter: with no code
 * that an arm has.
 */
final class OrderText {

  private static final List<String> MATERIALS =
      List.of("steel", "copper", "oak", "walnut", "glass", "linen", "cotton", "marble");
  private static final List<String> THINGS =
      List.of("bottle", "lamp", "table", "chair", "shelf", "basket", "mirror", "tray");

  /** Bytes of an order without its lines, and of a line, about. */
  private static final int HEAD_BYTES = 94;

  private static final int LINE_BYTES = 50;

  private static final long EPOCH_MILLIS = 1_767_225_600_000L;
  private static final int DAY_MILLIS = 86_400_000;
  private static final int MOST_PIECES = 9;
  private static final int MOST_CENTS = 100_000;
  private static final int CENTS = 100;

  private OrderText() {}

  /** An order of about so many bytes, and its invoice. */
  static Values.Sample next(SplittableRandom random, int bytes) {
    StringBuilder lines = new StringBuilder(bytes);
    StringBuilder items = new StringBuilder(bytes);
    int count = Math.max(1, Math.round((float) (bytes - HEAD_BYTES) / LINE_BYTES));
    int allPieces = 0;
    long allCents = 0;
    for (int i = 0; i < count; i++) {
      String article = pick(random, MATERIALS) + ' ' + pick(random, THINGS);
      int pieces = random.nextInt(1, MOST_PIECES + 1);
      int cents = random.nextInt(CENTS, MOST_CENTS);
      allPieces += pieces;
      allCents += (long) pieces * cents;
      String comma = i == 0 ? "" : ",";
      lines.append(comma).append("{\"article\":\"").append(article).append("\",\"count\":");
      lines.append(pieces).append(",\"price\":").append(cents / CENTS).append('.');
      lines.append(cents % CENTS / 10).append(cents % 10).append('}');
      items.append(comma).append("{\"article\":\"").append(article).append("\",\"cents\":");
      items.append((long) pieces * cents).append('}');
    }
    String id = "o-" + random.nextInt(1_000_000, 10_000_000);
    String customer = "c-" + random.nextInt(10_000, 100_000);
    boolean express = random.nextBoolean();
    long placedAt = EPOCH_MILLIS + random.nextInt(DAY_MILLIS);
    String order =
        "{\"id\":\"" + id + "\",\"customer\":\"" + customer + "\",\"placedAt\":" + placedAt;
    String invoice =
        "{\"order\":\"" + id + "\",\"customer\":\"" + customer + "\",\"pieces\":" + allPieces;
    return new Values.Sample(
        bytes(order + ",\"express\":" + express + ",\"lines\":[" + lines + "]}"),
        bytes(
            invoice
                + (",\"shipping\":" + (express ? "9.5" : "4.25"))
                + (",\"cents\":" + allCents + ",\"items\":[" + items + "]}")));
  }

  private static String pick(SplittableRandom random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
