package run.algo.sdk.testkit.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.testkit.tls.TestCertificates;

/**
 * Apache Kafka inside this process: real brokers in KRaft mode, each also a controller, ready in
 * about two seconds.
 *
 * <pre>{@code
 * try (EmbeddedKafka kafka = EmbeddedKafka.builder().topic("orders", 3).start()) {
 *   Map<String, String> environment = Map.of("KAFKA_BROKERS", kafka.bootstrapServers());
 * }
 * }</pre>
 *
 * <p>It listens on localhost only. Unlike a broker's own defaults, topics are not created by being
 * named ({@code auto.create.topics.enable=false}), the internal topics have few partitions, the
 * replication factor is 3 or the number of brokers if that is less, and a group does not wait for
 * members that may still join ({@code group.initial.rebalance.delay.ms=0}); {@link
 * Builder#brokerProperty} changes each of them. Its log goes to SLF4J, whose configuration is
 * yours: set the loggers {@code kafka}, {@code org.apache.kafka} and {@code state.change.logger} to
 * WARN.
 *
 * <p>A fault of controller or metadata that would end a standalone broker's process is logged
 * instead; a broker that loses its data folder while it runs still ends the process.
 *
 * <p>Thread-safe. The brokers keep the process alive until {@link #close()}.
 *
 * @since 0.1.0
 */
public final class EmbeddedKafka implements AutoCloseable {
  private final ClusterSpec spec;
  private final KafkaCluster cluster;
  private @Nullable KafkaProbe probe;

