package run.algo.sdk.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between one process and a broker that can be cut: what is sent meanwhile is delivered
 * when it heals, as on a real one, unless the connections are broken.
 *
 * <p>A broker tells its clients the name localhost, so the process is given a file of hosts in
 * which that is another address of this machine, {@value #ADDRESS}, which Linux has, and listens
 * there on the broker's port.
 */
final class TcpCut implements AutoCloseable {

  private static final String ADDRESS = "127.0.0.2";

  private final int port;
  private final ServerSocket server;
  private final Path hosts;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition healed = lock.newCondition();
  private boolean cut;

  /**
   * A network that is whole.
   *
   * @param broker {@code localhost:port}
   */
  TcpCut(String broker) {
    port = Integer.parseInt(broker.substring(broker.indexOf(':') + 1));
    try {
      hosts = Files.createTempFile("hosts", "");
      Files.writeString(hosts, ADDRESS + " localhost\n");
      server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), port));
    } catch (IOException e) {
      throw new UncheckedIOException(ADDRESS + " must be an address of this machine", e);
    }
    start(this::accept);
  }

  /** Options of the JVM whose connections are to go this way. */
  List<String> options() {
    return List.of("-Djdk.net.hosts.file=" + hosts);
  }

  /** Nothing gets through any more; connections stay, and new ones are taken. */
  void cut() {
    cut(true);
  }

  /** What waits is delivered, and all goes on. */
  void heal() {
    cut(false);
  }

  /** Breaks the connections: what waits is lost. */
  void reset() {
    sockets.forEach(TcpCut::shut);
    sockets.clear();
  }

  private void cut(boolean now) {
    lock.lock();
    try {
      cut = now;
      healed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pass() {
    lock.lock();
    try {
      while (cut) {
        healed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        start(() -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    pass();
    try {
      Socket broker = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
      sockets.add(broker);
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      start(() -> pump(client, broker));
      start(() -> pump(broker, client));
    } catch (IOException e) {
      shut(client);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        pass();
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      shut(from);
      shut(to);
    }
  }

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable what) {
    Thread thread = new Thread(what, "tcp-cut");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
      heal();
      reset();
      Files.deleteIfExists(hosts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
