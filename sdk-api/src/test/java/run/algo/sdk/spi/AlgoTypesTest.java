package run.algo.sdk.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.codec.Codec;

class AlgoTypesTest {

  record Word(String text) {}

  static class Uppercase implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  static final class Sub extends Uppercase {}

  abstract static class Base<X, K, Y> implements Algo<Y, List<X>> {
    @Override
    public List<X> run(Y input, AlgoContext context) {
      return List.of();
    }
  }

  abstract static class Middle<Z> extends Base<Z, Integer, Map<String, Z>> {}

  static final class Deep extends Middle<Word> {}

  interface Lines<T> extends Algo<String, T> {}

  static final class ToBytes implements Lines<byte[]> {
    @Override
    public byte[] run(String input, AlgoContext context) {
      return input.getBytes(UTF_8);
    }
  }

  static final class Sink implements Algo<List<String>, Void> {
    @Override
    public Void run(List<String> input, AlgoContext context) {
      return null;
    }
  }

  static final class Open<T> implements Algo<T, String> {
    @Override
    public String run(T input, AlgoContext context) {
      return input.toString();
    }
  }

  static final class OpenBounded<T extends Number> implements Algo<String, T> {
    @Override
    public T run(String input, AlgoContext context) {
      return null;
    }
  }

