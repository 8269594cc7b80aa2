package run.algo.sdk.benchmarks.process;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ParallelConsumerOptionsBuilder;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import io.confluent.parallelconsumer.PollContext;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;
import run.algo.sdk.kafka.config.Ordering;

/**
 * Confluent's Parallel Consumer by key or in no order, on the same clients as the SDK.
 *
 * <p>It takes a record for done when the function returns. Its own {@code pollAndProduce} waits
 * there for the acknowledgement, so a thread and a key do one record a round trip. Faster, and as
 * safe, is what is done here: the function sends without waiting, and the consumer that it is given
 * flushes before it commits ({@link FlushedCommits}), which is in its asynchronous mode and as
 * often as the SDK.
 *
 * <p>Where nothing waits, it has the threads that it has by default and gets records in batches,
 * which saves it a third of its processor time in no order and little by key: of a key it gives out
 * one record a turn, and a turn lasts more than a millisecond, so the most frequent key is what
 * bounds it: 1,000 of its records take more than a second, whatever else is set. Where the work
 * waits, it gets single records, with as many threads as the SDK has executions, and a buffer of as
 * many records as the SDK has in flight. They are platform threads: it has no option for virtual
 * ones.
 */
final class ParallelConsumerLoop {

  private static final long LOOK_MILLIS = 100;

  /** Its own default. */
  private static final int THREADS = ParallelConsumerOptions.DEFAULT_MAX_CONCURRENCY;

  private static final int BATCH = 50;

  /** As the SDK, where threads are virtual. */
  private static final int WAITING_THREADS = 1_000;

  private final AlgoSettings settings;
  private final BareOutput output;
  private final Job job;

  ParallelConsumerLoop(AlgoSettings settings, String output, Job job) {
    this.settings = settings;
    this.output = new BareOutput(output, job.values().contentType());
    this.job = job;
  }

  /** Runs until all records are acknowledged, and ends as a shutdown does, with a commit. */
  void run(String input, AckMeter meter) throws InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(ClientProperties.producer(settings))) {
      FlushedCommits commits = new FlushedCommits(producer::flush);
      Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(ClientProperties.consumer(settings));
      ParallelStreamProcessor<byte[], byte[]> processor =
          ParallelStreamProcessor.createEosStreamProcessor(options(commits.around(consumer)));
      processor.subscribe(List.of(input));
      processor.poll(polled -> take(polled, producer, commits));
      try {
        while (!meter.awaitDone(LOOK_MILLIS)) {
          commits.check();
          if (processor.isClosedOrFailed()) {
            throw new IllegalStateException("Parallel Consumer has failed");
          }
        }
      } finally {
        processor.closeDrainFirst();
      }
    }
  }

  private ParallelConsumerOptions<byte[], byte[]> options(Consumer<byte[], byte[]> consumer) {
    boolean byKey = settings.engine().ordering() == Ordering.KEY;
    ParallelConsumerOptionsBuilder<byte[], byte[]> options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .consumer(consumer)
            .ordering(byKey ? ProcessingOrder.KEY : ProcessingOrder.UNORDERED)
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .commitInterval(settings.engine().commitInterval());
    boolean waits = job.work().waits();
    int threads = settings.engine().concurrency().orElse(waits ? WAITING_THREADS : THREADS);
    return waits
        ? options.maxConcurrency(threads).messageBufferSize(settings.engine().maxInFlight()).build()
        : options.maxConcurrency(threads).batchSize(BATCH).build();
  }

  private void take(
      PollContext<byte[], byte[]> polled,
      KafkaProducer<byte[], byte[]> producer,
      FlushedCommits commits) {
    for (ConsumerRecord<byte[], byte[]> record : polled.getConsumerRecordsFlattened()) {
      byte[] value = job.runHere(record.value());
      var unused =
          producer.send(output.of(record, value), (metadata, error) -> commits.ended(error));
    }
  }
}
