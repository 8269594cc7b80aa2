package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.testkit.tls.TestCertificates;

class EngineSettingsTest {

  @Test
  void theDefaultsAreThoseOfTheProtocol() {
    AlgoSettings settings = Env.valid().load();
    EngineSettings engine = settings.engine();
    assertThat(engine.ordering()).isEqualTo(Ordering.PARTITION);
    assertThat(engine.concurrency()).isEqualTo(OptionalInt.empty());
    assertThat(engine.threads()).isEqualTo(ThreadModel.AUTO);
    assertThat(engine.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
    assertThat(engine.commitInterval()).isEqualTo(Duration.ofMillis(500));
    assertThat(engine.maxInFlight()).isEqualTo(10_000);
    assertThat(engine.memoryBudgetBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    assertThat(engine.timeout()).isEmpty();
    assertThat(engine.abandonedLimit()).isEqualTo(16);
    assertThat(engine.stuckAfter()).isEqualTo(Duration.ofMinutes(5));
    assertThat(engine.batchSize()).isEqualTo(100);
    assertThat(engine.batchLinger()).isEqualTo(Duration.ofMillis(20));
    assertThat(engine.gatherTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(engine.revokeTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(engine.shutdownTimeout()).isEqualTo(Duration.ofSeconds(25));
    assertThat(engine.healthGrace()).isEqualTo(Duration.ofSeconds(60));
    assertThat(engine.parkedPerKey()).isEqualTo(10_000);
    assertThat(engine.parkedMax()).isEqualTo(1_000_000);
    assertThat(engine.parkedFull()).isEqualTo(ParkedFullAction.DEAD_LETTER);
    assertThat(engine.outageFuse()).isFalse();
    assertThat(engine.failureAction()).isEmpty();
    assertThat(engine.createTopics()).isTrue();
    assertThat(engine.oversize()).isEqualTo(OversizeAction.DEAD_LETTER);
    assertThat(engine.contentTypeCheck()).isEqualTo(ContentTypeCheck.WARN);
    assertThat(engine.inputDir()).isEqualTo(Path.of("/input"));
    assertThat(engine.storageReadBuckets()).isEmpty();
    assertThat(engine.fileStoreOptions()).isEqualTo(FileStoreOptions.DEFAULTS);
    assertThat(engine.deadLetterSuffix()).isEqualTo("dlq");
    assertThat(settings.http())
        .isEqualTo(new HttpSettings(OptionalInt.of(10080), Optional.empty()));
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.runnerConfig().present()).isFalse();
    assertThat(settings.instanceName()).matches("algo-[0-9a-f]{8}");
  }

  @Test
  void everySettingIsRead() {
    EngineSettings engine =
        Env.valid()
            .with("ALGO_ORDERING", "key")
            .with("ALGO_CONCURRENCY", "7")
            .with("ALGO_THREADS", "virtual")
            .with("ALGO_DELIVERY", "exactly-once")
            .with("ALGO_MAX_IN_FLIGHT", "11")
            .with("ALGO_MEMORY_BUDGET", "1MiB")
            .with("ALGO_TIMEOUT", "1.5s")
            .with("ALGO_ABANDONED_LIMIT", "3")
            .with("ALGO_STUCK_AFTER", "1d")
            .with("ALGO_BATCH_SIZE", "12")
            .with("ALGO_BATCH_LINGER", "0")
            .with("ALGO_GATHER_TIMEOUT", "1m")
            .with("ALGO_REVOKE_TIMEOUT", "0s")
            .with("ALGO_SHUTDOWN_TIMEOUT", "2s")
            .with("ALGO_HEALTH_GRACE", "3s")
            .with("ALGO_PARKED_PER_KEY", "13")
            .with("ALGO_PARKED_MAX", "100000000")
            .with("ALGO_PARKED_FULL", "halt")
            .with("ALGO_OUTAGE_FUSE", "on")
            .with("ALGO_ON_FAILURE", "halt")
            .with("ALGO_CREATE_TOPICS", "F")
            .with("ALGO_CONTENT_TYPE", "reject")
            .with("ALGO_INPUT_DIR", "/tmp/in")
            .with("ALGO_STORAGE_READ_BUCKETS", "one.bucket, two-bucket")
            .with("ALGO_STORAGE_PART_SIZE", "5MiB")
            .with("ALGO_STORAGE_PARTS", "3")
            .with("ALGO_STORAGE_CHECKSUM", "crc32c")
            .with("ALGO_STORAGE_TIMEOUT", "90s")
            .load()
            .engine();
    assertThat(engine.ordering()).isEqualTo(Ordering.KEY);
    assertThat(engine.concurrency()).isEqualTo(OptionalInt.of(7));
    assertThat(engine.threads()).isEqualTo(ThreadModel.VIRTUAL);
    assertThat(engine.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
    assertThat(engine.commitInterval()).isEqualTo(Duration.ofMillis(100));
    assertThat(engine.maxInFlight()).isEqualTo(11);
    assertThat(engine.memoryBudgetBytes()).isEqualTo(1 << 20);
    assertThat(engine.timeout()).contains(Duration.ofMillis(1500));
    assertThat(engine.abandonedLimit()).isEqualTo(3);
    assertThat(engine.stuckAfter()).isEqualTo(Duration.ofDays(1));
    assertThat(engine.batchSize()).isEqualTo(12);
    assertThat(engine.batchLinger()).isEqualTo(Duration.ZERO);
    assertThat(engine.gatherTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(engine.revokeTimeout()).isEqualTo(Duration.ZERO);
    assertThat(engine.shutdownTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(engine.healthGrace()).isEqualTo(Duration.ofSeconds(3));
    assertThat(engine.parkedPerKey()).isEqualTo(13);
    assertThat(engine.parkedMax()).isEqualTo(100_000_000);
    assertThat(engine.parkedFull()).isEqualTo(ParkedFullAction.HALT);
    assertThat(engine.outageFuse()).isTrue();
    assertThat(engine.failureAction()).contains(FailureAction.HALT);
    assertThat(engine.createTopics()).isFalse();
    assertThat(engine.contentTypeCheck()).isEqualTo(ContentTypeCheck.REJECT);
    assertThat(engine.inputDir()).isEqualTo(Path.of("/tmp/in"));
    assertThat(engine.storageReadBuckets()).containsExactly("one.bucket", "two-bucket");
    assertThat(engine.fileStoreOptions())
        .isEqualTo(
            new FileStoreOptions(5 << 20, 3, true, Duration.ofSeconds(90), Optional.empty()));
  }

  @Test
  void theStoragesAuthoritiesAreReadAtStartUp(@TempDir Path folder) throws IOException {
    Path pem = TestCertificates.create(folder).caFile();
    assertThat(
            Env.valid()
                .with("ALGO_STORAGE_CA_LOCATION", pem.toString())
                .load()
                .engine()
                .fileStoreOptions()
                .caFile())
        .contains(pem);
    Files.writeString(pem, "no certificate");
    assertThat(Env.valid().with("ALGO_STORAGE_CA_LOCATION", pem.toString()).problem())
        .contains("ALGO_STORAGE_CA_LOCATION", pem.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ALGO_ORDERING              | keys
          ALGO_ORDERING              | PARTITION
          ALGO_CONCURRENCY           | 0
          ALGO_CONCURRENCY           | -1
          ALGO_CONCURRENCY           | 100001
          ALGO_CONCURRENCY           | many
          ALGO_CONCURRENCY           | 1.5
          ALGO_CONCURRENCY           | 99999999999999999999
          ALGO_THREADS               | green
          ALGO_DELIVERY              | at-most-once
          ALGO_COMMIT_INTERVAL       | 0
          ALGO_COMMIT_INTERVAL       | 500
          ALGO_COMMIT_INTERVAL       | -1s
          ALGO_MAX_IN_FLIGHT         | 0
          ALGO_MAX_IN_FLIGHT         | 10000001
          ALGO_MEMORY_BUDGET         | 64XiB
          ALGO_MEMORY_BUDGET         | 63KiB
          ALGO_MEMORY_BUDGET         | -1
          ALGO_MEMORY_BUDGET         | 1.5GiB
          ALGO_MEMORY_BUDGET         | 9999999999GiB
          ALGO_MEMORY_BUDGET         | 9999999999999999999
          ALGO_TIMEOUT               | soon
          ALGO_TIMEOUT               | -1s
          ALGO_ABANDONED_LIMIT       | 0
          ALGO_STUCK_AFTER           | 0s
          ALGO_BATCH_SIZE            | 0
          ALGO_BATCH_LINGER          | 20
          ALGO_GATHER_TIMEOUT        | 0
          ALGO_REVOKE_TIMEOUT        | -1ns
          ALGO_SHUTDOWN_TIMEOUT      | x
          ALGO_HEALTH_GRACE          | 1w
          ALGO_PARKED_PER_KEY        | 0
          ALGO_PARKED_PER_KEY        | 10000001
          ALGO_PARKED_MAX            | 0
          ALGO_PARKED_MAX            | 100000001
          ALGO_PARKED_MAX            | 1e6
          ALGO_PARKED_FULL           | drop
          ALGO_PARKED_FULL           | DEAD-LETTER
          ALGO_OUTAGE_FUSE           | true
          ALGO_ON_FAILURE            | ignore
          ALGO_CREATE_TOPICS         | yes
          ALGO_OVERSIZE              | drop
          ALGO_CONTENT_TYPE          | on
          ALGO_STORAGE_PART_SIZE     | 4MiB
          ALGO_STORAGE_PART_SIZE     | 2GiB
          ALGO_STORAGE_PART_SIZE     | big
          ALGO_STORAGE_PARTS         | 0
          ALGO_STORAGE_PARTS         | 1001
          ALGO_STORAGE_CHECKSUM      | md5
          ALGO_STORAGE_TIMEOUT       | 0s
          ALGO_STORAGE_CA_LOCATION   | /nowhere/ca.pem
          ALGO_STORAGE_READ_BUCKETS  | a
          ALGO_STORAGE_READ_BUCKETS  | good-one,,good-two
          ALGO_STORAGE_READ_BUCKETS  | Upper.Case
          ALGO_METRICS_PORT          | 65536
          ALGO_METRICS_PORT          | -1
          ALGO_METRICS_PORT          | Off
          ALGO_METRICS_PORT          | http
          ALGO_METRICS_ADDRESS       | local host
          ALGO_METRICS_ADDRESS       | localhost:80
          ALGO_METRICS_ADDRESS       | http://localhost
          ALGO_RETRY_STRATEGY        | Simple
          ALGO_RUNNER_CONFIG_FILE    | /does/not/exist.json
          """)
  void aBadValueIsAProblemWithNameValueAndRemedy(String variable, String value) {
    Setting setting = Setting.valueOf(variable.replace("ALGO_", ""));
    String shown = setting == Setting.RETRY_STRATEGY ? "(inline, 6 characters)" : value;
    assertThat(Env.valid().with(variable, value).problem())
        .startsWith(variable + " = " + shown + ": ")
        .endsWith("; " + setting.remedy());
  }

  @Test
  void aPathWithANulIsAProblem() {
    assertThat(Env.valid().with("ALGO_INPUT_DIR", "/in\u0000put").problem())
        .isEqualTo("ALGO_INPUT_DIR = /in\\u0000put: is not a path; use the path of a folder");
  }

  @ParameterizedTest
  @CsvSource({
    "65536, 65536",
    "65536B, 65536",
    "64KiB, 65536",
    "64 KiB, 65536",
    "100KB, 100000",
    "100kB, 100000",
    "64MiB, 67108864",
    "1MB, 1000000",
    "1GiB, 1073741824",
    "1GB, 1000000000",
    "1TiB, 1099511627776",
    "' 1GiB ', 1073741824"
  })
  void sizesHaveUnits(String text, long bytes) {
    assertThat(Env.valid().with("ALGO_MEMORY_BUDGET", text).load().engine().memoryBudgetBytes())
        .isEqualTo(bytes);
  }

  @Test
  void aBudgetNearTheHeapIsAWarning() {
    assertThat(Env.valid().with("ALGO_MEMORY_BUDGET", "1000GiB").load().warnings())
        .singleElement()
        .asString()
        .startsWith("ALGO_MEMORY_BUDGET=1073741824000 is more than half of the heap");
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void aBlankSettingIsAnAbsentOne(Setting setting) {
    Env blank = Env.valid().with(setting.variable(), " ");
    if (setting == Setting.GROUP_ID) {
      assertThat(blank.problem()).startsWith("ALGO_GROUP_ID = (not set): ");
    } else {
      AlgoSettings expected = Env.valid().with("INSTANCE_NAME", "i").load();
      assertThat(blank.with("INSTANCE_NAME", "i").load().effective())
          .isEqualTo(expected.effective());
    }
  }

  @Test
  void builderBeatsPropertyBeatsEnvironment() {
    Env env = Env.valid().with("ALGO_BATCH_SIZE", "1");
    assertThat(env.load().engine().batchSize()).isEqualTo(1);
    env.property("algo.batch.size", "2");
    assertThat(env.load().engine().batchSize()).isEqualTo(2);
    env.override("ALGO_BATCH_SIZE", "3");
    assertThat(env.load().engine().batchSize()).isEqualTo(3);
  }

  @Test
  void aPropertyIsNamedAsItsUserWroteIt() {
    assertThat(Env.valid().property("algo.ordering", "x").problem())
        .startsWith("algo.ordering = x: ");
    AlgoSettings settings =
        Env.empty()
            .property("kafka.brokers", "k:1")
            .property("algo.group.id", "g")
            .property("kafka.input.topic.my-in", "t")
            .property("kafka.consumer.max.poll.records", "5")
            .property("java.version", "17")
            .load();
    assertThat(settings.inputs().get(0).name()).isEqualTo("my-in");
    assertThat(settings.kafka().consumerProperties()).containsEntry("max.poll.records", "5");
  }

  @Test
  void theTimeoutIsTheVariableElseTheConfig() {
    String json =
        """
        {"deploymentOwner":"o","deploymentName":"d","owner":"a","name":"n","timeoutSeconds":%s}
        """;
    Env env = Env.valid().with("ALGO_RUNNER_CONFIG", json.formatted("30"));
    assertThat(env.load().engine().timeout()).contains(Duration.ofSeconds(30));
    assertThat(env.with("ALGO_TIMEOUT", "1s").load().engine().timeout())
        .contains(Duration.ofSeconds(1));
    assertThat(env.with("ALGO_TIMEOUT", "0").load().engine().timeout()).isEmpty();
    env = Env.valid().with("ALGO_RUNNER_CONFIG", json.formatted("0"));
    assertThat(env.load().engine().timeout()).isEmpty();
    env = Env.valid().with("ALGO_RUNNER_CONFIG", json.formatted("-1"));
    assertThat(env.problem()).contains("$.timeoutSeconds must not be negative");
  }

  @Test
  void thePortCanBeClosedOrFreeAndTheAddressChosen() {
    assertThat(Env.valid().with("ALGO_METRICS_PORT", "off").load().http().port()).isEmpty();
    assertThat(Env.valid().with("ALGO_METRICS_PORT", "0").load().http().port()).hasValue(0);
    for (String address : new String[] {"127.0.0.1", "::1", "[::1]", "localhost"}) {
      assertThat(Env.valid().with("ALGO_METRICS_ADDRESS", address).load().http().address())
          .contains(address);
    }
    assertThat(Env.valid().with("ALGO_METRICS_ADDRESS", "all").load().http().address()).isEmpty();
  }

  @Test
  void aMisspeltSettingIsAWarningWithTheNearest() {
    AlgoSettings settings =
        Env.valid()
            .with("ALGO_ORDERNG", "key")
            .with("ALGO_" + "X".repeat(200), "1")
            .property("algo.batchsize", "2")
            .override("ALGO_TIME_OUT", "1s")
            .with("ALGORITHM", "none of ours")
            .load();
    assertThat(settings.warnings())
        .containsExactlyInAnyOrder(
            "ALGO_ORDERNG is no setting and is ignored; did you mean ALGO_ORDERING?",
            "ALGO_" + "X".repeat(74) + "… is no setting and is ignored",
            "algo.batchsize is no setting and is ignored; did you mean algo.batch.size?",
            "ALGO_TIME_OUT is no setting and is ignored; did you mean ALGO_TIMEOUT?");
  }

  @ParameterizedTest
  @CsvSource({"a,a,0", "a,b,1", "'',abc,3", "kitten,sitting,3", "flaw,lawn,2", "abc,'',3"})
  void theDistanceIsLevenshteins(String a, String b, int distance) {
    assertThat(StrayVariables.distance(a, b)).isEqualTo(distance);
  }
}
