package run.algo.sdk.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownHeadersTest {

  @ParameterizedTest
  @CsvSource({
    "run, 1",
    "traceID, 2",
    "endpointParams, 4",
    "messageDataType, 8",
    "contentType, 16",
    // As long, and others.
    "ran, 0",
    "traceId, 0",
    "endpointparams, 0",
    "messageDatatype, 0",
    "contenttype, 0",
    "'', 0",
  })
  void knowsEachByItsName(String name, int bit) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("other", "x".getBytes(UTF_8)).add(name, null).add(name, "y".getBytes(UTF_8));
    assertThat(KnownHeaders.of(headers)).isEqualTo(bit);
  }

  @Test
  void allOfThemFitIntoAByte() {
    RecordHeaders headers = new RecordHeaders();
    headers
        .add(ProtocolHeaders.RUN, null)
        .add(ProtocolHeaders.TRACE_ID, null)
        .add(ProtocolHeaders.ENDPOINT_PARAMS, null)
        .add(ProtocolHeaders.MESSAGE_DATA_TYPE, null)
        .add(ProtocolHeaders.CONTENT_TYPE, null);
    assertThat(KnownHeaders.of(headers)).isEqualTo(31);
    assertThat((byte) KnownHeaders.of(headers)).isPositive();
  }
}
