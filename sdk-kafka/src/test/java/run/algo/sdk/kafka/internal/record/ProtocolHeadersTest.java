package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolHeadersTest {

  @ParameterizedTest(name = "{0}: outputs {1}, dead letters {2}")
  @CsvSource({
    // What the SDK writes anew on outputs.
    "traceID, false, true",
    "contentType, false, true",
    "fileName, false, true",
    "messageDataType, false, true",
    "endpointParams, true, true",
    "run, false, true",
    "retryStepIndex, false, false",
    "retryNum, false, false",
    "retryTimestamp, false, false",
    "retryTimestampMs, false, false",
    "retryAttempt, false, false",
    "retryGroup, false, false",
    "retry, false, false",
    "originTopic, false, false",
    "originPartition, false, false",
    "originOffset, false, false",
    "originTimestamp, false, false",
    "dlqReason, false, false",
    "dlqStackTrace, false, false",
    // The names of others, some of them near ours.
    "traceparent, true, true",
    "tracestate, true, true",
    "baggage, true, true",
    "traceid, true, true",
    "runner, true, true",
    "Retry-After, true, true",
    "Origin, true, true",
    "destination, true, true",
    "dl, true, true",
    "content-type, true, true",
    "'', true, true",
  })
  void carries(String name, boolean toOutputs, boolean toDeadLetters) {
    assertThat(ProtocolHeaders.carriedToOutputs(name)).as("outputs").isEqualTo(toOutputs);
    assertThat(ProtocolHeaders.carriedToDeadLetters(name)).as("dlq").isEqualTo(toDeadLetters);
  }

  @Test
  void theLastHeaderOfANameCounts() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", "1".getBytes(UTF_8)).add("b", null).add("c", new byte[0]);
    headers.add("a", "ü".getBytes(UTF_8));
    assertThat(ProtocolHeaders.text(headers, "a")).isEqualTo("ü");
    assertThat(ProtocolHeaders.bytes(headers, "b")).isNull();
    assertThat(ProtocolHeaders.text(headers, "c")).isNull();
    assertThat(ProtocolHeaders.text(headers, "d")).isNull();
  }
}