  private EmbeddedKafka(ClusterSpec spec) {
    this.spec = spec;
    cluster = KafkaCluster.start(spec);
    try {
      for (ClusterSpec.Topic topic : spec.topics()) {
        createTopic(topic.name(), topic.partitions(), topic.configs());
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Runs a development broker until it is stopped; the same as {@link DevBroker#main}.
   *
   * @param args port and topics, as {@link DevBroker} describes them; none for localhost:9092
   */
  public static void main(String[] args) {
    DevBroker.main(args);
  }

  /**
   * Starts one broker with the defaults.
   *
   * @return the broker, serving
   * @throws IllegalStateException when it does not start
   */
  public static EmbeddedKafka start() {
    return builder().start();
  }

  /**
   * Returns a builder with the defaults.
   *
   * @return one broker, the PLAINTEXT listener on a free port, no topics, data in a temporary
   *     folder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the addresses of the PLAINTEXT listener.
   *
   * @return {@code host:port} of every broker, running or not, separated by commas
   */
  public String bootstrapServers() {
    return bootstrapServers(Listener.PLAINTEXT);
  }

  /**
   * Returns the addresses of a listener. They stay the same when brokers stop and start.
   *
   * @param listener the listener
   * @return {@code host:port} of every broker, running or not, separated by commas
   * @throws IllegalArgumentException when the listener is not offered
   */
  public String bootstrapServers(Listener listener) {
    return cluster.bootstrapServers(listener);
  }

  /**
   * Returns the listeners that are offered.
   *
   * @return PLAINTEXT and those that follow from certificates and users
   */
  public Set<Listener> listeners() {
    return Set.copyOf(spec.security().listeners());
  }

  /**
   * Returns the number of brokers, running or not.
   *
   * @return as given to the builder
   */
  public int brokerCount() {
    return spec.brokers();
  }

  /**
   * Returns settings for a client that may do everything, whatever access rules a test has set: it
   * comes by a listener of its own, as the super user {@code User:internal}.
   *
   * @return settings for an {@code Admin}, a producer or a consumer
   */
  public Map<String, Object> adminProperties() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, cluster.internalBootstrapServers());
  }

  /**
   * Returns helpers that write to and read from these brokers. They are closed with them.
   *
   * @return always the same one
   */
  public KafkaProbe probe() {
    synchronized (cluster) {
      if (probe == null) {
        probe = new KafkaProbe(adminProperties());
      }
      return probe;
    }
  }

  /**
   * Creates a topic and returns when every running broker knows its leaders.
   *
   * @param name its name
   * @param partitions its number of partitions
   * @throws IllegalStateException when the brokers refuse, for example because it exists
   */
  public void createTopic(String name, int partitions) {
    createTopic(name, partitions, Map.of());
  }

  /**
   * Creates a topic and returns when every running broker knows its leaders.
   *
   * @param name its name
   * @param partitions its number of partitions
   * @param configs topic settings by name, for example {@code cleanup.policy}
   * @throws IllegalStateException when the brokers refuse, for example because it exists
   */
  public void createTopic(String name, int partitions, Map<String, String> configs) {
    probe().createTopic(name, partitions, BrokerProperties.replication(brokerCount()), configs);
    cluster.awaitTopic(name, partitions);
  }

  /**
   * Stops a broker as an orderly shutdown does: it hands its leaderships over first. Its data and
   * its ports stay. Does nothing when it is stopped already.
   *
   * @param broker its index, from 0
   * @throws IllegalStateException after {@link #close()}
   */
  public void stopBroker(int broker) {
    cluster.stopBroker(broker);
  }

  /**
   * Starts a stopped broker with the data and ports that it had, and returns when it serves. Does
   * nothing when it runs already.
   *
   * @param broker its index, from 0
   * @throws IllegalStateException when it does not start, or after {@link #close()}
   */
  public void startBroker(int broker) {
    cluster.startBroker(broker);
  }

  /**
   * Stops all brokers and starts them again, with the data and ports that they had.
   *
   * @throws IllegalStateException when they do not start, or after {@link #close()}
   */
  public void restart() {
    cluster.restart();
  }

  /**
   * Stops the brokers and deletes their data, unless it lies in a folder that the builder was
   * given. Does nothing the second time.
   */
  @Override
  public void close() {
    KafkaProbe open;
    synchronized (cluster) {
      open = probe;
      probe = null;
    }
    if (open != null) {
      open.close();
    }
    cluster.close();
  }

  /**
   * Describes an {@link EmbeddedKafka} and starts it. Not thread-safe.
   *
   * @since 0.1.0
   */
  public static final class Builder {
    private static final int HIGHEST_PORT = 65_535;

    private final List<ClusterSpec.Topic> topics = new ArrayList<>();
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private final Map<String, String> scramUsers = new LinkedHashMap<>();
    private final Map<String, String> plainUsers = new LinkedHashMap<>();
    private int brokers = 1;
    private int port;
    private boolean mutualTls;
    private boolean authorizer;
    private @Nullable TestCertificates certificates;
    private @Nullable Path logDirectory;

    private Builder() {}

    /**
     * Sets the number of brokers. Each is a controller as well, so a cluster of 3 goes on with 2.
     *
     * @param brokers at least 1; default 1
     * @return this
     */
    public Builder brokers(int brokers) {
      this.brokers = brokers;
      return this;
    }

    /**
     * Creates a topic at the start.
     *
     * @param name its name
     * @param partitions its number of partitions
     * @return this
     */
    public Builder topic(String name, int partitions) {
      return topic(name, partitions, Map.of());
    }

    /**
     * Creates a topic at the start.
     *
     * @param name its name
     * @param partitions its number of partitions
     * @param configs topic settings by name
     * @return this
     */
    public Builder topic(String name, int partitions, Map<String, String> configs) {
      topics.add(new ClusterSpec.Topic(name, partitions, configs));
      return this;
    }

    /**
     * Sets the port of the PLAINTEXT listener; further brokers take the ports that follow.
     *
     * @param port a port of localhost, or 0 for free ones; default 0
     * @return this
     */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Sets any broker setting, which wins over ours, for example {@code min.insync.replicas}.
     *
     * @param name as in Kafka's documentation
     * @param value as in a properties file
     * @return this
     */
    public Builder brokerProperty(String name, String value) {
      overrides.put(name, value);
      return this;
    }

    /**
     * Offers {@link Listener#SSL}, and {@link Listener#SASL_SSL} when there are users.
     *
     * @param certificates where the brokers have their certificate from, and whom they trust
     * @return this
     */
    public Builder tls(TestCertificates certificates) {
      this.certificates = certificates;
      return this;
    }

    /**
     * Makes {@link Listener#SSL} ask for a client certificate of the same authority. Needs {@link
     * #tls}.
     *
     * @return this
     */
    public Builder mutualTls() {
      mutualTls = true;
      return this;
    }

    /**
     * Adds a user of SCRAM-SHA-256 and SCRAM-SHA-512, and so offers {@link
     * Listener#SASL_PLAINTEXT}, and {@link Listener#SASL_SSL} with certificates.
     *
     * @param user its name
     * @param password its password
     * @return this
     */
    public Builder saslScram(String user, String password) {
      scramUsers.put(user, password);
      return this;
    }

    /**
     * Adds a user of SASL's PLAIN, and so offers {@link Listener#SASL_PLAINTEXT}, and {@link
     * Listener#SASL_SSL} with certificates.
     *
     * @param user its name
     * @param password its password
     * @return this
     */
    public Builder saslPlain(String user, String password) {
      plainUsers.put(user, password);
      return this;
    }

    /**
     * Keeps and applies access rules. Until a rule names a resource everyone may use it, so a test
     * denies one topic by adding one rule; {@link EmbeddedKafka#adminProperties()} stays above the
     * rules. On the PLAINTEXT listener everyone is {@code User:ANONYMOUS}.
     *
     * @return this
     */
    public Builder authorizer() {
      authorizer = true;
      return this;
    }

    /**
     * Keeps the data in a folder that {@link EmbeddedKafka#close()} leaves alone; data of an
     * earlier run is used.
     *
     * @param directory created when absent; default a temporary folder, deleted at the end
     * @return this
     */
    public Builder logDirectory(Path directory) {
      this.logDirectory = directory;
      return this;
    }

    /**
     * Starts the brokers and creates the topics.
     *
     * @return the brokers, serving
     * @throws IllegalArgumentException when a setting is wrong or two do not fit each other
     * @throws IllegalStateException when a port is in use or a broker does not start
     */
    public EmbeddedKafka start() {
      if (brokers < 1) {
        throw new IllegalArgumentException("brokers is " + brokers + ": use at least 1");
      }
      if (port < 0 || port + brokers - 1 > HIGHEST_PORT) {
        throw new IllegalArgumentException(
            "port is " + port + ": use 1 to " + HIGHEST_PORT + ", or 0 for a free one");
      }
      if (mutualTls && certificates == null) {
        throw new IllegalArgumentException("mutualTls() needs certificates: add tls(certificates)");
      }
      return new EmbeddedKafka(
          new ClusterSpec(
              brokers,
              port,
              topics,
              overrides,
              new ClusterSpec.Security(certificates, mutualTls, scramUsers, plainUsers, authorizer),
              logDirectory));
    }
  }
}
