package run.algo.sdk.testkit.kafka;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.testkit.tls.TestCertificates;

/**
 * What the builder was told, checked and unchangeable.
 *
 * @param brokers how many brokers, each also a controller
 * @param port port of the main listener of broker 0 (broker i gets {@code port + i}), 0 = free ones
 * @param topics topics to create at the start
 * @param overrides settings that win over ours
 * @param security who may connect and how
 * @param directory folder of the data, null = a temporary one that is deleted at the end
 */
record ClusterSpec(
    int brokers,
    int port,
    List<Topic> topics,
    Map<String, String> overrides,
    Security security,
    @Nullable Path directory) {

  ClusterSpec {
    topics = List.copyOf(topics);
    overrides = Map.copyOf(overrides);
  }

  /** A topic to create. */
  record Topic(String name, int partitions, Map<String, String> configs) {
    Topic {
      configs = Map.copyOf(configs);
    }
  }

  /**
   * Who may connect and how.
   *
   * @param certificates makes the TLS listeners
   * @param clientCertificateRequired whether the SSL listener asks for a client certificate
   * @param scramUsers passwords by user
   * @param plainUsers passwords by user
   * @param authorizer whether access rules are kept and applied
   */
  record Security(
      @Nullable TestCertificates certificates,
      boolean clientCertificateRequired,
      Map<String, String> scramUsers,
      Map<String, String> plainUsers,
      boolean authorizer) {

    Security {
      scramUsers = Map.copyOf(scramUsers);
      plainUsers = Map.copyOf(plainUsers);
    }

    /** The listeners that follow from this, in the order of the enum. */
    Set<Listener> listeners() {
      Set<Listener> listeners = EnumSet.of(Listener.PLAINTEXT);
      boolean sasl = !scramUsers.isEmpty() || !plainUsers.isEmpty();
      if (certificates != null) {
        listeners.add(Listener.SSL);
      }
      if (sasl) {
        listeners.add(Listener.SASL_PLAINTEXT);
      }
      if (sasl && certificates != null) {
        listeners.add(Listener.SASL_SSL);
      }
      return listeners;
    }
  }
}
