package run.algo.sdk.testkit.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for listeners.
 *
 * <p>Every port must be known before the first broker starts, because the addresses of the quorum
 * stand in the settings of each broker, and must still be free when a stopped broker returns. Ports
 * that the system hands out ("port 0") do not promise that: the next outgoing connection of any
 * process may get the same one. So ports are drawn below the range that systems use for outgoing
 * connections (Linux starts at 32768, others at 49152).
 */
final class Ports {
  private static final int LOWEST = 10_240;
  private static final int BEYOND = 32_768;
  private static final int ATTEMPTS = 1_000;

  private Ports() {}

  /** Returns as many different free ports of localhost as asked for, none of them excluded. */
  static List<Integer> free(int count, Set<Integer> excluded) {
    Set<Integer> taken = new HashSet<>(excluded);
    List<Integer> ports = new ArrayList<>(count);
    for (int attempt = 0; attempt < ATTEMPTS && ports.size() < count; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
      if (taken.add(port) && isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException(
          "Found no " + count + " free ports of localhost between " + LOWEST + " and " + BEYOND);
    }
    return ports;
  }

  /** Returns whether a listener could be opened on this port of localhost now. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the broker does it: a connection in TIME_WAIT does not make the port a used one.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("localhost"), port));
      return true;
    } catch (java.net.BindException inUse) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a listener on localhost", e);
    }
  }
}
