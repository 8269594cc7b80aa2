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
    "endpointParams, 36",
    "messageDataType, 0",
    "contentType, 16",
    "fileName, 0",
    "originTopic, 0",
    // As long, and others.
    "ran, 32",
    "traceId, 32",
    "endpointparams, 32",
    "messageDatatype, 32",
    "contenttype, 32",
    "'', 32",
  })
  void knowsEachByItsName(String name, int bits) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("fileName", "x".getBytes(UTF_8)).add(name, null).add(name, "y".getBytes(UTF_8));
    assertThat(KnownHeaders.of(headers)).isEqualTo(bits);
  }

  @Test
  void theLastMessageDataTypeCounts() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("messageDataType", "FileReference".getBytes(UTF_8));
    assertThat(KnownHeaders.of(headers)).isEqualTo(KnownHeaders.FILE_REFERENCE);
    headers.add("messageDataType", "Embedded".getBytes(UTF_8));
    assertThat(KnownHeaders.of(headers)).isZero();
    headers.add("messageDataType", "FileReference".getBytes(UTF_8)).add("run", null);
    assertThat(KnownHeaders.of(headers)).isEqualTo(KnownHeaders.FILE_REFERENCE | KnownHeaders.RUN);
  }

  @Test
  void allOfThemFitIntoAByte() {
    RecordHeaders headers = new RecordHeaders();
    headers
        .add(ProtocolHeaders.RUN, null)
        .add(ProtocolHeaders.TRACE_ID, null)
        .add(ProtocolHeaders.ENDPOINT_PARAMS, null)
        .add(ProtocolHeaders.MESSAGE_DATA_TYPE, "FileReference".getBytes(UTF_8))
        .add(ProtocolHeaders.CONTENT_TYPE, null);
    assertThat(KnownHeaders.of(headers)).isEqualTo(63);
    assertThat((byte) KnownHeaders.of(headers)).isPositive();
  }
}
