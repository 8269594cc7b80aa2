package run.algo.examples.imageresize;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.RunnerState;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.storage.S3FileStoreProvider;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.s3.EmbeddedS3;

/** Kafka and S3 in this process, and what stands before and behind the Algo in a pipeline. */
final class LocalPipeline implements AutoCloseable {

  static final String PICTURES = "demo.pictures";
  static final String THUMBNAILS = "demo.thumbnails";

  private static final String DEAD_LETTERS = PICTURES + ".dlq";
  private static final String BUCKET = "demo.imageresize";

  /** What the operator mounts: the output is one of file references, and they are JPEG. */
  private static final String CONFIG =
      """
      {"deploymentOwner": "demo", "deploymentName": "imageresize",
       "owner": "demo", "name": "imageresize", "version": "1", "index": 0,
       "inputs": [{"name": "pictures", "contentTypes": ["image/jpeg", "image/png"]}],
       "outputs": [{"name": "thumbnails", "contentType": "image/jpeg"}],
       "pipes": [{"sourceName": "demo/imageresize:1[0]", "sourceOutputName": "thumbnails",
                  "sourceOutputMessageDataType": "FileReference"}]}""";

  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final FileStore store;

  private LocalPipeline(EmbeddedKafka kafka, EmbeddedS3 s3, FileStore store) {
    this.kafka = kafka;
    this.s3 = s3;
    this.store = store;
  }

  static LocalPipeline start(Path folder) {
    EmbeddedS3 s3 = EmbeddedS3.start();
    try {
      EmbeddedKafka kafka =
          EmbeddedKafka.builder()
              .topic(PICTURES, 1)
              .topic(THUMBNAILS, 1)
              .topic(DEAD_LETTERS, 1)
              .start();
      FileStore store = new S3FileStoreProvider().open(s3.settings(BUCKET, folder));
      return new LocalPipeline(kafka, s3, store);
    } catch (RuntimeException e) {
      s3.close();
      throw e;
    }
  }

  /** What an operator would give the Algo's container. */
  Map<String, String> environment(Path folder) {
    return Map.of(
        "KAFKA_BROKERS",
        kafka.bootstrapServers(),
        "KAFKA_INPUT_TOPIC_PICTURES",
        PICTURES,
        "KAFKA_OUTPUT_TOPIC_THUMBNAILS",
        THUMBNAILS,
        "MC_HOST_algorun",
        s3.connectionString(),
        "ALGO_RUNNER_CONFIG",
        CONFIG,
        "ALGO_INPUT_DIR",
        folder.toString(),
        "ALGO_METRICS_PORT",
        "off");
  }

  /** Stores a picture, as whatever feeds the Algo does. */
  FileReference upload(PictureFile picture) throws IOException {
    return store.write(FileTarget.of("uploads/picture"), picture.path());
  }

  /** Tells the Algo of it. */
  void produce(FileReference reference, PictureFile picture) {
    List<Header> headers =
        List.of(
            header("traceID", "imageresize-demo"),
            header("messageDataType", "FileReference"),
            header("contentType", "image/" + picture.header().format().toLowerCase(Locale.ROOT)),
            header("fileName", picture.name()));
    Map<String, Object> properties =
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      var unused = // a broker in this process; what is lost nobody answers
          producer.send(
              new ProducerRecord<>(PICTURES, 0, (byte[]) null, reference.toJson(), headers));
      producer.flush();
    }
  }

  /**
   * Waits for the first record of the thumbnails.
   *
   * @throws KafkaException when the Algo refuses the picture or ends, or nothing comes in time
   */
  ConsumerRecord<byte[], byte[]> await(AlgoRunner runner, Duration timeout) {
    Map<String, Object> properties =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(
          List.of(new TopicPartition(THUMBNAILS, 0), new TopicPartition(DEAD_LETTERS, 0)));
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < timeout.toNanos()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.topic().equals(THUMBNAILS)) {
            return record;
          }
          throw new KafkaException(
              "The Algo refuses the picture: " + text(record, "dlqExceptionMessage"));
        }
        if (runner.state() == RunnerState.FAILED) {
          throw new KafkaException("The Algo ended: " + runner.failure().orElseThrow());
        }
      }
    }
    throw new KafkaException("Nothing has come within " + timeout.toSeconds() + " seconds");
  }

  FileStore store() {
    return store;
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
    Header found = record.headers().lastHeader(header);
    return found == null ? "" : new String(found.value(), UTF_8);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }

  @Override
  public void close() {
    store.close();
    kafka.close();
    s3.close();
  }

  @Override
  public String toString() {
    return "Kafka on " + kafka.bootstrapServers() + ", S3 on " + s3.endpoint();
  }
}
