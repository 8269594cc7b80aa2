package run.algo.sdk.testkit.s3;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ServerSocketFactory;

/**
 * Stands before the server and passes every connection on to it, so that faults are what they are
 * in a network: a cut connection is a closed socket. One thread a connection.
 */
final class S3Gate implements Closeable {

  private final ServerSocket server;
  private final int backendPort;
  private final Faults faults;
  private final ObjectTags tags;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "embedded-s3");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean closed;

  private S3Gate(ServerSocket server, int backendPort, Faults faults, ObjectTags tags) {
    this.server = server;
    this.backendPort = backendPort;
    this.faults = faults;
    this.tags = tags;
  }

  /** Opens a gate on a port of the loopback address, 0 for any. */
  static S3Gate open(
      ServerSocketFactory sockets, int port, int backendPort, Faults faults, ObjectTags tags)
      throws IOException {
    ServerSocket server = sockets.createServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    S3Gate gate = new S3Gate(server, backendPort, faults, tags);
    gate.threads.execute(gate::accept);
    return gate;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!closed) {
      try {
        take(server.accept());
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  /** Also while the gate closes: a connection that nobody serves must not stay open. */
  private void take(Socket client) throws IOException {
    try {
      threads.execute(() -> serve(client));
    } catch (RejectedExecutionException e) {
      client.close();
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (S3Connection connection = new S3Connection(client, backendPort, faults, tags)) {
      if (!closed) {
        connection.serve();
      }
    } catch (IOException e) {
      // Either side is gone: to the other one that is a closed connection, as it is to be.
    } finally {
      open.remove(client);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    for (Closeable connection : open) {
      connection.close();
    }
    threads.shutdownNow();
  }
}
