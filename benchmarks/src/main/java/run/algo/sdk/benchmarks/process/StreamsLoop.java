package run.algo.sdk.benchmarks.process;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;
import run.algo.sdk.kafka.config.Delivery;

/**
 * The same in Kafka Streams: a source, one processor, a sink, no state. Its clients have the SDK's
 * properties, except where Streams insists on its own (assignment, offsets, transactional ID) or
 * has a default that suits it better: records of a poll.
 */
final class StreamsLoop {

  private static final long LOOK_MILLIS = 100;

  /** What Streams sets for itself, or knows better. */
  private static final Set<String> ITS_OWN =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          CommonClientConfigs.CLIENT_ID_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG);

  /** What the client itself has where nothing is set; Streams would wait 20 times as long. */
  private static final int LINGER_MS = 5;

  private final AlgoSettings settings;
  private final int threads;
  private final Job job;

  StreamsLoop(AlgoSettings settings, int threads, Job job) {
    this.settings = settings;
    this.threads = threads;
    this.job = job;
  }

  /** Runs until all records are acknowledged, and ends as a shutdown does, with a commit. */
  void run(String input, String output, AckMeter meter) throws InterruptedException {
    try (KafkaStreams streams = new KafkaStreams(topology(input, output), properties())) {
      streams.setUncaughtExceptionHandler(
          error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.start();
      while (!meter.awaitDone(LOOK_MILLIS)) {
        if (streams.state().hasStartedOrFinishedShuttingDown()) {
          throw new IllegalStateException("Kafka Streams has failed");
        }
      }
    }
  }

  private Topology topology(String input, String output) {
    ByteArrayDeserializer in = new ByteArrayDeserializer();
    ByteArraySerializer out = new ByteArraySerializer();
    BareOutput made = new BareOutput(output, job.values().contentType());
    return new Topology()
        .addSource("input", in, in, input)
        .addProcessor("work", () -> new Worker(job, made), "input")
        .addSink("output", output, out, out, "work");
  }

  private Properties properties() {
    boolean exactlyOnce = settings.engine().delivery() == Delivery.EXACTLY_ONCE;
    Properties properties = new Properties();
    Map<String, Object> consumer = ClientProperties.consumer(settings);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.groupId());
    properties.put(
        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
        String.valueOf(consumer.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)));
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.engine().commitInterval().toMillis());
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    consumer.forEach(
        (name, value) -> {
          if (!ITS_OWN.contains(name)) {
            properties.put(StreamsConfig.mainConsumerPrefix(name), value);
          }
        });
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MS);
    Map<String, Object> producer =
        exactlyOnce ? BareTransactions.producer(settings) : ClientProperties.producer(settings);
    producer.forEach(
        (name, value) -> {
          if (!ITS_OWN.contains(name)) {
            properties.put(StreamsConfig.producerPrefix(name), value);
          }
        });
    return properties;
  }

  /** Works, and passes the output's value on with the headers of the SDK's output. */
  private static final class Worker extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final Job job;
    private final BareOutput output;

    Worker(Job job, BareOutput output) {
      this.job = job;
      this.output = output;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      byte[] value = job.runHere(record.value());
      RecordMetadata at =
          context()
              .recordMetadata()
              .orElseThrow(() -> new IllegalStateException("the record has no position"));
      context()
          .forward(
              new Record<>(
                  record.key(),
                  value,
                  record.timestamp(),
                  output.headers(record.headers(), at.topic(), at.partition(), at.offset())));
    }
  }
}
