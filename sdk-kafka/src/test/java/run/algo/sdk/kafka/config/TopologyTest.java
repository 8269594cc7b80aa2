package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

  /**
   * An Algo with two pipes to its input text, one of them of its own second instance, and one
   * output.
   */
  private static final String CONFIG =
      """
      {"deploymentOwner":"Local","deploymentName":"Test","owner":"acme","name":"upper",
       "version":"1","index":0,
       "inputs":[{"name":"Text","isRequired":true,
                  "contentTypes":["text/plain",{"name":"text/html"},null]}],
       "outputs":[{"name":"out","contentType":"text/plain"}],
       "pipes":[
         {"sourceName":"acme/split:1[0]","sourceOutputName":"words",
          "destName":"acme/upper:1[0]","destInputName":"text"},
         {"sourceName":"acme/upper:1[1]","sourceOutputName":"out",
          "destName":"acme/upper:1[0]","destInputName":"text"},
         {"sourceName":"acme/split:1[0]","sourceOutputName":"rest",
          "destName":"acme/other:1[0]","destInputName":"text"},
         {"sourceName":"acme/upper:1[0]","sourceOutputName":"out",
          "sourceOutputMessageDataType":"FileReference",
          "destName":"acme/other:1[0]","destInputName":"more"}],
       "topics":{
         "acme/split:1[0]|words":
           {"outputName":"words","topicName":"{DeploymentOwner}.{deploymentname}.Words"},
         "acme/upper:1[1]|out":{"outputName":"OUT","topicName":"second"},
         "acme/split:1[0]|rest":{"outputName":"words","topicName":"mixed-up-but-not-used"},
         "acme/upper:1[0]|out":{"outputName":"out","topicName":"{deploymentowner}-out"}}}
      """;

  private static Env withStorage() {
    return Env.config(CONFIG).with("MC_HOST_algorun", "http://minio:9000");
  }

  @Test
  void pipesToThisAlgoCountAllOfThem() {
    AlgoSettings settings = withStorage().load();
    InputSettings input = settings.inputs().get(0);
    assertThat(settings.inputs()).hasSize(1);
    assertThat(input.name()).isEqualTo("text");
    assertThat(input.topics()).containsExactly("local.test.words", "second");
    assertThat(input.contentTypes()).containsExactly("text/plain", "text/html");
    assertThat(input.required()).isTrue();
    assertThat(input.retry()).isEmpty();
    assertThat(settings.outputs()).isEmpty();
    assertThat(settings.groupId()).isEqualTo("algorun-Local-Test-acme-upper-0");
    assertThat(settings.storage().bucket()).contains("local.test");
  }

  @Test
  void aVariableOfNoPipeIsOneWarningAndIgnored() {
    AlgoSettings settings = withStorage().with("KAFKA_INPUT_TOPIC_TEXT", "foreign").load();
    assertThat(settings.inputs().get(0).topics()).containsExactly("local.test.words", "second");
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .startsWith("KAFKA_INPUT_TOPIC_TEXT=foreign is not the topic of any pipe");
    assertThat(withStorage().with("KAFKA_INPUT_TOPIC_TEXT", "second").load().warnings()).isEmpty();
  }

  @Test
  void aVariableCountsWhereTheConfigHasNoPipe() {
    AlgoSettings settings =
        withStorage().with("KAFKA_INPUT_TOPIC_MORE", "more-topic").inputs("TEXT", "more").load();
    assertThat(settings.inputs()).extracting(InputSettings::name).containsExactly("TEXT", "more");
    assertThat(settings.inputs().get(1).topics()).containsExactly("more-topic");
    // A variable alone is another Algo's as long as pipes lead to this one.
    assertThat(withStorage().with("KAFKA_INPUT_TOPIC_MORE", "more-topic").load().inputs())
        .extracting(InputSettings::name)
        .containsExactly("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MY-INPUT", "MY_INPUT", "my-input", "My_Input"})
  void theVariableOfAnInputMatchesWithoutCaseAndWithUnderscores(String suffix) {
    Env env = Env.valid().without("KAFKA_INPUT_TOPIC_IN").with("KAFKA_INPUT_TOPIC_" + suffix, "t");
    assertThat(env.inputs("my-input").load().inputs())
        .containsExactly(
            new InputSettings("my-input", List.of("t"), List.of(), true, Optional.empty()));
  }

  @Test
  void theOperatorsSpellingIsPreferred() {
    Env env =
        Env.valid()
            .with("KAFKA_INPUT_TOPIC_MY_INPUT", "underscore")
            .with("KAFKA_INPUT_TOPIC_my-input", "lower")
            .with("KAFKA_INPUT_TOPIC_MY-INPUT", "upper")
            .inputs("my-input");
    assertThat(env.load().inputs().get(0).topics()).containsExactly("upper");
    env.without("KAFKA_INPUT_TOPIC_MY-INPUT");
    assertThat(env.load().inputs().get(0).topics()).containsExactly("lower");
    env.without("KAFKA_INPUT_TOPIC_my-input");
    assertThat(env.load().inputs().get(0).topics()).containsExactly("underscore");
  }

  @Test
  void withoutDeclaredInputsThereMustBeOne() {
    assertThat(Env.valid().load().inputs().get(0).name()).isEqualTo("in");
    assertThat(Env.valid().without("KAFKA_INPUT_TOPIC_IN").problem())
        .isEqualTo(
            "KAFKA_INPUT_TOPIC_<NAME> = (not set): there is no input; set it to the topic of the"
                + " input NAME");
    assertThat(Env.valid().with("KAFKA_INPUT_TOPIC_B", "b").problem())
        .isEqualTo(
            "KAFKA_INPUT_TOPIC_<NAME> = b, in: there are 2 inputs, and the Algo declares none;"
                + " declare a pipe for each input that the Algo reads");
    // two spellings of one name are one input
    assertThat(
            Env.empty()
                .with("KAFKA_BROKERS", "k:1")
                .with("ALGO_GROUP_ID", "g")
                .with("KAFKA_INPUT_TOPIC_A-B", "t")
                .with("KAFKA_INPUT_TOPIC_A_B", "t")
                .load()
                .inputs())
        .hasSize(1);
  }

  @Test
  void aDeclaredInputNeedsATopic() {
    assertThat(Env.valid().inputs("in", "my-other").problem())
        .startsWith("KAFKA_INPUT_TOPIC_MY-OTHER = (not set): the input my-other has no topic; ");
    assertThat(Env.valid().with("KAFKA_INPUT_TOPIC_IN", " ").problem())
        .startsWith("KAFKA_INPUT_TOPIC_IN =  : is blank; ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", ".", "..", "ä", "a,b", "a\u0000", "{deploymentowner}"})
  void aTopicMustBeLegal(String topic) {
    assertThat(Env.valid().with("KAFKA_INPUT_TOPIC_IN", topic).problem())
        .startsWith("KAFKA_INPUT_TOPIC_IN = ")
        .contains("is not the name of a topic");
    assertThat(Env.valid().with("KAFKA_OUTPUT_TOPIC_OUT", topic).outputs("out").problem())
        .startsWith("KAFKA_OUTPUT_TOPIC_OUT = ");
    assertThat(Env.valid().with("KAFKA_OUTPUT_TOPIC_OTHER", topic).load().outputs()).isEmpty();
  }

  @Test
  void anInputThatIsNotRequiredMayBeAbsent() {
    String json =
        """
        {"inputs":[{"name":"a","isRequired":false},{"name":"b","isRequired":false}]}
        """;
    Env env =
        Env.valid()
            .with("ALGO_RUNNER_CONFIG", json)
            .with("KAFKA_INPUT_TOPIC_A", "t")
            .inputs("a", "b");
    assertThat(env.load().inputs()).extracting(InputSettings::name).containsExactly("a");
    assertThat(env.load().inputs().get(0).required()).isFalse();
    assertThat(env.without("KAFKA_INPUT_TOPIC_A").problem()).contains("no input has a topic");
  }

  @Test
  void twoInputsOnOneTopicDeliverToTheFirst() {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_INPUT_TOPIC_A", "shared")
            .with("KAFKA_INPUT_TOPIC_B", "shared")
            .inputs("b", "a")
            .load();
    assertThat(settings.inputs()).extracting(InputSettings::name).containsExactly("b");
    assertThat(settings.warnings())
        .containsExactly(
            "the topic shared of the input a is that of the input b too, which gets its records");
  }

  @Test
  void aMixedUpTopicIsAProblemWhenItIsUsed() {
    String mixed = CONFIG.replace("\"outputName\":\"OUT\"", "\"outputName\":\"words\"");
    assertThat(Env.config(mixed).with("MC_HOST_algorun", "http://m").problem())
        .startsWith("ALGO_RUNNER_CONFIG = (the runner config): $.topics['acme/upper:1[1]|out']")
        .contains(".outputName is \"words\", but the key says \"out\"");
    String output =
        CONFIG.replace(
            "\"outputName\":\"out\",\"topicName\"", "\"outputName\":\"x\",\"topicName\"");
    assertThat(Env.config(output).load().outputs()).isEmpty();
    assertThat(Env.config(output).with("MC_HOST_algorun", "http://m").outputs("out").problem())
        .contains(".outputName is \"x\", but the key says \"out\"");
    // the variable comes first for an output, so that the entry is not used
    assertThat(
            Env.config(output)
                .with("MC_HOST_algorun", "http://m")
                .with("KAFKA_OUTPUT_TOPIC_OUT", "t")
                .outputs("out")
                .load()
                .outputs())
        .extracting(OutputSettings::topic)
        .containsExactly("t");
  }

  @Test
  void aPipeWithoutATopicIsAProblem() {
    String json = CONFIG.replace("acme/upper:1[1]|out", "acme/gone:1[1]|out");
    assertThat(Env.config(json).problem())
        .contains("$.topics has no entry \"acme/upper:1[1]|out\", which a pipe needs");
    json = CONFIG.replace("\"topicName\":\"second\"", "\"topicName\":null");
    assertThat(Env.config(json).problem()).contains(".topicName is missing");
    json = CONFIG.replace("\"topicName\":\"second\"", "\"topicName\":\"a b\"");
    assertThat(Env.config(json).problem()).contains("which is not the name of a topic");
  }

  @Test
  void anOutputHasItsTopicFromTheVariableElseTheConfig() {
    OutputSettings output = withStorage().outputs("Out").load().outputs().get(0);
    assertThat(output)
        .isEqualTo(
            new OutputSettings(
                "Out", "local-out", Optional.of("text/plain"), MessageDataType.FILE_REFERENCE));
    assertThat(
            withStorage()
                .with("KAFKA_OUTPUT_TOPIC_OUT", "Given")
                .outputs("out")
                .load()
                .outputs()
                .get(0)
                .topic())
        .isEqualTo("Given");
  }

  @Test
  void aDeclaredOutputNeedsATopicAnOptionalOneDoesNot() {
    assertThat(Env.valid().outputs("my-out").problem())
        .startsWith("KAFKA_OUTPUT_TOPIC_MY-OUT = (not set): the output my-out has no topic; ");
    assertThat(Env.valid().optional("my-out").load().outputs()).isEmpty();
    assertThat(
            Env.valid().with("KAFKA_OUTPUT_TOPIC_MY_OUT", "t").optional("my-out").load().outputs())
        .extracting(OutputSettings::topic)
        .containsExactly("t");
    assertThat(Env.valid().with("KAFKA_OUTPUT_TOPIC_A", " ").optional("a").load().outputs())
        .isEmpty();
    assertThat(Env.valid().outputs("a").optional("A").load().outputs()).isEmpty();
  }

  @Test
  void aReturnedValueNeedsTheOneOutput() {
    assertThat(Env.valid().returnsValue().problem())
        .startsWith(
            "KAFKA_OUTPUT_TOPIC_<NAME> = (not set): the Algo returns a value, but there is");
    Env env = Env.valid().with("KAFKA_OUTPUT_TOPIC_MY-OUT", "t").returnsValue();
    assertThat(env.load().outputs())
        .containsExactly(
            new OutputSettings("my-out", "t", Optional.empty(), MessageDataType.EMBEDDED));
    env.with("KAFKA_OUTPUT_TOPIC_LOG", "l");
    assertThat(env.problem())
        .startsWith("KAFKA_OUTPUT_TOPIC_<NAME> = log, my-out: there are 2 outputs, ");
    // what is declared optional is not what is returned to
    assertThat(env.optional("log").load().outputs())
        .extracting(OutputSettings::name)
        .containsExactly("my-out", "log");
    assertThat(withStorage().returnsValue().load().outputs())
        .extracting(OutputSettings::name)
        .containsExactly("out");
    // without a returned value, outputs that nobody declared are not used
    assertThat(Env.valid().with("KAFKA_OUTPUT_TOPIC_LOG", "l").load().outputs()).isEmpty();
  }

  @Test
  void theDataTypeOfAnOutputIsThatOfItsPipes() {
    assertThat(
            Env.config(CONFIG.replace("\"FileReference\"", "\"Embedded\""))
                .outputs("out")
                .load()
                .outputs()
                .get(0)
                .dataType())
        .isEqualTo(MessageDataType.EMBEDDED);
    assertThat(Env.config(CONFIG.replace("FileReference", "File")).outputs("out").problem())
        .contains("$.pipes[3].sourceOutputMessageDataType \"File\" is unknown");
    String both =
        CONFIG.replace(
            "\"pipes\":[",
            "\"pipes\":[{\"sourceName\":\"acme/upper:1[0]\",\"sourceOutputName\":\"out\"},");
    AlgoSettings settings =
        Env.config(both).with("MC_HOST_algorun", "http://m").outputs("out").load();
    assertThat(settings.outputs().get(0).dataType()).isEqualTo(MessageDataType.FILE_REFERENCE);
    assertThat(settings.warnings()).singleElement().asString().contains("FileReference is used");
  }

  @Test
  void aBadNameIsAWarning() {
    AlgoSettings settings =
        Env.valid()
            .with("KAFKA_OUTPUT_TOPIC_TEST_HTTP", "t")
            .with("KAFKA_INPUT_TOPIC_A--B", "u")
            .inputs("Text", "a--b", "ok-1")
            .with("KAFKA_INPUT_TOPIC_TEXT", "v")
            .with("KAFKA_INPUT_TOPIC_OK-1", "w")
            .outputs("test_http")
            .load();
    assertThat(settings.warnings())
        .hasSize(3)
        .allMatch(warning -> warning.contains("is not of lower-case letters, digits"));
  }

  @Test
  void aNameIsDeclaredOnce() {
    assertThat(Env.valid().inputs("in", "IN").problem())
        .startsWith("pipe = IN: two declared inputs have this name");
    assertThat(Env.valid().inputs("in", " ").problem()).contains("has no name");
  }
}
