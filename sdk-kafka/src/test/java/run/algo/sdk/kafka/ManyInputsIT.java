package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Output;
import run.algo.sdk.Pipe;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.guarantees.NoDuplicates;
import run.algo.sdk.testkit.guarantees.NoLoss;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.kafka.TopicNames;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Several inputs and outputs of several types, several runners, and no thread left behind. */
@WithEmbeddedKafka
class ManyInputsIT {

  private static final int RECORDS = 30;

  private final EmbeddedKafka kafka;
  private final KafkaProbe probe;

  ManyInputsIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
    this.probe = kafka.probe();
  }

  /** A JSON value. */
  record Order(String customer, int amount) {}

  /** Another. */
  record Invoice(String customer, int total, String from) {}

  private String topic(String name) {
    String topic = TopicNames.unique(name);
    kafka.createTopic(topic, 2);
    return topic;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", kafka.bootstrapServers());
    environment.put("ALGO_GROUP_ID", TopicNames.unique("algorun-test"));
    environment.put("ALGO_METRICS_PORT", "off");
    environment.put("ALGO_COMMIT_INTERVAL", "50ms");
    return environment;
  }

  @Test
  void inputsAndOutputsOfThreeTypesRunSideBySide() {
    Pipe<Order> orders = Pipe.json("orders", Order.class);
    Pipe<String> notes = Pipe.text("notes");
    Pipe<byte[]> images = Pipe.bytes("images");
    Pipe<Invoice> invoices = Pipe.json("invoices", Invoice.class);
    Pipe<String> shouts = Pipe.text("shouts");
    Pipe<byte[]> mirrored = Pipe.bytes("mirrored");
    Map<String, String> topics = new HashMap<>();
    Map<String, String> environment = environment();
    for (Pipe<?> pipe : List.of(orders, notes, images)) {
      topics.put(pipe.name(), topic(pipe.name()));
      environment.put(
          "KAFKA_INPUT_TOPIC_" + pipe.name().toUpperCase(Locale.ROOT), topics.get(pipe.name()));
    }
    for (Pipe<?> pipe : List.of(invoices, shouts, mirrored)) {
      topics.put(pipe.name(), topic(pipe.name()));
      environment.put(
          "KAFKA_OUTPUT_TOPIC_" + pipe.name().toUpperCase(Locale.ROOT), topics.get(pipe.name()));
    }
    Algo<Order, Invoice> bill =
        (order, context) -> {
          context.emit(Output.of(shouts, "billed " + order.customer()));
          return new Invoice(order.customer(), 2 * order.amount(), context.input());
        };
    Algo<String, String> shout = (text, context) -> text.toUpperCase(Locale.ROOT);
    Algo<byte[], byte[]> mirror =
        (bytes, context) -> {
          byte[] turned = new byte[bytes.length];
          for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
          }
          return turned;
        };
    NoLoss loss = new NoLoss();
    NoDuplicates duplicates = new NoDuplicates();
    for (int i = 0; i < RECORDS; i++) {
      probe.produce(
          topics.get("orders"), "k" + i, "{\"customer\":\"c" + i + "\",\"amount\":" + i + "}");
      probe.produce(topics.get("notes"), "k" + i, "note " + i);
      probe.produce(topics.get("images"), "k" + i, "abc" + i);
      loss.expected(
          "invoices {\"customer\":\"c" + i + "\",\"total\":" + 2 * i + ",\"from\":\"orders\"}");
      loss.expected("shouts billed c" + i);
      loss.expected("shouts NOTE " + i);
      loss.expected("mirrored " + new StringBuilder("abc" + i).reverse());
    }
    try (AlgoRunner runner =
        AlgoRunner.builder()
            .input(orders, bill, invoices)
            .input(notes, shout, shouts)
            .input(images, mirror, mirrored)
            .environment(environment)
            .build()) {
      runner.start();
      see("invoices", topics, RECORDS, loss, duplicates);
      see("shouts", topics, 2 * RECORDS, loss, duplicates);
      see("mirrored", topics, RECORDS, loss, duplicates);
    }
    Guarantee.verifyAll(loss, duplicates);
    assertThat(contentType(topics.get("invoices"))).isEqualTo("application/json");
    assertThat(contentType(topics.get("shouts"))).startsWith("text/plain");
    assertThat(contentType(topics.get("mirrored"))).isEqualTo("application/octet-stream");
  }

  private void see(
      String output, Map<String, String> topics, int count, NoLoss loss, NoDuplicates duplicates) {
    probe
        .readAll(topics.get(output), count, Deployment.SOON)
        .forEach(
            record -> {
              loss.seen(output + " " + record.value());
              duplicates.seen(output + " " + record.value());
            });
  }

  private String contentType(String topic) {
    return new String(
        probe
            .readAllBytes(topic, 1, Deployment.SOON)
            .get(0)
            .headers()
            .lastHeader("contentType")
            .value(),
        UTF_8);
  }

  @Test
  void twoInputsOnOneTopicAreDeliveredOnceToTheFirstDeclared() {
    String shared = topic("shared");
    String out = topic("out");
    Map<String, String> environment = environment();
    environment.put("KAFKA_INPUT_TOPIC_SECOND", shared);
    environment.put("KAFKA_INPUT_TOPIC_FIRST", shared);
    environment.put("KAFKA_OUTPUT_TOPIC_OUT", out);
    Pipe<String> words = Pipe.text("out");
    Algo<String, String> who = (text, context) -> context.input() + " " + text;
    probe.produceAll(shared, IntStream.range(0, RECORDS).mapToObj(i -> "r" + i).toList());
    // Neither the order of the environment nor that of the alphabet decides.
    try (AlgoRunner runner =
        AlgoRunner.builder()
            .input(Pipe.text("second"), who, words)
            .input(Pipe.text("first"), who, words)
            .environment(environment)
            .build()) {
      runner.start();
      await()
          .atMost(Deployment.SOON)
          .until(
              () ->
                  probe.committedOffsets(environment.get("ALGO_GROUP_ID")).values().stream()
                          .mapToLong(o -> o.offset())
                          .sum()
                      == RECORDS);
    }
    List<ConsumerRecord<String, String>> results = probe.readAll(out, RECORDS, Deployment.SOON);
    assertThat(results)
        .extracting(ConsumerRecord::value)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, RECORDS).mapToObj(i -> "second r" + i).toList());
  }

  /** Upper-cases. */
  private static final class Uppercase implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  @Test
  void severalRunnersShareAProcessAndLeaveNoThreadBehind() {
    String in = topic("in");
    probe.produceAll(in, List.of("warm up")); // the probe's own threads are there from here on
    Set<Thread> before = threads();
    List<AlgoRunner> runners = new ArrayList<>();
    List<String> outs = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        String out = topic("out");
        outs.add(out);
        Map<String, String> environment = environment();
        environment.put("KAFKA_INPUT_TOPIC_IN", in);
        environment.put("KAFKA_OUTPUT_TOPIC_OUT", out);
        AlgoRunner runner = AlgoRunner.builder(new Uppercase()).environment(environment).build();
        runners.add(runner);
        runner.start();
      }
      for (String out : outs) {
        // Each is a group of its own, so each reads all.
        assertThat(probe.readAll(out, 1, Deployment.SOON))
            .extracting(ConsumerRecord::value)
            .containsExactly("WARM UP");
      }
      assertThat(names(before)).as("the runners' threads").isNotEmpty();
    } finally {
      runners.forEach(AlgoRunner::close);
    }
    await("threads of the runners have ended")
        .atMost(Deployment.SOON)
        .untilAsserted(() -> assertThat(names(before)).isEmpty());
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  /** Names of threads that were not there before and are not the test's own helpers. */
  private static Set<String> names(Set<Thread> before) {
    return threads().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("algo-")
                    || name.startsWith("kafka-producer-network-thread")
                    || name.startsWith("kafka-coordinator-heartbeat-thread")
                    || name.startsWith("kafka-admin-client-thread")
                    || name.startsWith("consumer_background_thread")
                    || name.contains("algorun"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
