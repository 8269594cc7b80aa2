package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.SettingsSource;
import run.algo.sdk.kafka.internal.execute.FormKind;

/** How the builder takes the forms of an Algo. */
class FormsOfTheBuilderTest {

  private static final Pipe<String> LINES = Pipe.text("lines");
  private static final Pipe<String> WORDS = Pipe.text("words");
  private static final Pipe<String> BYTES = Pipe.text("bytes");
  private static final Pipe<String> OUT = Pipe.text("out");

  static final class Later implements AsyncAlgo<byte[], Void> {
    @Override
    public CompletionStage<Void> run(byte[] input, AlgoContext context) {
      return CompletableFuture.completedFuture(null);
    }
  }

  static final class Together implements BatchAlgo<String, byte[]> {
    @Override
    public void run(List<BatchRecord<String, byte[]>> records) {
      records.forEach(BatchRecord::complete);
    }
  }

  /** One that takes and returns what is wider and narrower than the pipes say. */
  static final class Wide implements BatchAlgo<Object, String> {
    @Override
    public void run(List<BatchRecord<Object, String>> records) {
      records.forEach(record -> record.complete(record.value().toString()));
    }
  }

  private static List<FormKind> forms(AlgoRunnerBuilder builder) {
    return builder.wiring.build().inputs().stream().map(input -> input.form().kind()).toList();
  }

  @Test
  void lambdasOfEachFormAndMethodReferencesNeedNoCast() {
    AlgoRunnerBuilder builder =
        AlgoRunner.builder()
            .input(LINES, (text, context) -> text, OUT)
            .asyncInput(WORDS, (text, context) -> CompletableFuture.completedFuture(text), OUT)
            .batchInput(
                BYTES, records -> records.forEach(record -> record.complete(record.value())), OUT);
    assertThat(forms(builder)).containsExactly(FormKind.SYNC, FormKind.ASYNC, FormKind.BATCH);
    assertThat(builder.wiring.build().requiredOutputs()).containsExactly("out");

    builder =
        AlgoRunner.builder()
            .input(LINES, (text, context) -> null)
            .asyncInput(WORDS, FormsOfTheBuilderTest::ignore)
            .batchInput(BYTES, records -> records.forEach(BatchRecord::complete));
    assertThat(forms(builder)).containsExactly(FormKind.SYNC, FormKind.ASYNC, FormKind.BATCH);
    assertThat(builder.wiring.build().requiredOutputs()).isEmpty();
  }

  private static CompletionStage<Void> ignore(String text, AlgoContext context) {
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void aBatchAlgoMayBeWiderThanItsPipes() {
    assertThat(forms(AlgoRunner.builder().batchInput(LINES, new Wide(), OUT)))
        .containsExactly(FormKind.BATCH);
  }

  @Test
  void aClassTellsTheTypesOfItsForm() {
    Wiring later = AlgoRunner.builder(new Later()).wiring.build();
    assertThat(later.inputs().get(0).form().kind()).isEqualTo(FormKind.ASYNC);
    assertThat(later.inputs().get(0).codec()).isSameAs(Codec.bytes());
    assertThat(later.wantsOnlyOutput()).isFalse();

    Wiring together = AlgoRunner.builder(new Together()).wiring.build();
    assertThat(together.inputs().get(0).form().kind()).isEqualTo(FormKind.BATCH);
    assertThat(together.inputs().get(0).codec()).isSameAs(Codec.text());
    assertThat(together.outputCodec("any")).isSameAs(Codec.bytes());
  }

  @Test
  void aLambdaWithoutPipesIsRefusedWithTheNameOfItsMethod() {
    AsyncAlgo<String, String> async = (text, context) -> CompletableFuture.completedFuture(text);
    BatchAlgo<String, String> batch = records -> {};
    assertThatThrownBy(() -> AlgoRunner.builder(async))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("asyncInput(");
    assertThatThrownBy(() -> AlgoRunner.builder(batch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batchInput(");
  }

  @Test
  void anInputHasOneAlgoInWhateverForm() {
    AlgoRunnerBuilder builder =
        AlgoRunner.builder().batchInput(LINES, records -> records.forEach(BatchRecord::complete));
    assertThatThrownBy(
            () ->
                builder.asyncInput(
                    LINES, (text, context) -> CompletableFuture.<Void>completedFuture(null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lines has an Algo already");
  }

  @Test
  void asynchronousInputsAloneRaiseTheConcurrencyThatNobodySet() {
    int processors = Runtime.getRuntime().availableProcessors();
    Algo<String, Void> plain = (text, context) -> null;
    assertThat(concurrency(AlgoRunner.builder().input(LINES, plain))).isEqualTo(processors);
    assertThat(
            concurrency(
                AlgoRunner.builder().batchInput(LINES, r -> r.forEach(BatchRecord::complete))))
        .isEqualTo(processors);
    assertThat(concurrency(AlgoRunner.builder().asyncInput(WORDS, FormsOfTheBuilderTest::ignore)))
        .isEqualTo(1000);
    AlgoRunnerBuilder mixed =
        AlgoRunner.builder().input(LINES, plain).asyncInput(WORDS, FormsOfTheBuilderTest::ignore);
    assertThat(concurrency(mixed)).isEqualTo(processors);
    assertThat(concurrency(mixed, "ALGO_CONCURRENCY", "7")).isEqualTo(7);
  }

  private static int concurrency(AlgoRunnerBuilder builder, String... pairs) {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", "localhost:9092");
    environment.put("KAFKA_INPUT_TOPIC_LINES", "lines");
    environment.put("ALGO_GROUP_ID", "algorun-test");
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    AlgoSettings settings = AlgoSettings.load(SettingsSource.of(environment));
    return new Assembly(settings, builder.wiring.build(), Optional.empty()).concurrency();
  }
}
