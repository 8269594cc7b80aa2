package run.algo.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.RunnerState;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.ClientProperties;

/**
 * Publishes a text file line by line, runs {@link WordCount} on it, and prints the most frequent
 * words: {@code mvn -q -Pquickstart}, with {@code -Dfile=PATH} for a text of one's own.
 *
 * <p>Kafka runs in this process. Where the environment has {@code KAFKA_BROKERS}, that cluster is
 * used instead, and the environment must be a deployment's: {@code KAFKA_INPUT_TOPIC_LINES}, {@code
 * KAFKA_OUTPUT_TOPIC_WORDS} and {@code ALGO_GROUP_ID}; the topics must exist.
 *
 * <p>Exits with 0 when every line was counted, with 78 when the settings are wrong, with 1 when
 * anything else hinders it; standard error then says what.
 */
public final class Quickstart {

  private static final String FILE = "--file=";
  private static final int OK = 0;
  private static final int FAILED = 1;

  /** A run in which nothing moves for so long has come to its end. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);
  private static final int ANSWER_WITHIN_MS = 15_000;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  Quickstart(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it and ends the process.
   *
   * @param args {@code --file=PATH}
   */
  public static void main(String[] args) {
    // Words may be of any script, whatever this machine's locale is.
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    System.exit(new Quickstart(System.getenv(), out, System.err).run(args));
  }

  int run(String... args) {
    if (args.length != 1 || !args[0].startsWith(FILE)) {
      err.println("Give the path of one text file: mvn -q -Pquickstart -Dfile=PATH");
      return FAILED;
    }
    try {
      TextFile file = TextFile.check(args[0].substring(FILE.length()));
      if (file.isEmpty()) {
        out.println(file + " is empty: there are no words to count.");
        return OK;
      }
      out.println("Counting the words of " + file + " by an Algo on Kafka");
      out.println();
      return count(file);
    } catch (TextFile.UnusableException | IOException | KafkaException e) {
      err.println(e.getMessage());
      return FAILED;
    } catch (AlgoConfigurationException e) {
      err.println(e.getMessage());
      return AlgoConfigurationException.EXIT_CODE;
    } catch (InterruptedException e) {
      err.println("interrupted");
      return FAILED;
    }
  }

  private int count(TextFile file) throws IOException, InterruptedException {
    if (Cluster.isEmbedded(environment)) {
      out.println("  Kafka       starts in this process");
    }
    try (Cluster cluster = Cluster.of(environment);
        AlgoRunner runner =
            AlgoRunner.builder()
                .environment(cluster.environment())
                .input(WordCount.LINES, new WordCount(), WordCount.WORDS)
                .build()) {
      out.println("  Kafka       " + cluster);
      AlgoSettings settings = runner.settings();
      String input = settings.inputs().get(0).topics().get(0);
      String output = settings.outputs().get(0).topic();
      Map<String, Object> client = clientProperties(settings);
      Traces traces = new Traces(UUID.randomUUID().toString());
      try (Admin admin = Admin.create(client)) {
        requireTopics(admin, List.of(input, output));
        try (Tally tally = new Tally(client, admin, output, settings.groupId(), traces)) {
          runner.start();
          long begin = System.nanoTime();
          Publisher.Published published = new Publisher(client).publish(file, input, traces);
          out.printf(Locale.ROOT, "  published   %,d lines to %s%n", published.lines(), input);
          await(runner, tally, published);
          return report(tally, published, (System.nanoTime() - begin) / 1e9);
        }
      }
    }
  }

  private static Map<String, Object> clientProperties(AlgoSettings settings) {
    Map<String, Object> properties = new HashMap<>(ClientProperties.admin(settings));
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "quickstart");
    properties.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
    properties.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
    return properties;
  }

  private static void requireTopics(Admin admin, List<String> topics) throws InterruptedException {
    try {
      admin.describeTopics(topics).allTopicNames().get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new KafkaException(
          cause instanceof UnknownTopicOrPartitionException
              ? "Topics " + String.join(" and ", topics) + " must exist: create them first"
              : "Kafka does not answer: " + cause.getMessage(),
          cause);
    }
  }

  private void await(AlgoRunner runner, Tally tally, Publisher.Published published)
      throws InterruptedException {
    long moved = System.nanoTime();
    long told = moved;
    int results = 0;
    while (!tally.advance(published)) {
      long now = System.nanoTime();
      if (tally.results() > results) {
        results = tally.results();
        moved = now;
      }
      if (runner.state() == RunnerState.FAILED) {
        throw new KafkaException("The Algo ended: " + runner.failure().orElseThrow());
      }
      if (now - moved > PATIENCE.toNanos()) {
        throw new KafkaException(
            "Nothing has moved for " + PATIENCE.toSeconds() + " seconds: " + runner.notReady());
      }
      if (now - told > PROGRESS_EVERY.toNanos()) {
        told = now;
        out.printf(Locale.ROOT, "  counted     %,d of %,d%n", results, published.lines());
      }
    }
  }

  private int report(Tally tally, Publisher.Published published, double seconds) {
    out.printf(Locale.ROOT, "  counted     %,d lines%n%n", tally.results());
    Report.table(out, tally.counts());
    out.println();
    out.println(
        Report.figures(published.lines(), tally.results(), seconds, tally.committedOffsets()));
    if (tally.results() < published.lines()) {
      err.println(
          "Lines without a result are among the dead letters, in the topic that ends with .dlq");
      return FAILED;
    }
    return OK;
  }
}
