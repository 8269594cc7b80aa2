package run.algo.sdk.testkit.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.MetadataCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The brokers of one {@link EmbeddedKafka}, their ports and their data. Thread-safe. */
final class KafkaCluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaCluster.class);
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(10);
  private static final int START_ATTEMPTS = 3;

  private final List<BrokerProperties.NodePorts> ports;
  private final List<KafkaNode> nodes;
  private final Path directory;
  private final boolean temporary;
  private boolean closed;

  private KafkaCluster(ClusterSpec spec, List<BrokerProperties.NodePorts> ports, Path directory) {
    this.ports = ports;
    this.directory = directory;
    temporary = spec.directory() == null;
    String clusterId = Uuid.randomUuid().toString();
    nodes =
        IntStream.range(0, spec.brokers())
            .mapToObj(
                i ->
                    new KafkaNode(
                        i,
                        clusterId,
                        BrokerProperties.of(spec, i, ports, directory.resolve("broker-" + i)),
                        ports.get(i).all(),
                        BrokerProperties.scramArguments(spec)))
            .toList();
  }

  /** Starts the brokers; with ports of our choice again when another process took one meanwhile. */
  static KafkaCluster start(ClusterSpec spec) {
    for (int attempt = 1; ; attempt++) {
      KafkaCluster cluster = new KafkaCluster(spec, choosePorts(spec), dataFolder(spec));
      try {
        cluster.nodes.forEach(KafkaNode::format);
        cluster.startAll();
        return cluster;
      } catch (RuntimeException | Error e) {
        cluster.close();
        boolean portLost = spec.port() == 0 && cluster.lostPort();
        if (!portLost || attempt == START_ATTEMPTS) {
          throw e;
        }
        LOG.info("Another process took a port before the broker did: trying other ports", e);
      }
    }
  }

  String bootstrapServers(Listener listener) {
    if (!ports.get(0).listeners().containsKey(listener)) {
      throw new IllegalArgumentException(
          "No listener "
              + listener
              + ", there is "
              + ports.get(0).listeners().keySet()
              + ": SSL and SASL_SSL need tls(certificates), SASL needs saslScram or saslPlain");
    }
    return addresses(node -> Map.copyOf(node.listeners()).getOrDefault(listener, 0));
  }

  String internalBootstrapServers() {
    return addresses(BrokerProperties.NodePorts::internal);
  }

  /** Waits until every running broker knows a leader of every partition. */
  synchronized void awaitTopic(String topic, int partitions) {
    awaitMetadata(
        "the topic " + topic,
        metadata ->
            IntStream.range(0, partitions)
                .allMatch(
                    p ->
                        metadata
                            .getLeaderAndIsr(topic, p)
                            .filter(l -> l.leader() >= 0)
                            .isPresent()));
  }

  synchronized void stopBroker(int index) {
    KafkaNode node = node(index);
    node.stopBroker(HANDOVER_TIMEOUT);
    node.stopController();
  }

  synchronized void startBroker(int index) {
    KafkaNode node = node(index);
    if (!node.isRunning()) {
      node.start();
      awaitRunningBrokers();
    }
  }

  synchronized void restart() {
    checkOpen();
    stopAll();
    startAll();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopAll();
    if (temporary) {
      delete(directory);
    }
  }

  private synchronized void startAll() {
    // All at once: none is ready before a majority of the controllers has met.
    together(KafkaNode::start);
    awaitRunningBrokers();
  }

  private void stopAll() {
    together(node -> node.stopBroker(HANDOVER_TIMEOUT));
    together(KafkaNode::stopController);
  }

  private void together(Consumer<KafkaNode> action) {
    List<CompletableFuture<Void>> steps = new ArrayList<>();
    for (KafkaNode node : nodes) {
      CompletableFuture<Void> step = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  action.accept(node);
                  step.complete(null);
                } catch (Throwable e) {
                  step.completeExceptionally(e);
                }
              },
              "embedded-kafka");
      thread.start();
      steps.add(step);
    }
    try {
      CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void awaitRunningBrokers() {
    List<Integer> running =
        IntStream.range(0, nodes.size()).filter(i -> nodes.get(i).isRunning()).boxed().toList();
    awaitMetadata(
        "the brokers " + running, metadata -> running.stream().allMatch(metadata::hasAliveBroker));
  }

  private void awaitMetadata(String what, Predicate<MetadataCache> condition) {
    for (KafkaNode node : nodes) {
      boolean known =
          Await.until(
              METADATA_TIMEOUT,
              () -> {
                MetadataCache metadata = node.metadata();
                return metadata == null || condition.test(metadata);
              });
      if (!known) {
        throw new IllegalStateException(
            "A broker did not hear of " + what + " within " + METADATA_TIMEOUT);
      }
    }
  }

  private boolean lostPort() {
    return ports.stream().flatMap(node -> node.all().stream()).anyMatch(p -> !Ports.isFree(p));
  }

  private KafkaNode node(int index) {
    checkOpen();
    if (index < 0 || index >= nodes.size()) {
      throw new IllegalArgumentException("broker is " + index + ": use 0 to " + (nodes.size() - 1));
    }
    return nodes.get(index);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("This EmbeddedKafka is closed: start another one");
    }
  }

  private String addresses(java.util.function.ToIntFunction<BrokerProperties.NodePorts> port) {
    return ports.stream()
        .map(node -> "localhost:" + port.applyAsInt(node))
        .collect(Collectors.joining(","));
  }

  private static List<BrokerProperties.NodePorts> choosePorts(ClusterSpec spec) {
    Set<Listener> listeners = spec.security().listeners();
    Set<Integer> fixed = new HashSet<>();
    if (spec.port() != 0) {
      IntStream.range(0, spec.brokers()).forEach(i -> fixed.add(spec.port() + i));
    }
    int each = listeners.size() + 2;
    List<Integer> free = new ArrayList<>(Ports.free(spec.brokers() * each, fixed));
    List<BrokerProperties.NodePorts> ports = new ArrayList<>();
    for (int node = 0; node < spec.brokers(); node++) {
      List<Integer> own = free.subList(node * each, (node + 1) * each);
      Map<Listener, Integer> byListener = new EnumMap<>(Listener.class);
      for (Listener listener : listeners) {
        byListener.put(listener, own.get(byListener.size()));
      }
      if (spec.port() != 0) {
        byListener.put(Listener.PLAINTEXT, spec.port() + node);
      }
      ports.add(new BrokerProperties.NodePorts(byListener, own.get(each - 2), own.get(each - 1)));
    }
    return ports;
  }

  private static Path dataFolder(ClusterSpec spec) {
    @Nullable Path given = spec.directory();
    try {
      return given == null
          ? Files.createTempDirectory("embedded-kafka-")
          : Files.createDirectories(given);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create a data folder", e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // Files in the system's temporary folder are no reason to fail a test that passed.
      LOG.warn("Cannot delete {}", folder, e);
    }
  }
}
