package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Output;
import run.algo.sdk.OutputFile;
import run.algo.sdk.Pipe;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileUpload;

/**
 * A file that an Algo writes while it is executed. Its upload begins with the first byte. The
 * author's {@code close()} says that all is written, not that all is well: try-with-resources
 * closes on an exception as well. So the upload is completed when the execution has succeeded, and
 * aborted when it ends in any other way.
 *
 * <p>An upload is for one thread at a time, and a thread whose execution has timed out may be in a
 * write that hangs, for as long as the store lets it. Whoever ends the execution must not wait for
 * that: so each call of the author's takes the upload, a flag under the lock, and gives it back.
 * {@link #abort} finds it free and aborts it, or finds it taken, leaves a note, and goes; the call
 * aborts it when it gives it back. It is one of the two, whatever comes first, and the lock is
 * never held during a call of the store. Once the author has closed the file no call takes the
 * upload any more, so it can be completed without a look at the flag.
 *
 * <p>What goes wrong is remembered: an author who swallows the exception of a write would otherwise
 * have a file with a gap.
 */
final class StreamedOutput extends OutputStream {

  private final String name;
  private final Beginning beginning;
  private final Output<?> output;
  private int index;

  private @Nullable FileUpload upload;

  /** A thread of the author's is in a call of the upload. */
  private boolean taken;

  private boolean closed;
  private boolean ended;
  private @Nullable Exception failure;

  /** Begins the upload of an emission. */
  interface Beginning {

    FileUpload begin(int index) throws IOException;
  }

  /**
   * A file without content.
   *
   * @param file what the author wants
   * @param beginning begins its upload
   */
  StreamedOutput(OutputFile file, Beginning beginning) {
    this.name = file.name();
    this.beginning = beginning;
    this.output = output(file);
  }

  /** As what it stands among the emissions; itself is the value. */
  @SuppressWarnings("unchecked") // the pipe's codec never sees it
  private Output<?> output(OutputFile file) {
    Output<Object> emitted = Output.of((Pipe<Object>) file.pipe(), this).withFileName(name);
    byte[] key = file.key();
    if (key != null) {
      emitted = emitted.withKey(key);
    }
    for (RecordHeader header : file.headers()) { // they are text
      emitted = emitted.withHeader(header.name(), new String(header.value(), UTF_8));
    }
    return emitted;
  }

  Output<?> output() {
    return output;
  }

  /** Its place among the emissions; before the author has it. */
  void index(int place) {
    index = place;
  }

  // For the author

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    if (length == 0) {
      return;
    }
    FileUpload known = take();
    try {
      if (known == null) {
        known = begin();
      }
      known.write(from, offset, length);
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    } catch (Error e) {
      failed(e);
      throw e;
    } finally {
      giveBack();
    }
  }

  /** Sends on what may be sent. */
  @Override
  public void flush() throws IOException {
    // parts are sent when they are full
  }

  /** All is written. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (ended) {
        throw ended();
      }
    }
  }

  private synchronized @Nullable FileUpload take() throws StorageException {
    if (ended) {
      throw ended();
    }
    if (closed || taken) {
      String what =
          closed ? "is written to after its close" : "is written to by two threads at once";
      IllegalStateException misuse = new IllegalStateException(file() + " " + what);
      if (failure == null) {
        failure = misuse;
      }
      throw new StorageException(file() + " " + what, misuse);
    }
    if (failure != null) {
      throw new StorageException(file() + " has failed before: " + failure.getMessage(), failure);
    }
    taken = true;
    return upload;
  }

  private FileUpload begin() throws IOException {
    FileUpload begun = beginning.begin(index);
    synchronized (this) {
      upload = begun;
    }
    return begun;
  }

  private void giveBack() {
    FileUpload left;
    synchronized (this) {
      taken = false;
      left = ended ? upload : null;
    }
    if (left != null) {
      left.close();
    }
  }

  private StorageException failed(Throwable cause) {
    StorageException told = Uploads.failed(file(), cause);
    synchronized (this) {
      if (failure == null) {
        failure = told;
      }
    }
    return told;
  }

  private StorageException ended() {
    String message = file() + " can no longer be written: its execution has ended";
    return new StorageException(message, new IllegalStateException(message));
  }

  private String file() {
    return "the file " + Uploads.printable(name) + " for output " + output.pipe().name();
  }

  // For whoever ends the execution

  /**
   * Refuses what cannot be completed. Nothing changes any more if it does not throw.
   *
   * @throws StorageException when a write has failed
   * @throws Refusal when the Algo has not written it as it should
   */
  synchronized void check() throws StorageException {
    if (failure instanceof StorageException storage) {
      throw storage;
    }
    if (failure != null) {
      throw new Refusal(FailureReason.ALGO, 1, failure);
    }
    if (!closed || taken) {
      throw new Refusal(
          FailureReason.ALGO,
          1,
          new IllegalStateException(
              file()
                  + " was left open: close it when all is written, before the execution ends, best"
                  + " by try-with-resources"));
    }
  }

  /**
   * Completes it, after {@link #check}. On a worker.
   *
   * @throws StorageException when the store does not take it
   */
  FileReference complete() throws StorageException {
    FileUpload known;
    synchronized (this) {
      if (ended) {
        throw ended();
      }
      known = upload;
    }
    try {
      return (known == null ? begin() : known).complete();
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  /** Its execution has ended. Waits for nobody; without effect once it is complete. */
  void abort() {
    FileUpload free;
    synchronized (this) {
      ended = true;
      free = taken ? null : upload;
    }
    if (free != null) {
      free.close();
    }
  }

  @Override
  public String toString() {
    return file();
  }
}
