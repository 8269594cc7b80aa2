package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** What a runner logs on the way of a thousand records, and what its workers' lines tell. */
@WithEmbeddedKafka
class LogLinesIT {

  private static final int PARTITIONS = 2;

  private final Deployment deployment;

  LogLinesIT(EmbeddedKafka kafka) {
    deployment = new Deployment(kafka, PARTITIONS);
  }

  /** Fails each tenth record, and compares what the log is told with its record. */
  private static final class Comparing implements Algo<String, String> {
    final Set<String> wrong = ConcurrentHashMap.newKeySet();
    final Set<String> compared = ConcurrentHashMap.newKeySet();

    @Override
    public String run(String text, AlgoContext context) {
      RecordPosition position = context.position();
      Map<String, String> mdc = MDC.getCopyOfContextMap();
      if (!context.traceId().equals(mdc.get("traceId"))
          || !Integer.toString(position.partition()).equals(mdc.get("partition"))
          || !Long.toString(position.offset()).equals(mdc.get("offset"))
          || !context.instanceName().equals(mdc.get("AlgoInstanceName"))) {
        wrong.add(position + " is told as " + mdc);
      }
      compared.add(Deployment.id(position));
      if (position.offset() % 10 == 0) {
        throw new IllegalStateException("each tenth");
      }
      return text;
    }
  }

  @Test
  void linesTellWhatChangesAndWhichRecordFailed() {
    deployment.fill(500);
    Comparing algo = new Comparing();
    try (LoggedLines lines = new LoggedLines()) {
      long begin = System.nanoTime();
      try (AlgoRunner runner =
          AlgoRunner.builder(algo)
              .environment(deployment.environment())
              .set("ALGO_ORDERING", "unordered")
              .set("ALGO_CONCURRENCY", "8")
              .build()) {
        runner.start();
        deployment.awaitAllCommitted();
      }
      long intervals = 1 + (System.nanoTime() - begin) / 10_000_000_000L;
      assertThat(algo.compared).hasSize(500 * PARTITIONS);
      assertThat(algo.wrong).isEmpty();
      assertThat(lines.lines(Level.INFO, "starting with")).hasSize(1);
      assertThat(lines.lines(Level.INFO, "assigned [")).hasSize(1);
      assertThat(lines.lines(Level.INFO))
          .as("none a record")
          .extracting(ILoggingEvent::getFormattedMessage)
          .hasSizeLessThan(12);
      assertThat(lines.lines(Level.WARN, "failed, reason algo"))
          .hasSizeBetween(1, (int) intervals)
          .allSatisfy(
              line ->
                  assertThat(line.getMDCPropertyMap())
                      .containsKeys("traceId", "input", "partition", "offset", "attempt")
                      .hasEntrySatisfying("offset", offset -> assertThat(offset).endsWith("0")));
    }
  }
}
