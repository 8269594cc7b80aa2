package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A judge that finds nothing wrong is worth what it would have found. */
class VerifierTest {

  private final Load load = new Load("in-1", 2, 3);

  /** Partition 0 has a, b, a; partition 1 has c. */
  @BeforeEach
  void fill() {
    load.wrote(0, 0, 0, Load.fingerprint(bytes("a"), bytes("0")));
    load.wrote(0, 1, 1, Load.fingerprint(bytes("b"), bytes("1")));
    load.wrote(1, 0, 2, Load.fingerprint(bytes("c"), bytes("3")));
    load.wrote(0, 2, 0, Load.fingerprint(bytes("a"), bytes("2")));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static ConsumerRecord<byte[], byte[]> output(String key, String value, String source) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("out", 0, 0, bytes(key), bytes(value));
    record.headers().add("fileName", bytes(source));
    return record;
  }

  private static final ConsumerRecord<byte[], byte[]> A0 = output("a", "0", "in-1-0-0");
  private static final ConsumerRecord<byte[], byte[]> B1 = output("b", "1", "in-1-0-1");
  private static final ConsumerRecord<byte[], byte[]> A2 = output("a", "2", "in-1-0-2");
  private static final ConsumerRecord<byte[], byte[]> C3 = output("c", "3", "in-1-1-0");

  @SafeVarargs
  private Verifier verifier(Arm.Scope scope, ConsumerRecord<byte[], byte[]>... outputs) {
    Verifier verifier = new Verifier(load, scope, false);
    for (ConsumerRecord<byte[], byte[]> output : outputs) {
      verifier.take(output);
    }
    return verifier;
  }

  @Test
  void allInOrderIsWell() {
    for (Arm.Scope scope : Arm.Scope.values()) {
      assertThat(verifier(scope, C3, A0, B1, A2).verdict()).isEmpty();
    }
  }

  @Test
  void duplicatesAreCountedAndForgiven() {
    Verifier verifier = verifier(Arm.Scope.PARTITION, A0, B1, A2, A0, C3);
    assertThat(verifier.verdict()).isEmpty();
    assertThat(verifier.duplicates()).isEqualTo(1);
  }

  @Test
  void exactlyOnceDuplicatesAreNotForgiven() {
    Verifier verifier = new Verifier(load, Arm.Scope.NONE, true);
    List.of(A0, B1, A2, A0, C3, C3).forEach(verifier::take);
    assertThat(verifier.verdict()).singleElement().asString().startsWith("duplicated: 2 outputs");
  }

  @Test
  void findsWhatIsLost() {
    assertThat(verifier(Arm.Scope.NONE, A0, B1, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("lost: 3 of 4");
  }

  @Test
  void findsADuplicateInThePlaceOfALostRecord() {
    assertThat(verifier(Arm.Scope.NONE, A0, B1, B1, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("lost: 3 of 4");
  }

  @Test
  void findsAChangedValue() {
    assertThat(verifier(Arm.Scope.NONE, A0, output("b", "x", "in-1-0-1"), A2, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("changed: 1 outputs");
    assertThat(verifier(Arm.Scope.NONE, A0, output("x", "1", "in-1-0-1"), A2, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("changed: 1 outputs");
  }

  /** All values are there, but two have changed their places. */
  @Test
  void findsAValueOfAnotherRecord() {
    ConsumerRecord<byte[], byte[]> first = output("a", "2", "in-1-0-0");
    ConsumerRecord<byte[], byte[]> last = output("a", "0", "in-1-0-2");
    assertThat(verifier(Arm.Scope.KEY, first, B1, last, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("changed: 2 outputs");
  }

  @Test
  void findsADuplicateThatIsNotAsTheFirst() {
    assertThat(verifier(Arm.Scope.NONE, A0, B1, A2, C3, output("b", "x", "in-1-0-1")).verdict())
        .singleElement()
        .asString()
        .startsWith("changed: 1 outputs");
  }

  @Test
  void ofTypedJsonFindsWhatTheFunctionDoesNotMake() {
    Values.Sample sample = new Values.Json(200).next(new SplittableRandom(1));
    Load typed = new Load("in-1", 1, 1);
    typed.wrote(0, 0, 0, Load.fingerprint(bytes("a"), sample.answer()));
    String answer = new String(sample.answer(), UTF_8);
    assertThat(typedVerdict(typed, answer)).isEmpty();
    List<String> wrong =
        List.of(
            new String(sample.value(), UTF_8),
            answer.replace("\"pieces\":", "\"pieces\":1"),
            answer.replace(",", ", "),
            "null");
    assertThat(wrong)
        .allSatisfy(
            value ->
                assertThat(typedVerdict(typed, value))
                    .singleElement()
                    .asString()
                    .startsWith("changed: 1 outputs"));
  }

  private static List<String> typedVerdict(Load load, String value) {
    Verifier verifier = new Verifier(load, Arm.Scope.KEY, false);
    verifier.take(output("a", value, "in-1-0-0"));
    return verifier.verdict();
  }

  @Test
  void findsWhatIsNotOfTheInput() {
    assertThat(verifier(Arm.Scope.NONE, A0, B1, A2, C3, output("a", "0", "in-2-0-0")).verdict())
        .singleElement()
        .asString()
        .startsWith("foreign: 1");
    for (String beyond : List.of("in-1-0-3", "in-1-2-0")) {
      assertThat(verifier(Arm.Scope.NONE, A0, B1, A2, C3, output("a", "0", beyond)).verdict())
          .singleElement()
          .asString()
          .startsWith("foreign: 1");
    }
  }

  @Test
  void anOvertakingOfAnotherKeyBreaksOnlyThePartitionsOrder() {
    assertThat(verifier(Arm.Scope.PARTITION, B1, A0, A2, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("reordered: 1 outputs");
    assertThat(verifier(Arm.Scope.KEY, B1, A0, A2, C3).verdict()).isEmpty();
  }

  @Test
  void anOvertakingOfTheSameKeyBreaksBoth() {
    assertThat(verifier(Arm.Scope.KEY, A2, A0, B1, C3).verdict())
        .singleElement()
        .asString()
        .startsWith("reordered: 1 outputs");
    assertThat(verifier(Arm.Scope.NONE, A2, A0, B1, C3).verdict()).isEmpty();
  }
}
