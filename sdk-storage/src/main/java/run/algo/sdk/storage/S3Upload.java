package run.algo.sdk.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Content on its way. It is gathered into parts; one that is full is sent while the next one fills,
 * and a file that fits into one part is sent whole at its end. For one thread.
 */
final class S3Upload extends FileUpload {

  private final S3Parts parts;
  private final String host;
  private final FileTarget target;
  private final Optional<String> expectedSha256;
  private final Patience patience;
  private final int partSize;
  private final MessageDigest digest = Sha256.begin();
  private final byte[] single = new byte[1];
  private PartBuffer filling;
  private long size;
  private @Nullable MultipartSending sending;
  private @Nullable FileReference reference;
  private boolean over;

  S3Upload(
      S3Parts parts,
      String host,
      FileTarget target,
      Optional<String> expectedSha256,
      Patience patience,
      int partSize) {
    this.parts = parts;
    this.host = host;
    this.target = target;
    this.expectedSha256 = expectedSha256;
    this.patience = patience;
    this.partSize = partSize;
    filling = new PartBuffer(parts.pool(), partSize);
  }

  @Override
  public void write(int b) throws IOException {
    single[0] = (byte) b;
    write(single, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    checkUsable();
    try {
      digest.update(from, offset, length);
      int done = 0;
      while (done < length) {
        // A full part goes out when more comes: whether it is the only one is not known before.
        if (filling.isFull()) {
          sendPart();
        }
        done += filling.put(from, offset + done, length - done);
      }
      size += length;
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void sendPart() throws IOException {
    MultipartSending begun = sending;
    if (begun == null) {
      begun = new MultipartSending(parts, target, patience, metadata());
      begun.begin();
      sending = begun;
    }
    PartBuffer full = filling;
    // Whatever comes of it, the part is no longer this one's to give back.
    filling = new PartBuffer(parts.pool(), partSize);
    begun.send(full);
  }

  private Map<String, String> metadata() {
    return expectedSha256.map(sha256 -> Map.of(S3FileStore.SHA256, sha256)).orElseGet(Map::of);
  }

  @Override
  public FileReference complete() throws IOException {
    if (reference == null) {
      checkUsable();
      try {
        String sha256 = Sha256.end(digest);
        if (!expectedSha256.orElse(sha256).equals(sha256)) {
          throw new IOException(
              "the content of " + target.key() + " has changed while it was written");
        }
        String etag = finish(sha256);
        reference =
            new FileReference(
                host,
                parts.bucket().name(),
                target.key(),
                OptionalLong.of(size),
                Optional.of(sha256),
                Optional.ofNullable(etag));
      } finally {
        close();
      }
    }
    return reference;
  }

  private @Nullable String finish(String sha256) throws IOException {
    MultipartSending begun = sending;
    if (begun == null) {
      return putWhole(sha256);
    }
    // Empty it is never: there is a next part only when there is something for it.
    sendPart();
    String etag = begun.complete(size);
    sending = null;
    return etag;
  }

  private @Nullable String putWhole(String sha256) throws IOException {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(parts.bucket().name())
            .key(target.key())
            .metadata(Map.of(S3FileStore.SHA256, sha256));
    S3Parts.tagging(target.tags()).ifPresent(request::tagging);
    parts.checksum().ifPresent(request::checksumAlgorithm);
    try {
      Deadline deadline = patience.deadline();
      parts.bucket().ensure(deadline);
      return parts
          .requests()
          .call(deadline, () -> parts.client().putObject(request.build(), filling.body()))
          .eTag();
    } catch (SdkException e) {
      throw parts.failed("writing", target.key(), e);
    }
  }

  @Override
  public void close() {
    if (over) {
      return;
    }
    over = true;
    filling.release();
    MultipartSending begun = sending;
    if (begun != null) {
      sending = null;
      begun.abort();
    }
  }

  private void checkUsable() throws IOException {
    if (over) {
      throw new IOException("the upload of " + target.key() + " is over");
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw new InterruptedIOException("interrupted while writing " + target.key());
    }
  }
}
