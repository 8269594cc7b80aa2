package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.SendResult;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;

/**
 * Spring Kafka without Spring Boot: a container of one thread, as Kafka Streams has, and a template
 * that sends without waiting. Its clients have the SDK's properties.
 *
 * <p>The container takes a record for done when the listener returns, acknowledged or not. So what
 * most write, {@code template.send(...)} and nothing else, may commit what is not written. Correct
 * here, and the fastest of what was tried:
 *
 * <ul>
 *   <li>Records: the factory's post-processor gives the container a consumer that flushes before it
 *       commits ({@link FlushedCommits}). Acknowledging by hand out of order ({@code asyncAcks}),
 *       as the reference has it, is slower: the container pauses after each poll until the last of
 *       its records is acknowledged, and is woken for each.
 *   <li>Batches: as the reference has it, the listener flushes and waits for the futures of its
 *       batch before it returns. Waiting without the flush is slower, and flushing only before
 *       commits is not faster.
 * </ul>
 *
 * Both commit by time, as often as the SDK, and without waiting for it; on a stop too.
 */
final class SpringLoop {

  private static final long LOOK_MILLIS = 100;

  private final AlgoSettings settings;
  private final BareOutput output;
  private final Job job;
  private final DefaultKafkaProducerFactory<byte[], byte[]> producers;
  private final KafkaTemplate<byte[], byte[]> template;
  private final FlushedCommits commits;

  SpringLoop(AlgoSettings settings, String output, Job job) {
    this.settings = settings;
    this.output = new BareOutput(output, job.values().contentType());
    this.job = job;
    producers = new DefaultKafkaProducerFactory<>(ClientProperties.producer(settings));
    template = new KafkaTemplate<>(producers);
    commits = new FlushedCommits(template::flush);
  }

  /** Runs until all records are acknowledged, and ends as a shutdown does, with a commit. */
  void run(Arm.Form form, String input, AckMeter meter) throws InterruptedException {
    ConcurrentMessageListenerContainer<byte[], byte[]> container = container(form, input);
    container.start();
    try {
      while (!meter.awaitDone(LOOK_MILLIS)) {
        commits.check();
        if (!container.isRunning()) {
          throw new IllegalStateException("the container has stopped");
        }
      }
    } finally {
      container.stop();
      producers.destroy();
    }
  }

  private ConcurrentMessageListenerContainer<byte[], byte[]> container(
      Arm.Form form, String input) {
    Map<String, Object> consumer = ClientProperties.consumer(settings);
    DefaultKafkaConsumerFactory<byte[], byte[]> consumers =
        new DefaultKafkaConsumerFactory<>(consumer);
    ContainerProperties properties = new ContainerProperties(input);
    properties.setAckMode(AckMode.TIME);
    properties.setAckTime(settings.engine().commitInterval().toMillis());
    properties.setSyncCommits(false);
    if (form == Arm.Form.BATCH) {
      BatchMessageListener<byte[], byte[]> listener = this::takeAll;
      properties.setMessageListener(listener);
    } else {
      consumers.addPostProcessor(commits::around);
      MessageListener<byte[], byte[]> listener = this::take;
      properties.setMessageListener(listener);
    }
    return new ConcurrentMessageListenerContainer<>(consumers, properties);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    var unused = send(record).whenComplete((result, error) -> commits.ended(error));
  }

  private void takeAll(List<ConsumerRecord<byte[], byte[]>> records) {
    List<CompletableFuture<?>> sends = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      sends.add(send(record));
    }
    template.flush();
    CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
  }

  private CompletableFuture<SendResult<byte[], byte[]>> send(
      ConsumerRecord<byte[], byte[]> record) {
    return template.send(output.of(record, job.runHere(record.value())));
  }
}
