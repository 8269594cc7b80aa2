package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Records that succeed: what is written, how it is labelled, when it counts as done. */
class OutputsOfARecordTest {

  @Test
  void theReturnedValueIsWritten() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement = bench.runText((text, context) -> text + "!");

    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history()).hasSize(1);
    ProducerRecord<byte[], byte[]> output = bench.producer.history().get(0);
    assertThat(output.topic()).isEqualTo(Bench.RESULT_TOPIC);
    assertThat(output.partition()).as("the key decides").isNull();
    assertThat(output.timestamp()).isNull();
    assertThat(Bench.key(output)).isEqualTo("k");
    assertThat(Bench.value(output)).isEqualTo("value!");
    assertThat(bench.counters.algoErrors() + bench.counters.runnerErrors()).isZero();
  }

  @Test
  void nothingReturnedIsFiltered() {
    Bench bench = Bench.acknowledging();
    bench.runText((text, context) -> null).assertSettled(Outcome.FILTERED);
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void emissionsAloneAreWritten() {
    Bench bench = Bench.acknowledging();
    RecordingSettlement settlement =
        bench.runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "a");
              return null;
            });
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("a");
  }

  @Test
  void emissionsComeInTheirOrderBeforeTheResult() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "1");
              context.emit(Bench.RESULT, "2");
              context.emit(Bench.SIDE, "3");
              return "4";
            })
        .assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history())
        .extracting(Bench::value)
        .containsExactly("1", "2", "3", "4");
    assertThat(bench.producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly(
            Bench.SIDE_TOPIC, Bench.RESULT_TOPIC, Bench.SIDE_TOPIC, Bench.RESULT_TOPIC);
  }

  @Test
  void isSettledByTheLastAcknowledgementOnly() {
    Bench bench = Bench.manual();
    RecordingSettlement settlement =
        bench.runText(
            (text, context) -> {
              context.emit(Bench.SIDE, "1");
              context.emit(Bench.SIDE, "2");
              return "3";
            });
    settlement.assertWithoutOutcome(0);
    for (int i = 0; i < 2; i++) {
      assertThat(bench.producer.completeNext()).isTrue();
      settlement.assertWithoutOutcome(0);
    }
    assertThat(bench.producer.completeNext()).isTrue();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.completeNext()).isFalse();
  }

  @Test
  void carriesWhatTheProtocolCarries() {
    Bench bench = Bench.acknowledging();
    RecordHeaders headers =
        Bench.headers(
            "traceID", "trace-1",
            "contentType", "text/csv",
            "fileName", "in.csv",
            "messageDataType", "Other",
            "endpointParams", "limit=7",
            "run", "true",
            "retryNum", "1",
            "retryGroup", "g",
            "originTopic", "o",
            "originOffset", "1",
            "dlqReason", "algo",
            "traceparent", "w3c",
            "user", "u1",
            "user", "u2");
    bench
        .runText(Bench.record("k", "v", headers), (text, context) -> text)
        .assertSettled(Outcome.WRITTEN);

    ProducerRecord<byte[], byte[]> output = bench.producer.history().get(0);
    assertThat(List.of(output.headers().toArray()))
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactlyInAnyOrder(
            "traceID=trace-1",
            "contentType=text/x-config",
            "fileName=t.orders-2-41",
            "messageDataType=Embedded",
            "endpointParams=limit=7",
            "traceparent=w3c",
            "user=u1",
            "user=u2");
  }

  @Test
  void theAuthorsSettingsWin() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(
            Bench.record("k", "v", Bench.headers("user", "u1", "user", "u2", "other", "o")),
            (text, context) -> {
              context.emit(
                  Output.of(Bench.SIDE, "x")
                      .withKey("own")
                      .withHeader("user", "mine")
                      .withHeader("contentType", "text/csv")
                      .withFileName("x.csv"));
              context.emit(Bench.SIDE, "y");
              return "z";
            })
        .assertSettled(Outcome.WRITTEN);

    ProducerRecord<byte[], byte[]> own = bench.producer.history().get(0);
    assertThat(Bench.key(own)).isEqualTo("own");
    assertThat(own.headers().headers("user"))
        .extracting(Header::value)
        .containsExactly("mine".getBytes(UTF_8));
    assertThat(own.headers().headers("contentType"))
        .extracting(Header::value)
        .containsExactly("text/csv".getBytes(UTF_8));
    assertThat(Bench.header(own, "fileName")).isEqualTo("x.csv");
    assertThat(Bench.header(own, "other")).isEqualTo("o");
    assertThat(Bench.header(own, "messageDataType")).isEqualTo("Embedded");

    ProducerRecord<byte[], byte[]> plain = bench.producer.history().get(1);
    assertThat(Bench.key(plain)).isEqualTo("k");
    assertThat(plain.headers().headers("user")).hasSize(2);
    assertThat(Bench.header(plain, "contentType")).isEqualTo("text/plain");
    assertThat(bench.producer.history())
        .extracting(record -> Bench.header(record, "fileName"))
        .as("names differ within an execution")
        .containsExactly("x.csv", "t.orders-2-41-1", "t.orders-2-41-2");
  }

  @Test
  void aNullKeyBecomesTheTraceAndAnEmptyOneStays() {
    Bench bench = Bench.acknowledging();
    AtomicReference<String> trace = new AtomicReference<>();
    bench
        .runText(
            Bench.record(null, "v"),
            (text, context) -> {
              trace.set(context.traceId());
              return text;
            })
        .assertSettled(Outcome.WRITTEN);
    bench.runText(Bench.record("", "v"), (text, context) -> text).assertSettled(Outcome.WRITTEN);

    ProducerRecord<byte[], byte[]> output = bench.producer.history().get(0);
    assertThat(trace.get()).matches("[0-9a-f]{32}");
    assertThat(Bench.key(output)).isEqualTo(trace.get());
    assertThat(Bench.header(output, "traceID")).isEqualTo(trace.get());
    assertThat(bench.producer.history().get(1).key()).isEmpty();
  }

  @Test
  void aRecordReadAgainHasTheSameTraceAndFileName() {
    Bench bench = Bench.acknowledging();
    for (int i = 0; i < 2; i++) {
      bench
          .runText(Bench.record(null, "v"), (text, context) -> text)
          .assertSettled(Outcome.WRITTEN);
    }
    assertThat(bench.producer.history().get(0).headers())
        .isEqualTo(bench.producer.history().get(1).headers());
  }

  @Test
  void theContextTellsOfTheRecord() {
    Bench bench = Bench.acknowledging();
    AtomicReference<AlgoContext> seen = new AtomicReference<>();
    bench
        .runText(
            Bench.record("k", "v", Bench.headers("endpointParams", "LIMIT=7&limit=8&x=1")),
            (text, context) -> {
              seen.set(context);
              return null;
            })
        .assertSettled(Outcome.FILTERED);
    AlgoContext context = seen.get();
    assertThat(context.input()).isEqualTo("orders");
    assertThat(context.key()).contains("k");
    assertThat(context.fileName()).isEqualTo(context.traceId());
    assertThat(context.contentType()).isEmpty();
    assertThat(context.parameters().intValue("limit")).isEqualTo(8);
    assertThat(context.parameters().find("x")).as("not declared").isEmpty();
    assertThat(context.attempt()).isEqualTo(1);
    assertThat(context.position()).hasToString("t.orders-2@41");
    assertThat(context.instanceName()).isEqualTo("pod-0");
    assertThat(context.hasOutput(Bench.SIDE)).isTrue();
    assertThat(context.hasOutput(Bench.ABSENT)).isFalse();
    assertThat(context.hasOutput(Pipe.text("unknown"))).isFalse();
  }

  @Test
  void aTombstoneIsDeliveredAsNull() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(Bench.record("k", null), (text, context) -> text == null ? "gone" : text)
        .assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("gone");
  }

  @Test
  void anEmptyValueIsNoTombstone() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(Bench.record("k", ""), (text, context) -> "[" + text + "]")
        .assertSettled(Outcome.WRITTEN);
    assertThat(bench.producer.history()).extracting(Bench::value).containsExactly("[]");
  }

  @Test
  void emittingAfterTheEndIsRefused() {
    Bench bench = Bench.acknowledging();
    AtomicReference<AlgoContext> kept = new AtomicReference<>();
    bench
        .runText(
            (text, context) -> {
              kept.set(context);
              return null;
            })
        .assertSettled(Outcome.FILTERED);
    assertThatThrownBy(() -> kept.get().emit(Bench.SIDE, "late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("t.orders-2@41")
        .hasMessageContaining("ended");
    assertThat(bench.producer.history()).isEmpty();
  }

  @Test
  void emittingToAnOutputWithoutTopicNamesTheVariable() {
    Bench bench = Bench.acknowledging();
    bench
        .runText(
            (text, context) -> {
              assertThatThrownBy(() -> context.emit(Bench.ABSENT, "x"))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("has no topic")
                  .hasMessageContaining("KAFKA_OUTPUT_TOPIC_ABSENT");
              assertThatThrownBy(() -> context.emit(Pipe.text("my-pipe"), "x"))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("not declared")
                  .hasMessageContaining("KAFKA_OUTPUT_TOPIC_MY-PIPE");
              return "went on";
            })
        .assertSettled(Outcome.WRITTEN);
  }

  @Test
  void namesOfOutputsAreMatchedWithoutCase() {
    Outputs outputs =
        new Outputs(
            List.of(
                new OutputTarget(
                    "Text_Out",
                    "t",
                    Codec.text(),
                    "text/plain",
                    1,
                    new OutputCounters("text_out"))),
            Set.of());
    assertThat(outputs.has(Pipe.text("TEXT_out"))).isTrue();
  }
}
