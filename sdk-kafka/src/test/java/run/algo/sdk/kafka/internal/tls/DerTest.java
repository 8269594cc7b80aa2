package run.algo.sdk.kafka.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x123456})
  void whatIsWrittenIsReadAtEveryFormOfLength(int length) throws DerException {
    byte[] contents = new byte[length];
    byte[] element = Der.encode(Der.OCTET_STRING, contents);
    Der reader = Der.of(Der.encode(Der.SEQUENCE, element, element));
    Der sequence = reader.enter(Der.SEQUENCE);
    reader.finish();
    assertThat(sequence.element(Der.OCTET_STRING)).isEqualTo(element);
    assertThat(sequence.contents(Der.OCTET_STRING)).isEqualTo(contents);
    assertThat(sequence.atEnd()).isTrue();
    assertThat(sequence.next(Der.OCTET_STRING)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "04", // no length
        "0201ff", // another tag
        "0401", // cut off
        "048101ff", // long form of a short length
        "0482008000", // leading zero
        "0480ff0000", // indefinite
        "0485000000000100", // five bytes of length
        "0484ffffffff00", // beyond an int
        "04847fffffff00" // beyond the end
      })
  void whatIsNotStrictDerIsRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> Der.of(bytes).contents(Der.OCTET_STRING))
        .isInstanceOf(DerException.class);
  }

  @Test
  void anInnerElementCannotReachOutOfItsOuterOne() throws DerException {
    // The inner length is 3, the sequence holds 2 bytes of it; a byte behind the sequence must not
    // be taken.
    Der sequence = Der.of(HexFormat.of().parseHex("30040403aabbcc")).enter(Der.SEQUENCE);
    assertThatThrownBy(() -> sequence.contents(Der.OCTET_STRING)).isInstanceOf(DerException.class);
  }

  @Test
  void bytesBehindAnElementAreRefusedByFinish() throws DerException {
    Der reader = Der.of(HexFormat.of().parseHex("040100ff"));
    reader.contents(Der.OCTET_STRING);
    assertThatThrownBy(reader::finish)
        .isInstanceOf(DerException.class)
        .hasMessageContaining("1 byte");
  }
}
