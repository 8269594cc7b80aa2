package run.algo.sdk.kafka.internal.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the port, from its request to the end of its answer. Its channel does not block;
 * all is done by the thread of the {@link HttpFront}, but {@link #gone} may be asked by any.
 */
final class Connection {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** What is written at once, so that one that takes much does not keep the thread. */
  private static final int SLICE = 64 * 1024;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final RequestHead.Collector head = new RequestHead.Collector();
  private ByteBuffer[] answer = {};
  private Phase phase = Phase.READING;
  private long deadline;
  private volatile boolean gone;

  /** How far it is. */
  enum Phase {
    /** Its request is not there yet. */
    READING,
    /** Its answer is made. */
    MAKING,
    /** Its answer is sent. */
    WRITING,
    /**
     * All is sent, and the client has not hung up yet. To close before it has, with something
     * unread, could take the answer from it.
     */
    LINGERING
  }

  Connection(SocketChannel channel, SelectionKey key, long deadline) {
    this.channel = channel;
    this.key = key;
    this.deadline = deadline;
  }

  Phase phase() {
    return phase;
  }

  long deadline() {
    return deadline;
  }

  /** Bytes of the answer that have not gone out. */
  long unsent() {
    long bytes = 0;
    for (ByteBuffer part : answer) {
      bytes += part.remaining();
    }
    return bytes;
  }

  /** {@return whether nobody waits for an answer any more} */
  boolean gone() {
    return gone;
  }

  /**
   * Reads what has come.
   *
   * @param buffer to read with
   * @return the request's head, once it is there or has become too long
   * @throws IOException when the client has hung up
   */
  Optional<String> read(ByteBuffer buffer) throws IOException {
    if (channel.read(buffer.clear()) < 0) {
      throw new IOException("the client has hung up");
    }
    if (phase != Phase.READING) {
      return Optional.empty();
    }
    head.take(buffer.flip());
    return head.ended() || head.tooLong() ? Optional.of(head.text()) : Optional.empty();
  }

  boolean headTooLong() {
    return !head.ended() && head.tooLong();
  }

  /** Its request is there: nothing more is read until it is answered. */
  void making(long until) {
    phase = Phase.MAKING;
    deadline = until;
    key.interestOps(0);
  }

  /** Its answer is there. */
  void answer(ByteBuffer[] bytes) {
    answer = bytes;
    phase = Phase.WRITING;
    key.interestOps(SelectionKey.OP_WRITE);
  }

  /** Sends some of the answer; {@return whether that was the last of it} */
  boolean write() throws IOException {
    for (ByteBuffer part : answer) {
      if (part.hasRemaining()) {
        ByteBuffer some = part.slice(part.position(), Math.min(SLICE, part.remaining()));
        part.position(part.position() + channel.write(some));
        break;
      }
    }
    return unsent() == 0;
  }

  /** Its answer is out. */
  void lingering(long until) throws IOException {
    answer = new ByteBuffer[0];
    phase = Phase.LINGERING;
    deadline = until;
    channel.shutdownOutput();
    key.interestOps(SelectionKey.OP_READ);
  }

  /** Hangs up. */
  void close() {
    gone = true;
    answer = new ByteBuffer[0];
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("a connection could not be closed", e);
    }
  }
}
