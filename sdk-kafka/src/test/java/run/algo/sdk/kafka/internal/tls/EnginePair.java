package run.algo.sdk.kafka.internal.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** A client's engine and a server's, joined by two buffers in one thread. */
final class EnginePair {
  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
  private final StringBuilder received = new StringBuilder();

  private EnginePair(SSLEngine client, SSLEngine server) {
    this.client = client;
    this.server = server;
  }

  /**
   * Shakes hands with a server that insists on a client certificate, and sends a message each way.
   *
   * @return the server's engine, to ask whom it saw
   */
  static SSLEngine connect(SSLEngine client, SSLContext server) throws SSLException {
    SSLEngine serverEngine = server.createSSLEngine();
    serverEngine.setUseClientMode(false);
    serverEngine.setNeedClientAuth(true);
    EnginePair pair = new EnginePair(client, serverEngine);
    client.beginHandshake();
    pair.shakeHands();
    pair.send(client, pair.toServer, "ping");
    pair.shakeHands();
    pair.send(serverEngine, pair.toClient, "pong");
    pair.shakeHands();
    if (!pair.received.toString().equals("pingpong")) {
      throw new AssertionError("received " + pair.received);
    }
    return serverEngine;
  }

  private void shakeHands() throws SSLException {
    boolean moved = true;
    while (moved) {
      moved = step(client, toClient, toServer) || step(server, toServer, toClient);
    }
  }

  private void send(SSLEngine engine, ByteBuffer out, String text) throws SSLException {
    engine.wrap(ByteBuffer.wrap(text.getBytes(US_ASCII)), out);
  }

  private boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
          task.run();
          task = engine.getDelegatedTask();
        }
        return true;
      }
      case NEED_WRAP -> {
        return engine.wrap(ByteBuffer.allocate(0), out).bytesProduced() > 0;
      }
      default -> {
        in.flip();
        ByteBuffer plain = ByteBuffer.allocate(1 << 15);
        SSLEngineResult result = engine.unwrap(in, plain);
        in.compact();
        received.append(US_ASCII.decode(plain.flip()));
        return result.bytesConsumed() > 0;
      }
    }
  }
}
