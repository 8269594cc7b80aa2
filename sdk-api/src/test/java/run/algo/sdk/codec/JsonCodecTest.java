package run.algo.sdk.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

class JsonCodecTest {

  enum Priority {
    LOW,
    HIGH
  }

  record Line(String sku, int quantity, double price, boolean gift) {}

  record Order(
      String id, Priority priority, List<Line> lines, Optional<String> note, Instant placed) {}

  record Marked(String name, Priority priority, int count, boolean on) {}

  private final Codec<Order> orders = Codec.json(Order.class);

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  @Test
  void recordsAreReadBackAsTheyWereWritten() throws Exception {
    Order order =
        new Order(
            "o-1",
            Priority.HIGH,
            List.of(new Line("ä\uD83D\uDE80", 3, 1.5, true), new Line("b", -1, 2, false)),
            Optional.of("leave at the door"),
            Instant.parse("2026-02-03T04:05:06.789Z"));

    assertThat(orders.decode(orders.encode(order))).isEqualTo(order);
    assertThat(orders.contentType()).isEqualTo("application/json");
  }

  @Test
  void genericTypesKeepTheirArguments() throws Exception {
    Codec<Map<String, List<Line>>> codec = Codec.json(new TypeReference<>() {});
    Map<String, List<Line>> value = Map.of("x", List.of(new Line("s", 1, 1, true)));

    assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
  }

  @Test
  void aTypeAloneChoosesTextBytesOrJson() {
    assertThat(Codec.forType(String.class)).isSameAs(Codec.text());
    assertThat(Codec.forType(byte[].class)).isSameAs(Codec.bytes());
    assertThat(Codec.forType(Line.class).contentType()).isEqualTo("application/json");
  }

  @Test
  void stringsByTheJsonCodecAreJsonStrings() throws Exception {
    assertThat(Codec.json(String.class).encode("a\"b")).isEqualTo(json("'a\\'b'"));
    assertThat(Codec.json(String.class).decode(json("'a'"))).isEqualTo("a");
  }

  @Test
  void unknownPropertiesAreIgnored() throws Exception {
    byte[] bytes = json("{'name':'n','priority':'LOW','count':1,'on':true,'more':{'x':[1]}}");

    assertThat(Codec.json(Marked.class).decode(bytes))
        .isEqualTo(new Marked("n", Priority.LOW, 1, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name':'n','priority':'LOW','count':'1','on':true}", // text for an integer
        "{'name':'n','priority':'LOW','count':1.5,'on':true}", // a fraction for an integer
        "{'name':'n','priority':'LOW','count':1.0,'on':true}",
        "{'name':'n','priority':'LOW','count':true,'on':true}",
        "{'name':'n','priority':'LOW','count':'','on':true}",
        "{'name':'n','priority':'LOW','count':null,'on':true}",
        "{'name':'n','priority':'LOW','count':4000000000,'on':true}", // does not fit
        "{'name':'n','priority':'LOW','count':1,'on':'true'}", // text for a boolean
        "{'name':'n','priority':'LOW','count':1,'on':1}", // a number for a boolean
        "{'name':1,'priority':'LOW','count':1,'on':true}", // a number for text
        "{'name':true,'priority':'LOW','count':1,'on':true}",
        "{'name':'n','priority':0,'count':1,'on':true}", // an ordinal for an enum
        "{'name':'n','priority':'MIDDLE','count':1,'on':true}",
      })
  void scalarsAreTakenStrictly(String text) {
    assertThatThrownBy(() -> Codec.json(Marked.class).decode(json(text)))
        .isInstanceOf(JacksonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "{", "[]", "'text'", "{'name':}", "{name:1}", "{} {}", "{} x", "{},"})
  void whatIsNoWholeJsonObjectDoesNotDecode(String text) {
    assertThatThrownBy(() -> Codec.json(Marked.class).decode(json(text)))
        .isInstanceOf(JacksonException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"22ff22", "22c32822", "22eda08022", "22c3"})
  void malformedUtf8DoesNotDecode(String hex) {
    assertThatThrownBy(() -> Codec.json(String.class).decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void theJsonNullIsNoValueAndTheErrorNamesTheType() {
    assertThatThrownBy(() -> orders.decode(json("null")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JSON null")
        .hasMessageContaining("Order");
  }

  @Test
  void anUnpairedSurrogateIsEscapedSoThatNothingIsLost() throws Exception {
    assertThat(new String(Codec.json(String.class).encode("a\uD83D"), UTF_8))
        .isEqualToIgnoringCase("\"a\\uD83D\"");
  }

  @Test
  void aValueThatJsonHasNoPlaceForDoesNotEncode() {
    Codec<Map<String, String>> codec = Codec.json(new TypeReference<>() {});

    assertThatThrownBy(() -> codec.encode(Collections.singletonMap(null, "value")))
        .isInstanceOf(JacksonException.class);
  }
}
