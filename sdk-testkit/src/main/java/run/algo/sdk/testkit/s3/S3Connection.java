package run.algo.sdk.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.testkit.s3.S3Fault.Effect;

/** Passes the requests of one connection on, one after the other. For one thread. */
final class S3Connection implements Closeable {

  private static final int BUFFER = 64 * 1024;

  /** Below the server's own idle time, so that it never closes one that is about to be used. */
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Socket client;
  private final int backendPort;
  private final Faults faults;
  private final ObjectTags tags;
  private final InputStream fromClient;
  private final OutputStream toClient;
  private final byte[] buffer = new byte[BUFFER];
  private @Nullable Backend backend;

  S3Connection(Socket client, int backendPort, Faults faults, ObjectTags tags) throws IOException {
    this.client = client;
    this.backendPort = backendPort;
    this.faults = faults;
    this.tags = tags;
    client.setTcpNoDelay(true);
    fromClient = new BufferedInputStream(client.getInputStream(), BUFFER);
    toClient = new BufferedOutputStream(client.getOutputStream(), BUFFER);
  }

  void serve() throws IOException {
    HttpHead request = HttpHead.read(fromClient);
    while (request != null && exchange(request)) {
      request = HttpHead.read(fromClient);
    }
  }

  @Override
  public void close() throws IOException {
    Backend server = backend;
    try {
      client.close();
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  /** Serves a request; returns whether another one may follow. */
  private boolean exchange(HttpHead request) throws IOException {
    S3RequestKind kind = S3RequestKind.of(request.method(), request.path(), request.query());
    Map<Effect, Long> effects = faults.of(kind);
    delay(effects.getOrDefault(Effect.DELAY, 0L));
    if (effects.containsKey(Effect.ERROR)) {
      return refuse(request, effects.get(Effect.ERROR).intValue());
    }
    if (kind == S3RequestKind.GET_TAGS) {
      String xml = tags.xml(request.path());
      return xml == null ? refuse(request, 404) : answer(request, "200 OK", xml);
    }
    if (request.header("Transfer-Encoding") != null) {
      return refuse(request, 411);
    }
    Backend server = backend();
    if (!send(request, server, effects.getOrDefault(Effect.CUT_REQUEST, Long.MAX_VALUE))) {
      return false;
    }
    return relay(request, kind, server, effects.getOrDefault(Effect.CUT_RESPONSE, Long.MAX_VALUE));
  }

  private static void delay(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  private boolean send(HttpHead request, Backend server, long limit) throws IOException {
    if (request.says("Expect", "100-continue")) {
      toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(UTF_8));
      toClient.flush();
    }
    server.out.write(request.without("Expect"));
    long length = request.contentLength();
    copy(fromClient, server.out, Math.min(length, limit), null);
    server.out.flush();
    return length <= limit;
  }

  private boolean relay(HttpHead request, S3RequestKind kind, Backend server, long limit)
      throws IOException {
    HttpHead response = HttpHead.read(server.in);
    if (response == null) {
      throw new EOFException("the server closed the connection");
    }
    ByteArrayOutputStream noted =
        kind == S3RequestKind.CREATE_UPLOAD ? new ByteArrayOutputStream() : null;
    boolean bodiless =
        request.method().equals("HEAD") || response.status() == 204 || response.status() == 304;
    boolean chunked = !bodiless && response.says("Transfer-Encoding", "chunked");
    boolean whole = true;
    if (limit >= 0) {
      toClient.write(response.bytes());
    } else {
      whole = false;
    }
    // What is cut is read to its end all the same: the server has done what it was asked for.
    if (chunked) {
      whole &= chunks(server.in, limit, noted);
    } else if (!bodiless) {
      whole &= body(server.in, response.contentLength(), limit, noted);
    }
    if (response.status() < 300) {
      tags.done(kind, request, noted == null ? "" : noted.toString(UTF_8));
    }
    toClient.flush();
    server.used = System.nanoTime();
    if (response.says("Connection", "close")) {
      server.close();
      backend = null;
    }
    return whole && !response.says("Connection", "close") && !request.says("Connection", "close");
  }

  /** Passes a body on; returns whether all of it went out. */
  private boolean body(
      InputStream in, long length, long limit, @Nullable ByteArrayOutputStream noted)
      throws IOException {
    long passed = Math.min(length, Math.max(limit, 0));
    copy(in, toClient, passed, noted);
    copy(in, OutputStream.nullOutputStream(), length - passed, noted);
    return passed == length;
  }

  private boolean chunks(InputStream in, long limit, @Nullable ByteArrayOutputStream noted)
      throws IOException {
    long left = Math.max(limit, 0);
    boolean whole = true;
    while (true) {
      String line = line(in);
      if (whole) {
        toClient.write((line + "\r\n").getBytes(UTF_8));
      }
      long size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
      if (size == 0) {
        break;
      }
      whole &= body(in, size, left, noted);
      left = Math.max(0, left - size);
      line(in);
      if (whole) {
        toClient.write("\r\n".getBytes(UTF_8));
      }
    }
    // S3Proxy sends no trailers.
    line(in);
    if (whole) {
      toClient.write("\r\n".getBytes(UTF_8));
    }
    return whole;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection within a chunk");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  private void copy(
      InputStream in, OutputStream out, long length, @Nullable ByteArrayOutputStream noted)
      throws IOException {
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException("the connection ended within a body");
      }
      out.write(buffer, 0, read);
      if (noted != null) {
        noted.write(buffer, 0, read);
      }
      left -= read;
    }
  }

  /** Answers with an error; returns whether another request may follow. */
  private boolean refuse(HttpHead request, int status) throws IOException {
    String code =
        switch (status) {
          case 503 -> "SlowDown";
          case 500 -> "InternalError";
          case 403 -> "AccessDenied";
          case 404 -> "NoSuchKey";
          default -> "Status" + status;
        };
    return answer(
        request,
        status + " " + code,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>"
            + code
            + ", as the test asked for</Message></Error>");
  }

  private boolean answer(HttpHead request, String status, String xml) throws IOException {
    // A client that waits for a go-ahead gets the answer in its place, and keeps its body.
    boolean waits = request.says("Expect", "100-continue");
    boolean last = waits || request.header("Transfer-Encoding") != null;
    if (!waits) {
      copy(fromClient, OutputStream.nullOutputStream(), request.contentLength(), null);
    }
    byte[] body = xml.getBytes(UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/xml\r\nContent-Length: "
            + body.length
            + (last ? "\r\nConnection: close" : "")
            + "\r\n\r\n";
    toClient.write(head.getBytes(UTF_8));
    if (!request.method().equals("HEAD")) {
      toClient.write(body);
    }
    toClient.flush();
    return !last;
  }

  private Backend backend() throws IOException {
    Backend current = backend;
    if (current != null && System.nanoTime() - current.used > MAX_IDLE_NANOS) {
      current.close();
      current = null;
    }
    if (current == null) {
      current = new Backend(new Socket(InetAddress.getLoopbackAddress(), backendPort));
      backend = current;
    }
    return current;
  }

  /** The connection to the server. */
  private static final class Backend implements Closeable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private long used = System.nanoTime();

    Backend(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
