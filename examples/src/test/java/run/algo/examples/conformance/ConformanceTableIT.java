package run.algo.examples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a command of every row to one partition, and judges all that came of them: nothing may be
 * missing, and nothing be there besides. In each of the SDK's forms.
 */
@ParameterizedClass
@EnumSource
class ConformanceTableIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CONFIG =
      """
      {"deploymentOwner": "acme", "deploymentName": "demo", "owner": "algo", "name": "conformance",
       "version": "0.1", "index": 1,
       "parameters": [{"name": "level", "value": "low"}, {"name": "size", "value": "3"}],
       "inputs": [{"name": "commands", "contentTypes": ["application/json", "text/*"]}]}""";

  /** What is sent, in this order. The second half of a line's id tells its row. */
  private static final List<String> COMMANDS =
      List.of(
          "{\"id\":\"1 echo\",\"op\":\"echo\",\"text\":\"hello €\"}",
          "{\"id\":\"2 echo\",\"op\":\"echo\"}",
          "{\"id\":\"3 none\",\"op\":\"none\"}",
          "{\"id\":\"4 emit\",\"op\":\"emit\",\"count\":3}",
          "{\"id\":\"5 work\",\"op\":\"work\",\"micros\":2000}",
          "{\"id\":\"6 sleep\",\"op\":\"sleep\",\"ms\":30}",
          "{\"id\":\"7 hang\",\"op\":\"hang\",\"ms\":30}",
          "{\"id\":\"8 fail\",\"op\":\"fail\",\"times\":1}",
          "{\"id\":\"9 fail\",\"op\":\"fail\",\"times\":2,\"partial\":true}",
          "{\"id\":\"10 fail\",\"op\":\"fail\",\"times\":0}",
          "{\"id\":\"11 fatal\",\"op\":\"fatal\"}",
          "{\"id\":\"12 error\",\"op\":\"error\"}",
          "{\"id\":\"13 sha\", \"op\":\"sha\" }",
          "{\"id\":\"14 unknown\",\"op\":\"juggle\"}",
          "{\"id\":\"15 no op\"}",
          "{\"id\":\"16 no topic\",\"op\":\"file\",\"bytes\":1,\"seed\":1,\"name\":\"a\"}",
          "{\"id\":\"17 no field\",\"op\":\"sleep\"}",
          "[1]",
          "17",
          "{\"id\":",
          "",
          "{\"id\":22,\"op\":\"echo\",\"text\":\"last\"}");

  /** Sent after them: what is held, what comes between, and what triggers. */
  private static List<ProducerRecord<byte[], byte[]>> gathers() {
    Header hold = KafkaProbe.header("run", "false");
    Header run = KafkaProbe.header("run", "true");
    Header valued = KafkaProbe.header("traceID", "valued");
    Header empty = KafkaProbe.header("traceID", "empty");
    return List.of(
        command(null, gather("23 alone")),
        command("a", gather("24 held"), valued, hold),
        command("b", gather("25 held"), empty, hold),
        command("a", gather("26 held"), valued, hold),
        command(null, "{\"id\":\"27 between\",\"op\":\"echo\"}"),
        command("b", gather("28 held"), empty, hold),
        command("a", gather("29 held"), valued, hold),
        command("b", gather("30 held"), empty, hold),
        command("a", gather("31 trigger"), valued),
        command("c", "", empty, run),
        command("c", "", empty, run), // of what is gathered already: it settles without a result
        command(null, gather("34 alone"), valued));
  }

  private static String gather(String id) {
    return "{\"id\":\"" + id + "\",\"op\":\"gather\"}";
  }

  /** The forms of an Algo that the same table is served by. */
  @SuppressWarnings("ImmutableEnumChecker") // the maps are Map.of's
  enum Form {
    SYNC(Map.of()),
    ASYNC(Map.of("CONFORMANCE_ASYNC", "true")),
    BATCH(Map.of("CONFORMANCE_BATCH", "4"));

    private final Map<String, String> variables;

    Form(Map<String, String> variables) {
      this.variables = variables;
    }
  }

  private static EmbeddedKafka kafka;
  private static Deployment deployment;
  private static List<RecordMetadata> sent;
  private static List<ConsumerRecord<String, String>> results;
  private static List<JsonNode> values;
  private static Map<Long, ConsumerRecord<String, String>> dead;

  @Parameter Form form;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @BeforeParameterizedClassInvocation
  static void run(Form form, @TempDir Path folder) {
    deployment = Deployment.create(kafka, "table-" + form.name().toLowerCase(Locale.ROOT), 2);
    Map<String, String> environment = deployment.environment("instance-1");
    environment.putAll(form.variables);
    environment.put("ALGO_RUNNER_CONFIG", CONFIG);
    try (AlgoProcess algo = AlgoProcess.start(folder, environment).awaitReady()) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      records.add(
          command(
              "key-1",
              COMMANDS.get(0),
              KafkaProbe.header("traceID", "trace-1"),
              KafkaProbe.header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-01"),
              KafkaProbe.header("contentType", "text/json"),
              KafkaProbe.header("endpointParams", "LEVEL=high&other=1")));
      for (String command : COMMANDS.subList(1, COMMANDS.size() - 1)) {
        records.add(command(null, command, KafkaProbe.header("user", "carried")));
      }
      records.add(command("tombstone", null));
      records.add(command(null, COMMANDS.get(COMMANDS.size() - 1)));
      records.addAll(gathers());
      sent = kafka.probe().produceAll(records);
      kafka
          .probe()
          .awaitCommittedOffset(
              deployment.group(),
              new TopicPartition(deployment.commands(), 1),
              records.size(),
              PATIENCE);
      assertThat(algo.isAlive()).isTrue();
    }
    results = kafka.probe().readAll(deployment.results(), 0, PATIENCE);
    values = results.stream().map(result -> JSON.readTree(result.value())).toList();
    dead =
        kafka.probe().readAll(deployment.deadLetters(), 0, PATIENCE).stream()
            .collect(
                Collectors.toMap(
                    letter -> Long.valueOf(header(letter, "dlqOffset")), Function.identity()));
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      kafka.close();
    }
  }

  @Test
  void exactlyTheResultsThatTheTableNamesAreWrittenInOrder() {
    assertThat(values.stream().map(value -> value.get("id").asString() + " " + value.get("n")))
        .containsExactly(
            "1 echo 0",
            "2 echo 0",
            "4 emit 0",
            "4 emit 1",
            "4 emit 2",
            "5 work 0",
            "6 sleep 0",
            "7 hang 0",
            "10 fail 0",
            "13 sha 0",
            "22 0",
            "23 alone 0",
            "27 between 0",
            "31 trigger 0",
            "30 held 0",
            "34 alone 0");
  }

  @Test
  void aResultHasTheFieldsInTheirOrder() {
    List<String> common =
        List.of(
            "id",
            "op",
            "n",
            "attempt",
            "traceId",
            "key",
            "partition",
            "offset",
            "timestampMs",
            "startedMs",
            "contentType",
            "parameters",
            "instance");
    assertThat(values.get(0).propertyNames()).containsExactlyElementsOf(with(common, "text"));
    assertThat(values.get(1).propertyNames()).containsExactlyElementsOf(common);
    assertThat(result("13 sha").propertyNames())
        .containsExactlyElementsOf(with(common, "bytes", "sha256"));
    assertThat(result("31 trigger").propertyNames()).containsExactlyElementsOf(with(common, "ids"));
  }

  @Test
  void aResultTellsItsRecord() {
    JsonNode first = values.get(0);
    assertThat(first.get("op").asString()).isEqualTo("echo");
    assertThat(first.get("text").asString()).isEqualTo("hello €");
    assertThat(first.get("attempt").asInt()).isEqualTo(1);
    assertThat(first.get("traceId").asString()).isEqualTo("trace-1");
    assertThat(first.get("key").asString()).isEqualTo("key-1");
    assertThat(first.get("contentType").asString()).isEqualTo("text/json");
    assertThat(first.get("parameters"))
        .isEqualTo(JSON.readTree("{\"level\":\"high\",\"size\":\"3\"}"));
    assertThat(first.get("instance").asString()).isEqualTo("instance-1");
    JsonNode second = values.get(1);
    assertThat(second.get("traceId").asString()).matches("[0-9a-f]{32}");
    assertThat(second.get("key").isNull()).isTrue();
    assertThat(second.get("contentType").asString()).isEqualTo("application/json");
    assertThat(second.get("parameters"))
        .isEqualTo(JSON.readTree("{\"level\":\"low\",\"size\":\"3\"}"));
    assertThat(result("22").get("id").isNumber()).isTrue();
    for (JsonNode value : values) {
      RecordMetadata origin = sent.get(value.get("offset").asInt());
      assertThat(value.get("partition").asInt()).isEqualTo(origin.partition());
      assertThat(value.get("offset").asLong()).isEqualTo(origin.offset());
      assertThat(value.get("timestampMs").asLong()).isEqualTo(origin.timestamp());
      assertThat(value.get("startedMs").asLong())
          .isBetween(origin.timestamp(), System.currentTimeMillis());
    }
  }

  @Test
  void whatTakesTimeTakesIt() {
    // One partition's records run one after another: the next begins when this one is done.
    assertThat(started("6 sleep") - started("5 work")).isGreaterThanOrEqualTo(2);
    assertThat(started("7 hang") - started("6 sleep")).isGreaterThanOrEqualTo(29);
    assertThat(started("10 fail") - started("7 hang")).isGreaterThanOrEqualTo(29);
  }

  @Test
  void theDigestIsThatOfTheValueAsItWasRead() throws Exception {
    byte[] value = COMMANDS.get(12).getBytes(UTF_8);
    assertThat(result("13 sha").get("bytes").asInt()).isEqualTo(value.length);
    assertThat(result("13 sha").get("sha256").asString())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
  }

  @Test
  void whatIsHeldIsExecutedOnceWithItsTrigger() {
    JsonNode gathered = result("31 trigger");
    assertThat(ids(gathered)).containsExactly("24 held", "26 held", "29 held", "31 trigger");
    assertThat(gathered.get("traceId").asString()).isEqualTo("valued");
    assertThat(gathered.get("key").asString()).isEqualTo("a");
    assertThat(gathered.get("offset").asLong()).isEqualTo(31);
  }

  @Test
  void aTriggerWithoutAValueIsNoneOfWhatItTriggers() {
    JsonNode gathered = result("30 held"); // the last one is the Algo's input
    assertThat(ids(gathered)).containsExactly("25 held", "28 held", "30 held");
    assertThat(gathered.get("traceId").asString()).isEqualTo("empty");
    assertThat(gathered.get("key").asString()).isEqualTo("c");
    assertThat(gathered.get("offset").asLong()).isEqualTo(32);
  }

  @Test
  void aRecordByItselfGathersItself() {
    assertThat(ids(result("23 alone"))).containsExactly("23 alone");
    // Its trace had its gather, and that is over.
    assertThat(ids(result("34 alone"))).containsExactly("34 alone");
  }

  @Test
  void aResultsRecordHasKeyAndHeaders() {
    ConsumerRecord<String, String> first = results.get(0);
    assertThat(first.key()).isEqualTo("key-1");
    assertThat(header(first, "traceID")).isEqualTo("trace-1");
    assertThat(header(first, "contentType")).isEqualTo("application/json");
    assertThat(header(first, "messageDataType")).isEqualTo("Embedded");
    assertThat(header(first, "endpointParams")).isEqualTo("LEVEL=high&other=1");
    assertThat(header(first, "traceparent")).isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-01");
    // Without a key the trace takes its place.
    ConsumerRecord<String, String> second = results.get(1);
    String trace = values.get(1).get("traceId").asString();
    assertThat(header(second, "traceID")).isEqualTo(trace);
    assertThat(second.key()).isEqualTo(trace);
    assertThat(header(second, "user")).isEqualTo("carried");
    assertThat(results.stream().map(result -> header(result, "fileName")).distinct())
        .hasSameSizeAs(results);
  }

  @Test
  void everyFailureIsADeadLetterWithItsReason() {
    String illegalState = "java.lang.IllegalStateException";
    String nonRetriable = "run.algo.sdk.NonRetriableException";
    assertDead(7, "algo", 1, illegalState, "attempt 1");
    assertDead(8, "algo", 1, illegalState, "attempt 1");
    assertDead(10, "algo", 1, nonRetriable, "for good");
    assertDead(11, "algo", 1, "java.lang.StackOverflowError", "overflow");
    assertDead(13, "algo", 1, nonRetriable, "there is no op juggle");
    assertDead(14, "algo", 1, nonRetriable, "needs the text \"op\"");
    assertDead(15, "algo", 1, nonRetriable, "needs a topic");
    assertDead(16, "algo", 1, nonRetriable, "needs \"ms\"");
    assertDead(17, "decode", 0, "java.lang.IllegalArgumentException", "JSON object");
    assertDead(18, "decode", 0, "java.lang.IllegalArgumentException", "JSON object");
    assertDead(19, "decode", 0, "tools.jackson.core.exc.UnexpectedEndOfInputException", "");
    assertDead(20, "decode", 0, "java.lang.IllegalArgumentException", "JSON object");
    assertDead(21, "decode", 0, "java.lang.IllegalArgumentException", "tombstone");
    assertThat(dead.keySet())
        .isEqualTo(Set.of(7L, 8L, 10L, 11L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L, 21L));
  }

  @Test
  void aDeadLetterKeepsItsRecordAndSaysWhereItComesFrom() {
    ConsumerRecord<String, String> letter = dead.get(10L);
    RecordMetadata origin = sent.get(10);
    assertThat(letter.partition()).isEqualTo(1);
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isEqualTo(COMMANDS.get(10));
    assertThat(header(letter, "user")).isEqualTo("carried");
    assertThat(header(letter, "traceID")).matches("[0-9a-f]{32}");
    for (String kind : List.of("origin", "dlq")) {
      assertThat(header(letter, kind + "Topic")).isEqualTo(deployment.commands());
      assertThat(header(letter, kind + "Partition")).isEqualTo("1");
      assertThat(header(letter, kind + "Offset")).isEqualTo("10");
      assertThat(header(letter, kind + "Timestamp")).isEqualTo("" + origin.timestamp());
    }
    assertThat(header(letter, "dlqGroup")).isEqualTo(deployment.group());
    assertThat(header(letter, "dlqAlgo")).isEqualTo("algo/conformance:0.1[1]");
    assertThat(header(letter, "dlqStackTrace"))
        .startsWith("run.algo.sdk.NonRetriableException: commanded to fail for good")
        .contains("Table.run");
    assertThat(dead.get(21L).key()).isEqualTo("tombstone");
    assertThat(dead.get(21L).value()).isNull();
  }

  private static void assertDead(
      long offset, String reason, int attempts, String exception, String message) {
    ConsumerRecord<String, String> letter = dead.get(offset);
    assertThat(letter).as("dead letter of offset %d", offset).isNotNull();
    assertThat(header(letter, "dlqReason")).as("reason of %d", offset).isEqualTo(reason);
    assertThat(header(letter, "dlqAttempts")).isEqualTo("" + attempts);
    assertThat(header(letter, "dlqExceptionClass")).isEqualTo(exception);
    assertThat(header(letter, "dlqExceptionMessage")).contains(message);
  }

  private static ProducerRecord<byte[], byte[]> command(
      String key, String value, Header... headers) {
    return KafkaProbe.record(deployment.commands(), 1, key, value, headers);
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  private static JsonNode result(String id) {
    return values.stream()
        .filter(value -> value.get("id").asString().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> ids(JsonNode result) {
    return result.get("ids").valueStream().map(JsonNode::asString).toList();
  }

  private static long started(String id) {
    return result(id).get("startedMs").asLong();
  }

  private static List<String> with(List<String> names, String... more) {
    List<String> all = new ArrayList<>(names);
    all.addAll(List.of(more));
    return all;
  }
}
