package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileHousekeeping;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.HousekeepingPlan;
import run.algo.sdk.spi.StoredFile;
import run.algo.sdk.testkit.InMemoryFileStore;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What topics refer to stays, with all of its trace; the rest is removed. */
@WithEmbeddedKafka
class ReferencedFilesIT {

  private static final String HOST = "minio:9000";
  private static final String BUCKET = "acme.words";

  private final EmbeddedKafka kafka;
  private final String pictures = TopicNames.unique("pictures");
  private final String letters = TopicNames.unique("letters");
  private final InMemoryFileStore store = new InMemoryFileStore(HOST, BUCKET);

  ReferencedFilesIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
    kafka.createTopic(pictures, 3);
    kafka.createTopic(letters, 1);
  }

  private Map<String, Object> consumer() {
    return Map.of(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(), "group.id", "mine");
  }

  private FileReference stored(String key) throws Exception {
    return store.write(FileTarget.of(key), key.getBytes(UTF_8));
  }

  private void produce(String topic, String type, byte[]... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (byte[] value : values) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, value);
        record.headers().add("messageDataType", type.getBytes(UTF_8));
        producer.send(record).get();
      }
    }
  }

  private HousekeepingPlan plan(ReferencedFiles references) throws Exception {
    return FileHousekeeping.builder(store, HOST, BUCKET, references)
        .leastAge(Duration.ZERO)
        .shortAges()
        .otherKeys()
        .clock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)))
        .build()
        .plan("");
  }

  @Test
  void whatNoRecordRefersToIsFoundAndWhatCameSinceStays() throws Exception {
    produce(
        pictures,
        "FileReference",
        stored("t1/in-0-1/out-0-a.png").toJson(),
        stored("of-a-sidecar.png").toJson(),
        "no reference".getBytes(UTF_8));
    produce(letters, "FileReference", stored("t2/in-0-2/out-0-b.png").toJson());
    produce(letters, "Embedded", stored("t3/in-0-3/out-0-c.png").toJson());
    stored("t1/in-0-1/log-1-d.txt"); // of a trace that is referenced
    stored("t4/in-0-4/out-0-e.png");
    stored("unknown.png");

    try (ReferencedFiles references = ReferencedFiles.of(consumer(), List.of(pictures, letters))) {
      references.refresh();
      assertThat(references.references()).isEqualTo(3);
      assertThat(references.unreadable()).isEqualTo(1);
      HousekeepingPlan plan = plan(references);
      assertThat(plan.files())
          .extracting(StoredFile::key)
          .containsExactly("t3/in-0-3/out-0-c.png", "t4/in-0-4/out-0-e.png", "unknown.png");

      FileReference late = store.write(FileTarget.of("t9/in-0-9/out-0-z.png"), new byte[1]);
      produce(letters, "FileReference", reference("t4/in-0-4/out-0-e.png"), late.toJson());
      references.refresh();
      assertThat(references.references()).isEqualTo(5);
      assertThat(plan.remove().removed())
          .extracting(StoredFile::key)
          .containsExactly("t3/in-0-3/out-0-c.png", "unknown.png");
    }
    assertThat(store.list("", ""))
        .extracting(StoredFile::key)
        .containsExactlyInAnyOrder(
            "of-a-sidecar.png",
            "t1/in-0-1/log-1-d.txt",
            "t1/in-0-1/out-0-a.png",
            "t2/in-0-2/out-0-b.png",
            "t4/in-0-4/out-0-e.png",
            "t9/in-0-9/out-0-z.png");
  }

  private static byte[] reference(String key) {
    return ("{\"host\":\"" + HOST + "\",\"bucket\":\"" + BUCKET + "\",\"file\":\"" + key + "\"}")
        .getBytes(UTF_8);
  }

  @Test
  void manyTracesAreKeptApart() throws Exception {
    byte[][] values = new byte[3_000][];
    for (int i = 0; i < values.length; i++) {
      values[i] = reference("trace-" + (i % 2_500) + "/in-0-" + i + "/out-0-x");
    }
    produce(pictures, "FileReference", values);
    for (int i = 0; i < 2_600; i++) {
      stored("trace-" + i + "/in-0-" + i + "/out-0-x");
    }
    try (ReferencedFiles references = ReferencedFiles.of(consumer(), List.of(pictures))) {
      references.refresh();
      assertThat(plan(references).count()).isEqualTo(100);
    }
  }

  @Test
  void nothingIsTakenForUnreferencedForWantOfTopics() throws Exception {
    stored("a/b/c");
    assertThatThrownBy(() -> ReferencedFiles.of(consumer(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("topics");
    try (ReferencedFiles references =
        ReferencedFiles.of(consumer(), List.of(pictures, "there-is-none"))) {
      assertThatThrownBy(references::refresh)
          .isInstanceOf(UnknownTopicOrPartitionException.class)
          .hasMessageContaining("there-is-none");
      assertThat(plan(references).files()).isEmpty();
      assertThat(plan(references).counts().unclear()).isEqualTo(1);
    }
  }
}
