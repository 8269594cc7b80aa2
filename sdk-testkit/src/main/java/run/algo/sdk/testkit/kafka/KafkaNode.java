package run.algo.sdk.testkit.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.MetadataCache;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker that is also a controller, which can stop and start again on its data.
 *
 * <p>It puts together what {@code kafka.server.KafkaRaftServer} puts together, for two reasons.
 * That class ends the process on a fatal fault, and no library may end its host. And it stops
 * broker and controller as one, so the last brokers of a cluster would wait for a quorum that is
 * gone: here all brokers stop while every controller still answers.
 *
 * <p>Not thread-safe: {@link EmbeddedKafka} calls under its lock.
 */
final class KafkaNode {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);

  private final int id;
  private final String clusterId;
  private final Properties properties;
  private final List<Integer> ports;
  private final List<String> scramArguments;
  private @Nullable Running running;

  /** What lives between start and stop. */
  private record Running(BrokerServer broker, ControllerServer controller, Metrics metrics) {}

  KafkaNode(
      int id,
      String clusterId,
      Properties properties,
      List<Integer> ports,
      List<String> scramArguments) {
    this.id = id;
    this.clusterId = clusterId;
    this.properties = properties;
    this.ports = List.copyOf(ports);
    this.scramArguments = List.copyOf(scramArguments);
  }

  boolean isRunning() {
    return running != null;
  }

  /** What this broker knows of the cluster, or null while it does not run. */
  @Nullable MetadataCache metadata() {
    return running == null ? null : running.broker().metadataCache();
  }

  /** Prepares the data folder unless it holds data already. */
  void format() {
    Path directory = Path.of(properties.getProperty("log.dirs"));
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    try {
      Files.createDirectories(directory);
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(id)
          .setClusterId(clusterId)
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setControllerListenerName(BrokerProperties.CONTROLLER)
          .setScramArguments(scramArguments)
          .setIgnoreFormatted(false)
          .run();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create the data folder " + directory, e);
    } catch (Exception e) {
      throw new IllegalStateException("Cannot format the data folder " + directory, e);
    }
  }

  /**
   * Starts the broker and returns when it serves.
   *
   * @throws IllegalStateException when a port is in use or the broker does not start
   */
  void start() {
    for (int port : ports) {
      if (!Ports.isFree(port)) {
        throw portInUse(port);
      }
    }
    KafkaConfig config = KafkaConfig.fromProps(properties, false);
    var storage = KafkaRaftServer.initializeLogDirs(config, LOG, "[embedded broker " + id + "] ");
    Metrics metrics = Server.initializeMetrics(config, Time.SYSTEM, clusterId);
    FaultHandlerFactory faults = (name, fatal, action) -> new LoggingFaultHandler(name, action);
    SharedServer shared =
        new SharedServer(
            config,
            storage._1(),
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
            faults,
            ServerSocketFactory.INSTANCE);
    BrokerServer broker = new BrokerServer(shared);
    ControllerServer controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), storage._2());
    running = new Running(broker, controller, metrics);
    try {
      controller.startup();
      broker.startup();
    } catch (Throwable e) {
      stopBroker(Duration.ZERO);
      stopController();
      throw new IllegalStateException("Broker " + id + " did not start: " + e, e);
    }
  }

  /** Stops serving clients; the controller goes on. */
  void stopBroker(Duration timeout) {
    if (running != null) {
      running.broker().shutdown(timeout);
      running.broker().awaitShutdown();
    }
  }

  /** Stops what is left. */
  void stopController() {
    if (running != null) {
      running.controller().shutdown();
      running.controller().awaitShutdown();
      running.metrics().close();
      running = null;
    }
  }

  private IllegalStateException portInUse(int port) {
    return new IllegalStateException(
        "Broker "
            + id
            + " cannot start: port "
            + port
            + " of localhost is in use. Stop what listens there, or choose another port (0 = a"
            + " free one).");
  }
}
