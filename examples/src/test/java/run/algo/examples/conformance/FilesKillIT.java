package run.algo.examples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.KafkaProbe;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;
import run.algo.sdk.testkit.s3.S3RequestKind;

/**
 * A process that is killed at any point between the first part of a file and the commit of the
 * record that commanded it leaves, once it has come back, one object for each file, a reference to
 * it that can be read, and nothing unfinished.
 */
class FilesKillIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 2;

  /** Three parts of the least length that there is. */
  private static final long BYTES = (11 << 20) + 1;

  private static EmbeddedKafka kafka;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  /** When a process is killed. */
  private enum Moment {
    /** A request has been refused; the process would try it again. */
    NOT_DONE,
    /** A request has been carried out, and the process does not know it. */
    DONE_UNHEARD,
    /** Whatever comes of a request that has arrived. */
    UNDER_WAY,
    /** See {@link SendKill}. */
    BEFORE_SEND,
    AFTER_ACK
  }

  /** A point of a file's way; the kind of request matters before there is a reference. */
  private record Point(Moment moment, S3RequestKind kind) {}

  private static List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (S3RequestKind kind :
        List.of(
            S3RequestKind.CREATE_UPLOAD,
            S3RequestKind.UPLOAD_PART,
            S3RequestKind.COMPLETE_UPLOAD)) {
      points.add(new Point(Moment.NOT_DONE, kind));
      points.add(new Point(Moment.DONE_UNHEARD, kind));
      points.add(new Point(Moment.UNDER_WAY, kind));
    }
    points.add(new Point(Moment.BEFORE_SEND, S3RequestKind.OTHER));
    points.add(new Point(Moment.AFTER_ACK, S3RequestKind.OTHER));
    return points;
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aKillWhileAFileIsWrittenLeavesOneFile(String delivery) throws Exception {
    try (Lives lives = new Lives("kill", delivery)) {
      List<Point> points = points();
      Collections.shuffle(points, lives.random);
      // One of each half of the way; the long round has all of them.
      lives.liveAndDie(first(points, false));
      lives.liveAndDie(first(points, true));
      lives.endAndJudge();
    }
  }

  @ParameterizedTest
  @Tag("chaos")
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void manyKillsWhileFilesAreWrittenLeaveOneFileEach(String delivery) throws Exception {
    for (int round = 0; round < 3; round++) {
      try (Lives lives = new Lives("kills-" + round, delivery)) {
        List<Point> points = points();
        Collections.shuffle(points, lives.random);
        for (Point point : points) {
          lives.liveAndDie(point);
        }
        lives.endAndJudge();
      }
    }
  }

  private static Point first(List<Point> points, boolean referred) {
    return points.stream()
        .filter(point -> (point.kind() == S3RequestKind.OTHER) == referred)
        .findFirst()
        .orElseThrow();
  }

  /** One process after another, with a store of their own. */
  private final class Lives implements AutoCloseable {

    final Random random;
    private final EmbeddedS3 s3 = EmbeddedS3.start();
    private final Deployment deployment;
    private final boolean transactional;
    private final Map<String, String> environment;
    private final Path classes;

    /** Seed of each file that was commanded, by its trace. */
    private final Map<String, Long> seeds = new HashMap<>();

    private int lives;

    Lives(String name, String delivery) throws URISyntaxException {
      long seed = Long.getLong("seed", System.nanoTime());
      System.out.println("FilesKillIT: repeat with -Dseed=" + seed);
      random = new Random(seed);
      transactional = delivery.equals("exactly-once");
      deployment = Deployment.createWithFiles(kafka, name + "-" + delivery, PARTITIONS);
      environment = deployment.environment(deployment.group() + "-0", s3);
      environment.put("ALGO_DELIVERY", delivery);
      environment.put("ALGO_COMMIT_INTERVAL", "100ms");
      environment.put("ALGO_STORAGE_PART_SIZE", "5MiB");
      environment.put("KAFKA_PRODUCER_INTERCEPTOR_CLASSES", SendKill.class.getName());
      // As a StatefulSet's pods are named: a process that comes back ends what it has left open,
      // and has its partitions back without waiting for its session to end.
      environment.put("KAFKA_CONSUMER_GROUP_INSTANCE_ID", deployment.group() + "-0");
      classes = Path.of(SendKill.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Each life has a file more to write in each partition, besides what was left to it. */
    private void command() {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        String trace = "file-" + seeds.size();
        long seed = random.nextLong();
        seeds.put(trace, seed);
        kafka
            .probe()
            .produce(
                KafkaProbe.record(
                    deployment.commands(),
                    partition,
                    null,
                    "{\"op\":\"file\",\"bytes\":%d,\"seed\":%d}".formatted(BYTES, seed),
                    KafkaProbe.header("traceID", trace)));
      }
    }

    void liveAndDie(Point point) {
      command();
      switch (point.moment()) {
        case BEFORE_SEND -> dieByItself(SendKill.Point.BEFORE_SEND);
        case AFTER_ACK -> dieByItself(SendKill.Point.AFTER_ACK);
        case NOT_DONE -> {
          s3.addFault(S3Fault.error(503).on(point.kind()));
          killAt(point, 1);
        }
        case DONE_UNHEARD -> {
          s3.addFault(S3Fault.cutResponse(-1).on(point.kind()));
          killAt(point, 2); // it is sent again: so the first one was carried out
        }
        case UNDER_WAY -> killAt(point, 1);
      }
    }

    private void dieByItself(SendKill.Point point) {
      Map<String, String> dying = new HashMap<>(environment);
      dying.put(SendKill.VARIABLE, SendKill.value(point, deployment.files()));
      try (AlgoProcess algo = start(dying)) {
        assertThat(algo.awaitExit()).as("%s", algo.err()).isEqualTo(SendKill.EXIT_CODE);
      }
    }

    private void killAt(Point point, int requests) {
      long before = s3.requests(point.kind());
      try (AlgoProcess algo = start(environment)) {
        // The next request of the kind, or one of the later ones.
        int wanted = requests + (point.kind() == S3RequestKind.UPLOAD_PART ? random.nextInt(2) : 0);
        await(point.toString())
            .atMost(PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> s3.requests(point.kind()) >= before + wanted || !algo.isAlive());
        assertThat(algo.isAlive()).as("%s", algo.err()).isTrue();
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(30_000)));
        algo.kill();
      } finally {
        s3.clearFaults();
      }
    }

    private AlgoProcess start(Map<String, String> variables) {
      lives++;
      return AlgoProcess.start(folder, variables, classes);
    }

    void endAndJudge() {
      try (AlgoProcess algo = start(environment);
          StoredFiles stored = new StoredFiles(s3, deployment, folder)) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          kafka
              .probe()
              .awaitCommittedOffset(
                  deployment.group(),
                  new TopicPartition(deployment.commands(), partition),
                  seeds.size() / PARTITIONS,
                  PATIENCE);
        }
        algo.terminate();
        assertThat(algo.awaitExit()).as("%s", algo.err()).isZero();
        judge(stored);
      }
    }

    private void judge(StoredFiles stored) {
      assertThat(kafka.probe().readAll(deployment.deadLetters(), 0, PATIENCE))
          .as("dead letters")
          .isEmpty();
      assertThat(stored.openUploads()).as("unfinished uploads").isEmpty();
      assertThat(stored.keys().stream().map(key -> key.substring(0, key.indexOf('/'))))
          .as("traces of the objects")
          .containsExactlyInAnyOrderElementsOf(seeds.keySet());
      List<ConsumerRecord<byte[], byte[]>> references =
          kafka.probe().readAllBytes(deployment.files(), seeds.size(), PATIENCE);
      for (ConsumerRecord<byte[], byte[]> reference : references) {
        String trace = text(reference.headers().lastHeader("traceID"));
        assertThat(stored.sha256(reference.value()))
            .as(trace)
            .isEqualTo(StoredFiles.expectedSha256(seeds.get(trace), BYTES));
      }
      List<String> traces =
          references.stream().map(one -> text(one.headers().lastHeader("traceID"))).toList();
      System.out.printf(
          Locale.ROOT,
          "FilesKillIT: %d files, %d lives, %d references%n",
          seeds.size(),
          lives,
          traces.size());
      if (transactional) {
        assertThat(traces).containsExactlyInAnyOrderElementsOf(seeds.keySet());
      } else {
        assertThat(traces).containsAll(seeds.keySet());
      }
    }

    @Override
    public void close() {
      s3.close();
    }
  }

  private static String text(Header header) {
    return new String(header.value(), UTF_8);
  }
}
