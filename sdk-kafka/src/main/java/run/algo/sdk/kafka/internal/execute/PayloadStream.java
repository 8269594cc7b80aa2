package run.algo.sdk.kafka.internal.execute;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.files.Storage;

/**
 * The content of a file in storage, on its way to the author. For one thread, save {@link #close}:
 * the execution may end, and the stream with it, while an author's thread that is late is reading.
 * A store's stream is for one thread as well, so then it is that thread which closes it, when it
 * comes back from the storage: at once if it heeds its interrupt, at the latest when the storage
 * has not answered for too long.
 */
final class PayloadStream extends InputStream {

  /** In a read. */
  private static final int READING = 1;

  /** No more reads; the store's stream is closed as soon as nobody reads. */
  private static final int CLOSED = 2;

  private final InputStream content;
  private final OptionalLong size;
  private final ReadFailures failures;
  private final ExecutionFiles files;
  private final Storage storage;
  private final Supplier<PayloadMeter> meters;
  private final AtomicInteger state = new AtomicInteger();
  private final byte[] single = new byte[1];
  private @Nullable PayloadMeter meter;
  private volatile long position;

  private PayloadStream(
      InputStream content,
      OptionalLong size,
      ReadFailures failures,
      ExecutionFiles files,
      Storage storage,
      Supplier<PayloadMeter> meters) {
    this.content = content;
    this.size = size;
    this.failures = failures;
    this.files = files;
    this.storage = storage;
    this.meters = meters;
  }

  /**
   * A stream, which the execution keeps until it is closed.
   *
   * @param content what the store has opened
   * @param size its length where that is known
   * @param failures tell what goes wrong
   * @param files what the execution holds
   * @param storage the runner's
   * @param meters take memory for the one who reads all at once
   * @throws IllegalStateException when the execution has ended; the content is closed then
   */
  static PayloadStream keep(
      InputStream content,
      OptionalLong size,
      ReadFailures failures,
      ExecutionFiles files,
      Storage storage,
      Supplier<PayloadMeter> meters) {
    PayloadStream stream = new PayloadStream(content, size, failures, files, storage, meters);
    storage.opened(stream);
    return files.keep(stream);
  }

  /** Its length where that is known. */
  OptionalLong size() {
    return size;
  }

  /** What is read is kept in memory, which this has taken. */
  void meter(PayloadMeter newMeter) {
    meter = newMeter;
  }

  /** How much has been read. */
  long position() {
    return position;
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    enter();
    int read;
    try {
      read = content.read(into, offset, length);
    } catch (IOException | RuntimeException e) {
      leave(); // its end tells more than what a stream says that was closed by it
      throw failures.of(e);
    } catch (Throwable t) {
      leave();
      throw t;
    }
    if (read > 0) {
      long next = position + read; // written by this thread alone
      position = next;
    }
    leave();
    PayloadMeter metered = meter;
    if (metered != null) {
      metered.check(position);
    }
    return read;
  }

  private void enter() throws IOException {
    if (!state.compareAndSet(0, READING)) {
      if (state.get() == READING) {
        throw new IllegalStateException("a payload is read by one thread at a time");
      }
      throw closed();
    }
  }

  private void leave() throws IOException {
    if (!state.compareAndSet(READING, 0)) {
      closeContent();
      throw closed();
    }
  }

  private IOException closed() {
    if (files.isEnded()) {
      throw ExecutionFiles.ended();
    }
    return new IOException("the stream is closed");
  }

  /**
   * Reads the rest, in memory that the execution holds until it ends.
   *
   * @throws StorageException when it is more than there is memory for
   */
  @Override
  public byte[] readAllBytes() throws IOException {
    if (meter == null) {
      PayloadMeter own = meters.get();
      own.take(position, size);
      meter = own;
    }
    return size.isPresent()
        ? readAll(Math.toIntExact(Math.max(0, size.getAsLong() - position)))
        : super.readAllBytes();
  }

  /** Of a known length there is one array and no copy of it. */
  private byte[] readAll(int left) throws IOException {
    byte[] all = new byte[left];
    int length = readNBytes(all, 0, left);
    if (length == left) {
      int end = read(); // meets the end, which verifies it, or fails
      assert end < 0 : "the meter lets nobody read more than was taken";
    }
    return length == left ? all : Arrays.copyOf(all, length);
  }

  @Override
  public void close() throws IOException {
    int before = state.getAndUpdate(now -> now | CLOSED);
    if (before == 0) {
      closeContent();
    }
  }

  private void closeContent() throws IOException {
    files.release(this);
    storage.released(this);
    content.close();
  }
}
