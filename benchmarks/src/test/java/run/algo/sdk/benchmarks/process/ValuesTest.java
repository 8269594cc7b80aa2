package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  private static final String ORDER =
      """
      {"id":"o-1","customer":"c-2","placedAt":1767225600123,"express":true,"lines":[\
      {"article":"oak table","count":2,"price":12.50,"unit":"pc"},\
      {"article":"glass lamp","count":3,"price":0.29,"unit":"m"}]}""";

  private static final String INVOICE =
      """
      {"order":"o-1","customer":"c-2","pieces":5,"shipping":9.5,"cents":2587,"items":[\
      {"article":"oak table","cents":2500},\
      {"article":"glass lamp","cents":87}]}""";

  @Test
  void anOrderBecomesAnInvoice() {
    Values.Json json = new Values.Json(200);
    assertThat(json.byHand(ORDER.getBytes(UTF_8))).asString(UTF_8).isEqualTo(INVOICE);
  }

  /** The SDK's own codec, which no arm by hand has, makes what the text says. */
  @Test
  void theSdkMakesWhatWasWrittenLetterByLetter() throws Exception {
    Values.Json json = new Values.Json(200);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_000; i++) {
      Values.Sample sample = json.next(random);
      Order order = json.records().codec().decode(sample.value());
      byte[] invoice = json.results().codec().encode(json.answer(order));
      assertThat(invoice).asString(UTF_8).isEqualTo(new String(sample.answer(), UTF_8));
      assertThat(json.byHand(sample.value())).isEqualTo(invoice);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes:200", "json:200", "json-bytes:18000"})
  void valuesAreTheSameInTheChildAndHaveTheirSize(String spec) {
    Values<?, ?> values = Values.parse(spec);
    assertThat(values.spec()).isEqualTo(spec);
    assertThat(Values.parse(values.spec())).isEqualTo(values);
    int size = Integer.parseInt(spec.replaceAll("\\D", ""));
    SplittableRandom random = new SplittableRandom(1);
    SplittableRandom same = new SplittableRandom(1);
    for (int i = 0; i < 10; i++) {
      byte[] value = values.next(random).value();
      assertThat(value).isEqualTo(values.next(same).value());
      assertThat(value.length).isCloseTo(size, within(size / 10));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bytes", "bytes:0", "text:5", "json:20000000"})
  void refusesTheRest(String spec) {
    assertThatThrownBy(() -> Values.parse(spec)).isInstanceOf(IllegalArgumentException.class);
  }
}
