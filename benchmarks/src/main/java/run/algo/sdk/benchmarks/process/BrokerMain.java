package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;

/**
 * The process of the broker: {@code BrokerMain FOLDER}. Prints {@link #READY} and the address, and
 * serves until it is killed or its parent is gone.
 */
final class BrokerMain {

  /** Begins the line with the address. */
  static final String READY = "BROKER ";

  private BrokerMain() {}

  /**
   * Runs the broker.
   *
   * @param args the folder of its data
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new IllegalArgumentException("usage: BrokerMain FOLDER");
    }
    ParentWatch.endWithParent();
    EmbeddedKafka kafka =
        EmbeddedKafka.builder()
            .logDirectory(Path.of(args[0]))
            // Nothing goes while it is being read; what is deleted goes soon.
            .brokerProperty("log.retention.ms", "-1")
            .brokerProperty("log.segment.delete.delay.ms", "1000")
            .start();
    System.out.println(READY + kafka.bootstrapServers());
    new CountDownLatch(1).await();
  }
}
