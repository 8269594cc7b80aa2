package run.algo.sdk.benchmarks.process;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import run.algo.sdk.Pipe;

/**
 * What values are, and what the Algo makes of them. Whoever fills the input, each arm and the judge
 * of the outputs share it. Stateless, so safe for use by several threads.
 *
 * @param <I> what the SDK hands to the Algo
 * @param <O> what the Algo returns
 */
sealed interface Values<I, O> {

  /** A value of the input, and what must become of it; its bytes may not be changed. */
  final class Sample {
    private final byte[] value;
    private final byte[] answer;

    Sample(byte[] value, byte[] answer) {
      this.value = value;
      this.answer = answer;
    }

    byte[] value() {
      return value;
    }

    /** The bytes that every arm must make of the value; found without any arm's code. */
    byte[] answer() {
      return answer;
    }
  }

  /** What they are, for a reader. */
  String text();

  /** The text that {@link #parse} makes the same values of, in another process too. */
  String spec();

  /** The next value; the same random numbers give the same values. */
  Sample next(SplittableRandom random);

  /** The media type of inputs and outputs. */
  String contentType();

  /** The SDK's input. */
  Pipe<I> records();

  /** The SDK's output. */
  Pipe<O> results();

  /** What the Algo returns. */
  O answer(I value);

  /** The same from bytes to bytes, as who has no SDK writes it. */
  byte[] byHand(byte[] value);

  /** Reads {@code bytes:200}, {@code json:200} or {@code json-bytes:18000}. */
  static Values<?, ?> parse(String spec) {
    Matcher matcher = Pattern.compile("([a-z-]+):([1-9][0-9]{0,6})").matcher(spec);
    if (!matcher.matches()) {
      throw unknown(spec);
    }
    int bytes = Integer.parseInt(matcher.group(2));
    return switch (matcher.group(1)) {
      case "bytes" -> new RandomBytes(bytes);
      case "json" -> new Json(bytes);
      case "json-bytes" -> new JsonBytes(bytes);
      default -> throw unknown(spec);
    };
  }

  private static IllegalArgumentException unknown(String spec) {
    return new IllegalArgumentException(
        "values are " + spec + ": use bytes, json or json-bytes, of at most 9,999,999 bytes");
  }

  /** What the Algo takes as bytes and returns as they are. */
  sealed interface AsBytes extends Values<byte[], byte[]> {
    @Override
    default String contentType() {
      return "application/octet-stream";
    }

    @Override
    default Pipe<byte[]> records() {
      return Pipe.bytes(SdkLoop.RECORDS);
    }

    @Override
    default Pipe<byte[]> results() {
      return Pipe.bytes(SdkLoop.RESULTS);
    }

    @Override
    default byte[] answer(byte[] value) {
      return value;
    }

    @Override
    default byte[] byHand(byte[] value) {
      return value;
    }
  }

  /** Random bytes, which nothing compresses. */
  record RandomBytes(int bytes) implements AsBytes {
    @Override
    public String spec() {
      return "bytes:" + bytes;
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "%,d bytes", bytes);
    }

    @Override
    public Sample next(SplittableRandom random) {
      byte[] value = new byte[bytes];
      random.nextBytes(value);
      return new Sample(value, value);
    }
  }

  /** Orders as JSON, which the Algo does not look into. */
  record JsonBytes(int bytes) implements AsBytes {
    @Override
    public String spec() {
      return "json-bytes:" + bytes;
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "%,d bytes of JSON", bytes);
    }

    @Override
    public Sample next(SplittableRandom random) {
      byte[] value = new OrderText(random, bytes).order();
      return new Sample(value, value);
    }
  }

  /** Orders as JSON, which the Algo takes as objects and answers with invoices. */
  record Json(int bytes) implements Values<Order, Invoice> {
    @Override
    public String spec() {
      return "json:" + bytes;
    }

    @Override
    public String text() {
      return String.format(Locale.ROOT, "%,d bytes of typed JSON", bytes);
    }

    @Override
    public Sample next(SplittableRandom random) {
      OrderText order = new OrderText(random, bytes);
      return new Sample(order.order(), order.invoice());
    }

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public Pipe<Order> records() {
      return Pipe.json(SdkLoop.RECORDS, Order.class);
    }

    @Override
    public Pipe<Invoice> results() {
      return Pipe.json(SdkLoop.RESULTS, Invoice.class);
    }

    @Override
    public Invoice answer(Order value) {
      return Invoice.of(value);
    }

    @Override
    public byte[] byHand(byte[] value) {
      return BareJson.encode(answer(BareJson.decode(value)));
    }
  }
}
