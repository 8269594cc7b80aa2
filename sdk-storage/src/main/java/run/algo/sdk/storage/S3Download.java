package run.algo.sdk.storage;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The content of a file, straight from the socket. Where the connection breaks, the rest is asked
 * for by range, on condition that the object is still the one that the reading began with. For one
 * thread.
 */
final class S3Download extends FileDownload {

  private final S3Client client;
  private final Requests requests;
  private final FileReference reference;
  private final Patience patience;
  private final Optional<MessageDigest> digest;
  private final byte[] single = new byte[1];
  private ResponseInputStream<GetObjectResponse> content;
  private final @Nullable String etag;
  private final long size;
  private long position;
  private int failuresInARow;
  private @Nullable Deadline trouble;
  private @Nullable FileMismatchException mismatch;
  private boolean ended;
  private boolean closed;

  /** Opens the file. */
  S3Download(S3Client client, Requests requests, FileReference reference, Patience patience)
      throws IOException {
    this.client = client;
    this.requests = requests;
    this.reference = reference;
    this.patience = patience;
    digest = reference.sha256().map(sha256 -> Sha256.begin());
    content = open();
    etag = content.response().eTag();
    Long length = content.response().contentLength();
    size = length == null ? reference.size().orElse(-1) : length;
    try {
      checkAtFirstSight();
    } catch (FileMismatchException e) {
      content.abort();
      throw e;
    }
  }

  @Override
  public OptionalLong size() {
    return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
  }

  private GetObjectRequest.Builder request() {
    return GetObjectRequest.builder().bucket(reference.bucket()).key(reference.file());
  }

  private ResponseInputStream<GetObjectResponse> open() throws IOException {
    try {
      return requests.call(patience.deadline(), () -> client.getObject(request().build()));
    } catch (SdkException e) {
      throw requests.translate("reading", reference.file(), e);
    }
  }

  private void checkAtFirstSight() throws FileMismatchException {
    if (reference.size().isPresent() && reference.size().getAsLong() != size) {
      throw new FileMismatchException(
          reference.file()
              + " has "
              + size
              + " bytes, its reference says "
              + reference.size().getAsLong());
    }
    // The same content may well have another tag, so a tag decides only where no digest does.
    if (reference.sha256().isEmpty()
        && reference.etag().isPresent()
        && etag != null
        && !plain(reference.etag().get()).equals(plain(etag))) {
      throw new FileMismatchException(
          reference.file() + " has another etag than its reference says");
    }
  }

  /** Some writers of references keep the quotes of the header, others do not. */
  private static String plain(String etag) {
    return etag.length() > 1 && etag.startsWith("\"") && etag.endsWith("\"")
        ? etag.substring(1, etag.length() - 1)
        : etag;
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (closed) {
      throw new IOException("the stream of " + reference.file() + " is closed");
    }
    if (mismatch != null) {
      throw mismatch;
    }
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int read;
      try {
        read = content.read(into, offset, length);
      } catch (IOException | SdkException | IllegalStateException e) {
        resume(e);
        continue;
      }
      if (read > 0) {
        position += read;
        failuresInARow = 0;
        trouble = null;
        digest.ifPresent(sum -> sum.update(into, offset, read));
        return read;
      }
      if (size >= 0 && position < size) {
        resume(new IOException("the connection ended after " + position + " of " + size));
      } else {
        end();
      }
    }
    return -1;
  }

  private void end() throws FileMismatchException {
    ended = true;
    if (digest.isPresent() && !Sha256.end(digest.get()).equals(reference.sha256().orElseThrow())) {
      mismatch =
          new FileMismatchException(
              reference.file() + " has another SHA-256 than its reference says");
      throw mismatch;
    }
  }

  /** Asks for what is missing, after a pause when the last time was for nothing. */
  private void resume(Exception cause) throws IOException {
    content.abort();
    Deadline deadline = trouble == null ? patience.deadline() : trouble;
    trouble = deadline;
    failuresInARow++;
    if (etag == null
        || Thread.currentThread().isInterrupted()
        || !requests.pause(deadline, failuresInARow)) {
      throw broken(cause);
    }
    try {
      content =
          requests.call(
              deadline,
              () ->
                  client.getObject(
                      request().range("bytes=" + position + "-").ifMatch(etag).build()));
    } catch (SdkException e) {
      if (Requests.status(e) == 412) {
        throw new IOException(
            reference.file() + " was replaced while it was read, after " + position + " bytes", e);
      }
      throw requests.translate("reading on in", reference.file(), e);
    }
    String range = content.response().contentRange();
    if (position > 0 && (range == null || !range.startsWith("bytes " + position + "-"))) {
      content.abort();
      throw new IOException(
          reference.file() + " broke off after " + position + " bytes; the storage gives no rest");
    }
  }

  private IOException broken(Exception cause) {
    return new IOException(
        "reading "
            + reference.file()
            + " broke off after "
            + position
            + " bytes: "
            + requests.mask(String.valueOf(cause.getMessage())));
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (ended) {
      content.close();
    } else {
      // The rest may be long: a new connection is cheaper than reading it.
      content.abort();
    }
  }
}