  static final class OpenNested<T> implements Algo<List<? extends T[]>, String> {
    @Override
    public String run(List<? extends T[]> input, AlgoContext context) {
      return "";
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  static final class Raw implements Algo {
    @Override
    public Object run(Object input, AlgoContext context) {
      return input;
    }
  }

  @SuppressWarnings("rawtypes")
  static final class RawSuperclass extends Middle {}

  /** Has a parameter of its own, but none that the Algo's types mention. */
  static final class Tagged<T> extends Uppercase {
    T tag;
  }

  static final class Anything implements Algo<Object, Object> {
    @Override
    public Object run(Object input, AlgoContext context) {
      return input;
    }
  }

  abstract static class AsyncBase<K, V> implements AsyncAlgo<Map<K, V>, List<V>> {
    @Override
    public CompletionStage<List<V>> run(Map<K, V> input, AlgoContext context) {
      return CompletableFuture.completedFuture(List.copyOf(input.values()));
    }
  }

  abstract static class AsyncMiddle<X> extends AsyncBase<String, X> {}

  static final class AsyncDeep extends AsyncMiddle<Word> {}

  static final class AsyncOpen<X> extends AsyncMiddle<X> {}

  static final class AsyncSink implements AsyncAlgo<byte[], Void> {
    @Override
    public CompletionStage<Void> run(byte[] input, AlgoContext context) {
      return CompletableFuture.completedFuture(null);
    }
  }

  abstract static class BatchBase<Y, X> implements BatchAlgo<X, Y> {
    @Override
    public void run(List<BatchRecord<X, Y>> records) {
      records.forEach(BatchRecord::complete);
    }
  }

  static final class BatchDeep extends BatchBase<String, List<Word>> {}

  static final class BatchSink extends BatchBase<Void, byte[]> {}

  private static AlgoTypes types(Object algo) {
    return AlgoTypes.of(algo, Algo.class);
  }

  @SuppressWarnings("unchecked")
  private static Object decode(Codec<?> codec, String text) throws Exception {
    return ((Codec<Object>) codec).decode(text.getBytes(UTF_8));
  }

  @Test
  void aClassNamesItsTypes() {
    assertThat(types(new Uppercase()).input()).isSameAs(Codec.text());
    assertThat(types(new Uppercase()).output()).hasValue(Codec.text());
  }

  @Test
  void aSubclassInheritsThem() {
    assertThat(types(new Sub()).input()).isSameAs(Codec.text());
  }

  @Test
  void anAnonymousClassNamesThem() {
    Algo<byte[], String> algo =
        new Algo<>() {
          @Override
          public String run(byte[] input, AlgoContext context) {
            return new String(input, UTF_8);
          }
        };

    assertThat(types(algo).input()).isSameAs(Codec.bytes());
    assertThat(types(algo).output()).hasValue(Codec.text());
  }

  @Test
  void argumentsAreFollowedThroughGenericSuperclassesAndInterfaces() throws Exception {
    AlgoTypes deep = types(new Deep());

    assertThat(decode(deep.input(), "{\"a\":{\"text\":\"b\"}}"))
        .isEqualTo(Map.of("a", new Word("b")));
    assertThat(decode(deep.output().orElseThrow(), "[{\"text\":\"b\"}]"))
        .isEqualTo(List.of(new Word("b")));
    assertThat(types(new ToBytes()).output()).hasValue(Codec.bytes());
  }

  @Test
  void nestedArgumentsCountAndVoidMeansNoOutput() throws Exception {
    AlgoTypes sink = types(new Sink());

    assertThat(decode(sink.input(), "[\"a\"]")).isEqualTo(List.of("a"));
    assertThatThrownBy(() -> decode(sink.input(), "[1]")).isInstanceOf(Exception.class);
    assertThat(sink.output()).isEmpty();
  }

  @Test
  void objectNamedAsSuchIsAnyJson() throws Exception {
    assertThat(decode(types(new Anything()).input(), "{\"a\":1}")).isEqualTo(Map.of("a", 1));
  }

  @Test
  void anUnrelatedParameterDoesNotMatter() {
    assertThat(types(new Tagged<Integer>()).input()).isSameAs(Codec.text());
  }

  @Test
  void aLambdaIsRefusedWithTheRemedy() {
    Algo<String, String> lambda = (text, context) -> text;

    assertThatThrownBy(() -> types(lambda))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lambda")
        .hasMessageContaining("Name its pipes")
        .hasMessageContaining("builder().input(Pipe.text(")
        .hasMessageContaining("implements Algo<Input, Output>");
  }

  @Test
  void typesThatStayOpenAreRefusedWithTheRemedy() {
    assertThat(
            List.of(
                new Open<String>(),
                new OpenBounded<Integer>(),
                new OpenNested<Integer>(),
                new Raw(),
                new RawSuperclass(),
                inAGenericMethod("")))
        .allSatisfy(
            algo ->
                assertThatThrownBy(() -> types(algo))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(algo.getClass().getName())
                    .hasMessageContaining("open")
                    .hasMessageContaining("Name its pipes"));
  }

  @Test
  void theOtherFormsNameTheirTypesTheSameWay() throws Exception {
    AlgoTypes async = AlgoTypes.of(new AsyncDeep(), AsyncAlgo.class);
    assertThat(decode(async.input(), "{\"a\":{\"text\":\"b\"}}"))
        .isEqualTo(Map.of("a", new Word("b")));
    assertThat(decode(async.output().orElseThrow(), "[{\"text\":\"b\"}]"))
        .isEqualTo(List.of(new Word("b")));
    AlgoTypes sink = AlgoTypes.of(new AsyncSink(), AsyncAlgo.class);
    assertThat(sink.input()).isSameAs(Codec.bytes());
    assertThat(sink.output()).isEmpty();

    AlgoTypes batch = AlgoTypes.of(new BatchDeep(), BatchAlgo.class);
    assertThat(decode(batch.input(), "[{\"text\":\"b\"}]")).isEqualTo(List.of(new Word("b")));
    assertThat(batch.output()).hasValue(Codec.text());
    assertThat(AlgoTypes.of(new BatchSink(), BatchAlgo.class).input()).isSameAs(Codec.bytes());
    assertThat(AlgoTypes.of(new BatchSink(), BatchAlgo.class).output()).isEmpty();
  }

  @Test
  void theOtherFormsAreRefusedWithARemedyOfTheirOwn() {
    AsyncAlgo<String, String> lambda = (text, context) -> CompletableFuture.completedFuture(text);
    BatchAlgo<String, String> batch = records -> records.forEach(BatchRecord::complete);

    for (AsyncAlgo<?, ?> algo : List.of(lambda, new AsyncOpen<Word>())) {
      assertThatThrownBy(() -> AlgoTypes.of(algo, AsyncAlgo.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("builder().asyncInput(Pipe.text(")
          .hasMessageContaining("implements AsyncAlgo<Input, Output>");
    }
    assertThatThrownBy(() -> AlgoTypes.of(batch, BatchAlgo.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("builder().batchInput(Pipe.text(")
        .hasMessageContaining("implements BatchAlgo<Input, Output>");
  }

  private static <T> Algo<T, T> inAGenericMethod(T same) {
    return new Algo<>() {
      @Override
      public T run(T input, AlgoContext context) {
        return same;
      }
    };
  }
}
