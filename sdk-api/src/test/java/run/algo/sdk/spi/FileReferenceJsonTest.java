package run.algo.sdk.spi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileReferenceJsonTest {

  private static final String DIGEST =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final FileReference PLAIN =
      new FileReference(
          "minio:9000",
          "local.test",
          "a/b.txt",
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty());

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  /** A reference whose further fields are those given. */
  private static FileReference parseWith(String fields) {
    return FileReferenceJson.parse(
        json("{'host':'minio:9000','bucket':'local.test','file':'a/b.txt'" + fields + "}"));
  }

  @Test
  void theWireFormIsThatOfTheProtocol() {
    FileReference full =
        new FileReference(
            "minio:9000",
            "local.test",
            "ü \"q\".txt",
            OptionalLong.of(Long.MAX_VALUE),
            Optional.of(DIGEST),
            Optional.of("\"5d41\""));

    assertThat(FileReferenceJson.format(PLAIN))
        .isEqualTo(json("{'host':'minio:9000','bucket':'local.test','file':'a/b.txt'}"));
    assertThat(FileReferenceJson.parse(FileReferenceJson.format(full))).isEqualTo(full);
    assertThat(new String(FileReferenceJson.format(full), UTF_8))
        .contains("\"size\":9223372036854775807", "\"sha256\":\"" + DIGEST + "\"", "\"etag\":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",'more':{'host':1}",
        ",'size':null,'sha256':null,'etag':null",
        ",'Size':-1" // another field: names are matched with case
      })
  void unknownFieldsAreIgnored(String fields) {
    assertThat(parseWith(fields)).isEqualTo(PLAIN);
  }

  @Test
  void theFurtherFieldsAreRead() {
    FileReference read =
        parseWith(",'size':0,'sha256':'" + DIGEST + "','etag':'d41d8cd98f00b204e9800998ecf8427e'");

    assertThat(read.size()).hasValue(0);
    assertThat(read.sha256()).hasValue(DIGEST);
    assertThat(read.etag()).hasValue("d41d8cd98f00b204e9800998ecf8427e");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'bucket':'b','file':'f'} | host",
        "{'host':'h','file':'f'} | bucket",
        "{'host':'h','bucket':'b'} | file",
        "{'host':null,'bucket':'b','file':'f'} | host",
        "{'host':7,'bucket':'b','file':'f'} | host",
        "{'host':'h','bucket':['b'],'file':'f'} | bucket",
        "{'host':'h','bucket':'b','file':{}} | file",
        "{'host':'h','bucket':'b','file':true} | file",
        "{'host':'','bucket':'b','file':'f'} | host",
        "{'host':'h','bucket':'b','file':''} | file",
        "{'host':'h\\u000a','bucket':'b','file':'f'} | host",
        "{'host':'h','bucket':'b','file':'f\\u0000'} | file",
        "{'host':'h','bucket':'b\\u0085','file':'f'} | bucket",
        "{'host':'h','bucket':'b','file':'f','size':-1} | size",
        "{'host':'h','bucket':'b','file':'f','size':1.5} | size",
        "{'host':'h','bucket':'b','file':'f','size':1.0} | size",
        "{'host':'h','bucket':'b','file':'f','size':'1'} | size",
        "{'host':'h','bucket':'b','file':'f','size':9223372036854775808} | size",
        "{'host':'h','bucket':'b','file':'f','sha256':'abc'} | sha256",
        "{'host':'h','bucket':'b','file':'f','sha256':12} | sha256",
        "{'host':'h','bucket':'b','file':'f','etag':'a\\u000d'} | etag",
        "{'host':'h','bucket':'b','file':'f','etag':[]} | etag",
        "{'host':'h','host':'i','bucket':'b','file':'f'} | host",
      })
  void aMissingOrWrongFieldIsNamed(String text, String field) {
    assertThatThrownBy(() -> FileReferenceJson.parse(json(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file reference")
        .hasMessageContaining(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "null", "[]", "'h'", "7", "{", "{} {}", "{'host':'h',}", "\u0000"})
  void whatIsNoJsonObjectIsRefused(String text) {
    assertThatThrownBy(() -> FileReferenceJson.parse(json(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JSON object");
  }

  @Test
  void malformedUtf8IsRefused() {
    byte[] bytes = "{\"host\":\"h\u00ff\",\"bucket\":\"b\",\"file\":\"f\"}".getBytes(ISO_8859_1);

    assertThatThrownBy(() -> FileReferenceJson.parse(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEndlessNestingIsRefused() {
    assertThatThrownBy(() -> parseWith(",'x':" + "[".repeat(20_000) + "]".repeat(20_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLengthHasALimit() {
    int frame = FileReferenceJson.format(PLAIN).length + ",\"x\":\"\"".length();
    String longest = "y".repeat(FileReferenceJson.MAX_BYTES - frame);

    assertThat(parseWith(",'x':'" + longest + "'")).isEqualTo(PLAIN);
    assertThatThrownBy(() -> parseWith(",'x':'" + longest + "y'"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65536")
        .hasMessageContaining("65537");
  }
}
