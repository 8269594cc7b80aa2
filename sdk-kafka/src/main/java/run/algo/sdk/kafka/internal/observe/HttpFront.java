package run.algo.sdk.kafka.internal.observe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks HTTP with clients of which none can hold up another.
 *
 * <p>One daemon thread accepts, reads and writes, and never waits for a client: who sends nothing,
 * or takes nothing, costs a connection and no thread. Of those there are a fixed number, in a fixed
 * amount of memory; when all are taken, the one that has dawdled longest is cut off for the next.
 * So a client that sends its request at once and takes its answer is served, however many others
 * there are that do not. A connection is for one request: what could follow it would have to be
 * waited for.
 *
 * <p>The JDK's own server gives a request a thread from its first byte to its last, which slow
 * clients can keep.
 */
final class HttpFront implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpFront.class);

  /** Connections at once; more than can wait for their answers to be made. */
  static final int MOST_CONNECTIONS = 256;

  /** Bytes of all answers that wait for their clients; a single one may be larger. */
  static final long MOST_UNSENT = 32 * 1024 * 1024;

  private static final int BACKLOG = 128;
  private static final int ACCEPTED_AT_ONCE = 64;
  private static final Duration LINGER = Duration.ofSeconds(2);
  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

  private final ServerSocketChannel server;
  private final Selector selector;
  private final SelectionKey accepting;
  private final InetSocketAddress address;
  private final Handler handler;
  private final Limits limits;
  private final Thread thread = new Thread(this::run, "algo-http");
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);

  /** In the order in which they came. */
  private final Set<Connection> connections = new LinkedHashSet<>();

  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private boolean pausing;
  private long pauseEnd;
  private volatile boolean closing;

  /**
   * How slow a client may be.
   *
   * @param read longest time until a request is there
   * @param answer longest time to make an answer and to have it taken
   */
  record Limits(Duration read, Duration answer) {}

  /** Answers requests. */
  interface Handler {

    /**
     * A request has come. On the thread of all clients: may not wait for anything.
     *
     * @param request the request
     * @param exchange takes the answer
     */
    void handle(RequestHead request, Exchange exchange);
  }

  /** Takes the answer of a request. Thread-safe. */
  interface Exchange {

    /** {@return whether nobody waits for the answer any more} */
    boolean gone();

    /** Takes the answer, the first and only one. */
    void answer(Answer answer);
  }

  private record Reply(Connection to, Answer answer) {}

  private HttpFront(ServerSocketChannel server, Selector selector, Limits limits, Handler handler)
      throws IOException {
    this.server = server;
    this.selector = selector;
    this.limits = limits;
    this.handler = handler;
    this.address = (InetSocketAddress) server.getLocalAddress();
    this.accepting = server.register(selector, SelectionKey.OP_ACCEPT);
    thread.setDaemon(true);
  }

  /**
   * Opens a port and begins to serve it.
   *
   * @param local where
   * @param limits how slow a client may be
   * @param handler answers
   * @return the open port
   * @throws IOException when it cannot be bound
   */
  static HttpFront open(InetSocketAddress local, Limits limits, Handler handler)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(local, BACKLOG);
      server.configureBlocking(false);
      HttpFront front = new HttpFront(server, Selector.open(), limits, handler);
      front.thread.start();
      return front;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** {@return the port it is bound to} */
  int port() {
    return address.getPort();
  }

  private void run() {
    try {
      while (!closing && selector.isOpen()) {
        try {
          turn();
        } catch (RuntimeException | Error e) { // as when there is no memory for the moment
          log.warn("requests may go without an answer", e);
        }
      }
    } catch (IOException e) {
      log.error("the port of metrics and health is closed", e);
    } finally {
      connections.forEach(Connection::close);
      connections.clear();
      close(server);
      close(selector);
    }
  }

  private void turn() throws IOException {
    selector.select(this::ready, patience());
    Reply next = replies.poll();
    while (next != null) {
      send(next);
      next = replies.poll();
    }
    long now = System.nanoTime();
    cut(connection -> connection.deadline() - now <= 0, MOST_CONNECTIONS);
    if (pausing && pauseEnd - now <= 0) {
      pausing = false;
      accepting.interestOps(SelectionKey.OP_ACCEPT);
    }
  }

  /** Milliseconds to the next deadline; 0 is for ever. */
  private long patience() {
    long now = System.nanoTime();
    long least = pausing ? pauseEnd - now : Long.MAX_VALUE;
    for (Connection connection : connections) {
      least = Math.min(least, connection.deadline() - now);
    }
    return least == Long.MAX_VALUE ? 0 : Math.max(1, Duration.ofNanos(least).toMillis() + 1);
  }

  private void ready(SelectionKey key) {
    if (key == accepting) {
      accept();
      return;
    }
    if (!(key.attachment() instanceof Connection connection) || !key.isValid()) {
      return;
    }
    try {
      if (connection.phase() == Connection.Phase.WRITING) {
        write(connection);
      } else {
        read(connection);
      }
    } catch (IOException e) {
      log.debug("a client has gone", e);
      drop(connection);
    } catch (RuntimeException | Error e) { // the port outlives its clients
      log.warn("a request is not answered", e);
      drop(connection);
    }
  }

  private void accept() {
    try {
      for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
        SocketChannel channel = server.accept();
        if (channel == null) {
          return;
        }
        take(channel);
      }
    } catch (IOException e) {
      // As when the process may open no further file: to try again at once would only spin.
      log.debug("a connection could not be taken", e);
      makeRoom();
      accepting.interestOps(0);
      pausing = true;
      pauseEnd = System.nanoTime() + ACCEPT_PAUSE.toNanos();
    }
  }

  private void take(SocketChannel channel) {
    if (connections.size() >= MOST_CONNECTIONS) {
      makeRoom();
    }
    try {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      Connection connection =
          new Connection(channel, key, System.nanoTime() + limits.read().toNanos());
      key.attach(connection);
      connections.add(connection);
    } catch (IOException | RuntimeException e) {
      log.debug("a connection could not be taken", e);
      close(channel);
    }
  }

  /** Cuts off who has dawdled longest: a client that holds up, before one that takes its answer. */
  private void makeRoom() {
    if (cut(connection -> dawdles(connection.phase()), 1) == 0) {
      cut(connection -> true, 1);
    }
  }

  private static boolean dawdles(Connection.Phase phase) {
    return phase == Connection.Phase.READING || phase == Connection.Phase.LINGERING;
  }

  /** Cuts off some; {@return how many}. The oldest go first. */
  private int cut(Predicate<Connection> which, int most) {
    List<Connection> over = connections.stream().filter(which).limit(most).toList();
    over.forEach(this::drop);
    return over.size();
  }

  private void drop(Connection connection) {
    connection.close();
    connections.remove(connection);
  }

  private void read(Connection connection) throws IOException {
    Optional<String> head = connection.read(buffer);
    if (head.isEmpty()) {
      return;
    }
    connection.making(System.nanoTime() + limits.answer().toNanos());
    Optional<RequestHead> request = RequestHead.parse(head.get());
    if (connection.headTooLong() || request.isEmpty()) {
      send(new Reply(connection, Answer.of(connection.headTooLong() ? 431 : 400)));
    } else {
      handler.handle(request.get(), new Answering(connection));
    }
  }

  private final class Answering implements Exchange {

    private final Connection connection;

    Answering(Connection connection) {
      this.connection = connection;
    }

    @Override
    public boolean gone() {
      return connection.gone();
    }

    @Override
    public void answer(Answer answer) {
      replies.add(new Reply(connection, answer));
      selector.wakeup();
    }
  }

  private void send(Reply reply) {
    if (reply.to().gone()) {
      return;
    }
    reply.to().answer(reply.answer().bytes(Instant.now()));
    long unsent = connections.stream().mapToLong(Connection::unsent).sum();
    if (unsent > MOST_UNSENT) {
      // Those that ask next are more likely to take what they get.
      for (Connection connection : new ArrayList<>(connections)) {
        if (unsent > MOST_UNSENT && connection != reply.to() && connection.unsent() > 0) {
          unsent -= connection.unsent();
          drop(connection);
        }
      }
    }
  }

  private void write(Connection connection) throws IOException {
    if (connection.write()) {
      connection.lingering(System.nanoTime() + LINGER.toNanos());
    }
  }

  /** Closes the port and every connection, and waits until that is so. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it waits for nobody
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable channel) {
    try {
      channel.close();
    } catch (Exception e) { // of what ends there is nothing left to lose
      log.debug("a channel could not be closed", e);
    }
  }
}
