package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunnerConfigTest {

  @TempDir Path folder;

  private static Env inline(String json) {
    return Env.valid().with("ALGO_RUNNER_CONFIG", json);
  }

  private Env file(byte[] bytes) throws Exception {
    Path path = Files.write(folder.resolve("config.json"), bytes);
    return Env.valid().with("ALGO_RUNNER_CONFIG_FILE", path.toString());
  }

  @Test
  void inlineBeatsTheFile() throws Exception {
    Env env = file("{\"name\":\"from-file\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(env.load().runnerConfig().identity().name()).isEqualTo("from-file");
    env.with("ALGO_RUNNER_CONFIG", "{\"name\":\"inline\"}");
    assertThat(env.load().runnerConfig().identity().name()).isEqualTo("inline");
    assertThat(env.load().effective())
        .containsEntry("ALGO_RUNNER_CONFIG", "(inline, 17 characters)")
        .containsEntry("ALGO_RUNNER_CONFIG_FILE", "(not read)");
  }

  @Test
  void aFileMayHaveAByteOrderMark() throws Exception {
    assertThat(
            file("\uFEFF{\"name\":\"n\"}".getBytes(StandardCharsets.UTF_8))
                .load()
                .runnerConfig()
                .identity()
                .name())
        .isEqualTo("n");
  }

  @Test
  void aFileThatCannotServeIsAProblem() throws Exception {
    assertThat(Env.valid().with("ALGO_RUNNER_CONFIG_FILE", "/no/such.json").problem())
        .startsWith("ALGO_RUNNER_CONFIG_FILE = /no/such.json: the file does not exist; ");
    assertThat(Env.valid().with("ALGO_RUNNER_CONFIG_FILE", folder.toString()).problem())
        .contains("is not a file");
    assertThat(Env.valid().with("ALGO_RUNNER_CONFIG_FILE", "a\u0000b").problem())
        .contains("is not a path");
    assertThat(file(new byte[] {'{', (byte) 0xff, '}'}).problem()).contains("is not UTF-8");
    assertThat(file(new byte[RunnerConfigReader.LARGEST + 1]).problem())
        .contains("too large: at most 8 MiB");
    assertThat(inline(" ".repeat(RunnerConfigReader.LARGEST) + "{}").problem())
        .startsWith("ALGO_RUNNER_CONFIG = (inline, 8388610 characters): is too large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}}",
        "{} {}",
        "{'a':1}",
        "{\"a\":}",
        "nul",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{a:1}",
        "{\"a\":1,}",
        "// c\n{}",
        "{\"a\":\"\t\"}",
        "\u0000",
        "{\"a\":1e99999999999999}x",
        "{\"password-of-mine\" \"x\"}"
      })
  void malformedJsonIsOneProblemWithoutTheText(String json) {
    assertThat(inline(json).problem())
        .startsWith("ALGO_RUNNER_CONFIG = (inline, " + json.length() + " characters): ")
        .contains("is not valid JSON")
        .doesNotContain("password-of-mine");
  }

  @Test
  void nestingIsBounded() {
    assertThat(inline("{\"a\":" + "[".repeat(100_000)).problem()).contains("is not valid JSON");
    assertThat(inline("{\"index\":" + "9".repeat(100_000) + "}").problem())
        .contains("ALGO_RUNNER_CONFIG");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":\"a\",\"name\":\"b\"}", "{\"x\":{\"y\":1,\"y\":1}}"})
  void aFieldTwiceIsOneProblem(String json) {
    assertThat(inline(json).problem()).contains("names a field twice in one object at line 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                     | $ must be an object, but is an array
          "x"                                    | $ must be an object, but is a text
          7                                      | $ must be an object, but is the number 7
          null                                   | $ must be an object, but is null
          {"name":5}                             | $.name must be a text, but is the number 5
          {"owner":true}                         | $.owner must be a text, but is a bool
          {"index":"0"}                          | $.index must be a whole number of 32 bits, but is a text
          {"index":1.0}                          | $.index must be a whole number of 32 bits, but is the number 1.0
          {"index":3000000000}                   | $.index must be a whole number of 32 bits, but is the number 3000000000
          {"index":-1}                           | $.index must not be negative
          {"retryEnabled":"true"}                | $.retryEnabled must be a bool, but is a text
          {"timeoutSeconds":"1"}                 | $.timeoutSeconds must be a whole number of 32 bits, but is a text
          {"inputs":{}}                          | $.inputs must be an array, but is an object
          {"inputs":[1]}                         | $.inputs[0] must be an object, but is the number 1
          {"inputs":[{"name":[]}]}               | $.inputs[0].name must be a text, but is an array
          {"inputs":[{"contentTypes":["a",2]}]}  | $.inputs[0].contentTypes[1] must be a text, but is the number 2
          {"inputs":[{"isRequired":1}]}          | $.inputs[0].isRequired must be a bool, but is the number 1
          {"outputs":[{"contentType":{}}]}       | $.outputs[0].contentType must be a text, but is an object
          {"pipes":[{},{"destName":1}]}          | $.pipes[1].destName must be a text, but is the number 1
          {"topics":[]}                          | $.topics must be an object, but is an array
          {"topics":{"a/b:1[0]":5}}              | $.topics['a/b:1[0]'] must be an object, but is the number 5
          {"topics":{"a":{"partitions":"3"}}}    | $.topics.a.partitions must be a whole number of 32 bits, but is a text
          {"topics":{"a":{"topicName":3}}}       | $.topics.a.topicName must be a text, but is the number 3
          {"retryStrategy":"Simple"}             | $.retryStrategy must be an object, but is a text
          {"retryStrategy":{"steps":[{"repeat":"x"}]}} | $.retryStrategy.steps[0].repeat must be a whole number of 32 bits, but is a text
          {"parameters":[{"name":"a","value":5}]} | $.parameters[0].value must be a text, but is the number 5
          {"parameters":[{"value":"5"}]}         | $.parameters[0].name is missing
          """)
  void aWrongTypeIsAProblemWithItsPath(String json, String problem) {
    assertThat(inline(json).problem())
        .isEqualTo(
            "ALGO_RUNNER_CONFIG = (inline, "
                + json.length()
                + " characters): "
                + problem
                + "; correct the JSON of the runner config");
  }

  @Test
  void unknownFieldsAreIgnoredAndNullsAreAbsent() {
    AlgoSettings settings =
        inline(
                """
                {"futureField":{"a":[1]},"name":null,"index":null,"inputs":null,"pipes":[null],
                 "topics":{"x":null},"parameters":[{"name":"p","value":null,"dataType":null}],
                 "retryStrategy":null,"timeoutSeconds":null,"retryEnabled":null}
                """)
            .load();
    assertThat(settings.runnerConfig().present()).isTrue();
    assertThat(settings.runnerConfig().identity()).isEqualTo(DeploymentIdentity.NONE);
    assertThat(settings.parameters())
        .containsExactly(new ParameterSettings("p", Optional.empty(), false, DataType.TEXT));
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void theIdentityIsRead() {
    assertThat(
            inline(
                    """
                    {"deploymentOwner":"a","deploymentName":"b","pipelineOwner":"c",
                     "pipelineName":"d","owner":"e","name":"f","version":"g","index":3}
                    """)
                .load()
                .runnerConfig()
                .identity())
        .isEqualTo(new DeploymentIdentity("a", "b", "c", "d", "e", "f", "g", 3));
  }

  @Test
  void aBrokenConfigDoesNotBringProblemsThatFollowFromIt() {
    assertThat(
            Env.empty()
                .with("KAFKA_BROKERS", "k:1")
                .with("ALGO_RUNNER_CONFIG", "{")
                .outputs("out")
                .problem())
        .contains("is not valid JSON");
  }

  @Test
  void parametersHaveTypesAndAnOrder() {
    AlgoSettings settings =
        inline(
                """
                {"parameters":[
                  {"name":"i","value":"-7","dataType":"Integer","sortOrder":3},
                  {"name":"d","value":"1.5e3","dataType":{"name":"double"},"sortOrder":2},
                  {"name":"b","value":"T","dataType":"boolean","sortOrder":1},
                  {"name":"o","value":"x","dataType":{"name":"Select","options":["x",{"value":"y"}]},
                   "sortOrder":4},
                  {"name":"s","value":"","dataType":"string","sortOrder":5},
                  {"name":"n","value":"","dataType":"int","sortOrder":6},
                  {"name":"c","value":"#fff","dataType":"colour","required":true,"sortOrder":7}]}
                """)
            .load();
    assertThat(settings.parameters())
        .extracting(ParameterSettings::name)
        .containsExactly("b", "d", "i", "o", "s", "n", "c");
    assertThat(settings.parameters())
        .extracting(parameter -> parameter.dataType().kind())
        .containsExactly(
            DataType.Kind.BOOLEAN,
            DataType.Kind.DECIMAL,
            DataType.Kind.INTEGER,
            DataType.Kind.OPTION,
            DataType.Kind.TEXT,
            DataType.Kind.INTEGER,
            DataType.Kind.TEXT);
    assertThat(settings.parameters())
        .extracting(parameter -> parameter.value().orElse("-"))
        .containsExactly("T", "1.5e3", "-7", "x", "", "-", "#fff");
    assertThat(settings.parameters().get(3).dataType().options()).isEqualTo(List.of("x", "y"));
    assertThat(settings.warnings()).singleElement().asString().contains("\"colour\"");
    assertThat(settings.parameters().toString()).doesNotContain("1.5e3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"name":"p","required":true}                      | .value is missing, but the parameter p is required
          {"name":"p","required":true,"value":""}           | .value is missing, but the parameter p is required
          {"name":"p","value":"x7","dataType":"int"}        | must be a whole number of 64 bits
          {"name":"p","value":"1.5","dataType":"int"}       | must be a whole number of 64 bits
          {"name":"p","value":"9223372036854775808","dataType":"int"} | must be a whole number of 64 bits
          {"name":"p","value":"1e999","dataType":"double"}  | must be a decimal number
          {"name":"p","value":"0x1p3","dataType":"double"}  | must be a decimal number
          {"name":"p","value":"1d","dataType":"double"}     | must be a decimal number
          {"name":"p","value":"NaN","dataType":"double"}    | must be a decimal number
          {"name":"p","value":"yes","dataType":"bool"}      | must be true or false
          {"name":"p","value":"z","dataType":{"name":"s","options":["x","y"]}} | must be one of x, y
          {"name":"p","dataType":"select"}                  | .dataType is a choice without options
          {"name":"q"},{"name":"Q"}                         | .name is the name of an earlier parameter
          """)
  void aBadParameterIsAProblem(String parameters, String problem) {
    assertThat(inline("{\"parameters\":[" + parameters + "]}").problem())
        .contains("$.parameters[")
        .contains(problem)
        .doesNotContain("x7");
  }
}
