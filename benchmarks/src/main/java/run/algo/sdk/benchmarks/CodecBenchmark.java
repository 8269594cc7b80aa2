package run.algo.sdk.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import run.algo.sdk.codec.Codec;

/**
 * What it costs to read a value and write it again, by the format: the part of the per-record path
 * that is spent before and after the Algo.
 *
 * <p>Each method decodes and encodes one value. Text has two rivals that bound it: {@link
 * #textLenient} is the least that a string costs, without any check for malformed text, and {@link
 * #textStrictDecoder} is the plain way to check, by the JDK's own decoder and encoder.
 *
 * <p>Run, from the root of the repository:
 *
 * <pre>{@code
 * mvn -q -Pjmh -pl benchmarks -am process-classes -Djmh.args=CodecBenchmark
 * }</pre>
 *
 * <p>{@code jmh.args} takes JMH's options besides the name: {@code "-Djmh.args=CodecBenchmark.text
 * -f 1 -p size=20"} is a quicker look, {@code -prof gc} shows what is allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {

  /** An order as a pipeline would carry one. */
  public record Order(String id, String customer, List<Line> lines, boolean express) {}

  /** A line of an order. */
  public record Line(String sku, int quantity, double price) {}

  /** Lines of the order, and hundreds of characters of the text. */
  @Param({"1", "20"})
  public int size;

  /** Whether the text has characters beyond ASCII. */
  @Param({"ascii", "mixed"})
  public String charset = "ascii";

  private final Codec<String> textCodec = Codec.text();
  private final Codec<Order> jsonCodec = Codec.json(Order.class);
  private byte[] textBytes = {};
  private byte[] jsonBytes = {};

  /** Makes the values. */
  @Setup
  public void setUp() throws Exception {
    String word = charset.equals("ascii") ? "stream proc" : "Größe 世界 \uD83D\uDE80 ";
    String text = word.repeat(size * 100 / word.length() + 1);
    textBytes = textCodec.encode(text);
    List<Line> lines =
        IntStream.range(0, size).mapToObj(i -> new Line(word + i, i, i * 1.25)).toList();
    jsonBytes = jsonCodec.encode(new Order("o-4711", word, lines, true));
  }

  /** The SDK's text codec. */
  @Benchmark
  public byte[] text() throws Exception {
    return textCodec.encode(textCodec.decode(textBytes));
  }

  /** The floor: nothing is checked, malformed text becomes other text. */
  @Benchmark
  public byte[] textLenient() {
    return new String(textBytes, UTF_8).getBytes(UTF_8);
  }

  /** The rejected way: everything goes through the strict decoder and encoder. */
  @Benchmark
  public byte[] textStrictDecoder() throws Exception {
    String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(textBytes)).toString();
    ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** The SDK's JSON codec. */
  @Benchmark
  public byte[] json() throws Exception {
    return jsonCodec.encode(jsonCodec.decode(jsonBytes));
  }
}
