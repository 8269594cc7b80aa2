package run.algo.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesCodecTest {

  @Test
  void bytesPassAsTheyAreWithoutACopy() throws Exception {
    byte[] bytes = {0, -1, 127};

    assertThat(Codec.bytes().decode(bytes)).isSameAs(bytes).containsExactly(0, -1, 127);
    assertThat(Codec.bytes().encode(bytes)).isSameAs(bytes);
    assertThat(Codec.bytes().contentType()).isEqualTo("application/octet-stream");
  }
}
