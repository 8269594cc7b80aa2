package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Clients of a port that send too little, or take too little of what they have asked for. */
final class SlowClients implements AutoCloseable {

  private final InetSocketAddress port;
  private final List<SocketChannel> open = new ArrayList<>();
  private int cut;

  SlowClients(int port) {
    this.port = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** One more that sends this and then nothing, and never reads. */
  synchronized void send(String text) {
    try {
      SocketChannel channel = SocketChannel.open();
      open.add(channel);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
      channel.connect(port);
      channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      channel.configureBlocking(false);
    } catch (IOException e) {
      cut++; // refused, or cut at once
    }
  }

  /** How many of those that have asked for nothing have been cut off by now. */
  synchronized int cut() {
    ByteBuffer some = ByteBuffer.allocate(16);
    open.removeIf(
        channel -> {
          if (!channel.isConnected() || channel.isBlocking() || !over(channel, some)) {
            return false;
          }
          cut++;
          close(channel);
          return true;
        });
    return cut;
  }

  private static boolean over(SocketChannel channel, ByteBuffer some) {
    try {
      return channel.read(some.clear()) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public synchronized void close() {
    open.forEach(SlowClients::close);
    open.clear();
  }
}
