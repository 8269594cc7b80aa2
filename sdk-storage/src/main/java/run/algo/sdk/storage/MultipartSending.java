package run.algo.sdk.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.spi.FileTarget;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * An upload in parts: begun, its parts sent by the threads of the store, then completed or aborted.
 * The caller is one thread; the parts report from others, under the lock.
 */
final class MultipartSending {

  private static final Logger LOG = LoggerFactory.getLogger(MultipartSending.class);

  private static final int MOST_PARTS = 10_000;

  /** How long an abort tries, whatever is left of the call's own time. */
  private static final Duration ABORT_TIME = Duration.ofSeconds(20);

  /** Metadata by which an upload knows its object, when the answer to its completion got lost. */
  private static final String UPLOAD = "algo-upload";

  private final S3Parts parts;
  private final FileTarget target;
  private final Patience patience;
  private final Map<String, String> metadata;
  private final String nonce = UUID.randomUUID().toString();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition landed = lock.newCondition();
  private final SortedMap<Integer, CompletedPart> done = new TreeMap<>();
  private String uploadId = "";
  private int sent;
  private int inFlight;
  private @Nullable Throwable failure;
  private volatile boolean unwanted;

  MultipartSending(
      S3Parts parts, FileTarget target, Patience patience, Map<String, String> metadata) {
    this.parts = parts;
    this.target = target;
    this.patience = patience;
    this.metadata = new HashMap<>(metadata);
    this.metadata.put(UPLOAD, nonce);
  }

  void begin() throws IOException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(parts.bucket().name())
            .key(target.key())
            .metadata(metadata);
    S3Parts.tagging(target.tags()).ifPresent(request::tagging);
    parts.checksum().ifPresent(request::checksumAlgorithm);
    try {
      Deadline deadline = patience.deadline();
      parts.bucket().ensure(deadline);
      parts.unfinished().removeOf(target.key(), deadline);
      uploadId =
          parts
              .requests()
              .call(deadline, () -> parts.client().createMultipartUpload(request.build()))
              .uploadId();
    } catch (SdkException e) {
      throw parts.failed("beginning the upload of", target.key(), e);
    }
  }

  /** Sends a part once there is a slot for it; its memory goes back when it has landed. */
  void send(PartBuffer part) throws IOException {
    boolean handedOver = false;
    boolean slot = false;
    try {
      parts.takeSlot();
      slot = true;
      lock.lock();
      try {
        rethrow();
        if (sent == MOST_PARTS) {
          throw new IOException(
              target.key()
                  + " has more than "
                  + MOST_PARTS
                  + " parts of "
                  + parts.partSize()
                  + " bytes: raise the part size of the file store");
        }
        int number = ++sent;
        parts.threads().execute(() -> land(number, part));
        inFlight++;
        handedOver = true;
      } finally {
        lock.unlock();
      }
    } catch (RejectedExecutionException e) {
      throw new IOException("the file store was closed while it wrote " + target.key(), e);
    } finally {
      if (!handedOver) {
        part.release();
        if (slot) {
          parts.giveSlotBack();
        }
      }
    }
  }

  /** Sends one part, in a thread of the store. */
  private void land(int number, PartBuffer part) {
    @Nullable CompletedPart completed = null;
    @Nullable Throwable thrown = null;
    try {
      if (!unwanted) {
        completed = upload(number, part);
      }
    } catch (SdkException | InterruptedIOException e) {
      thrown = e;
    } catch (RuntimeException | Error e) {
      // Anything else must not be lost either: the upload would be complete without the part.
      thrown = e;
    } finally {
      part.release();
      parts.giveSlotBack();
    }
    lock.lock();
    try {
      inFlight--;
      if (completed != null) {
        done.put(number, completed);
      } else if (failure == null) {
        failure = thrown != null ? thrown : new IOException("the upload was given up");
        unwanted = true;
      }
      landed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private CompletedPart upload(int number, PartBuffer part)
      throws SdkException, InterruptedIOException {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(parts.bucket().name())
            .key(target.key())
            .uploadId(uploadId)
            .partNumber(number);
    parts.checksum().ifPresent(request::checksumAlgorithm);
    UploadPartResponse response =
        parts
            .requests()
            .call(
                patience.deadline(),
                () -> unwanted,
                () -> parts.client().uploadPart(request.build(), part.body()));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(response.eTag())
        .checksumCRC32C(response.checksumCRC32C())
        .build();
  }

  /** Makes the parts an object. */
  @Nullable String complete(long size) throws IOException {
    awaitLanded();
    lock.lock();
    try {
      rethrow();
    } finally {
      lock.unlock();
    }
    try {
      return parts
          .requests()
          .call(
              patience.deadline(),
              () ->
                  parts
                      .client()
                      .completeMultipartUpload(
                          r ->
                              r.bucket(parts.bucket().name())
                                  .key(target.key())
                                  .uploadId(uploadId)
                                  .multipartUpload(m -> m.parts(done.values()))))
          .eTag();
    } catch (SdkException e) {
      if (Requests.status(e) == 404) {
        // An answer that got lost and a second try: then the object is there, and is this one.
        HeadObjectResponse found = head();
        if (found != null
            && nonce.equals(found.metadata().get(UPLOAD))
            && Objects.equals(found.contentLength(), size)) {
          return found.eTag();
        }
      }
      throw parts.failed("completing", target.key(), e);
    }
  }

  private @Nullable HeadObjectResponse head() throws IOException {
    try {
      return parts
          .requests()
          .call(
              patience.deadline(),
              () ->
                  parts
                      .client()
                      .headObject(r -> r.bucket(parts.bucket().name()).key(target.key())));
    } catch (SdkException e) {
      return null;
    }
  }

  private void awaitLanded() throws IOException {
    lock.lock();
    try {
      while (inFlight > 0) {
        landed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing " + target.key());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes what was sent. A part that lands behind the abort would stay, so those under way are
   * waited for; they try no more.
   */
  void abort() {
    unwanted = true;
    // An interrupt ends the writing, not the cleaning up behind it.
    boolean interrupted = Thread.interrupted();
    try {
      interrupted |= awaitLandedAfterAbort();
      parts
          .requests()
          .call(
              Deadline.after(ABORT_TIME),
              () ->
                  parts
                      .client()
                      .abortMultipartUpload(
                          r ->
                              r.bucket(parts.bucket().name())
                                  .key(target.key())
                                  .uploadId(uploadId)));
    } catch (SdkException | InterruptedIOException | IllegalStateException e) {
      if (!(e instanceof SdkException sdk) || Requests.status(sdk) != 404) {
        LOG.warn(
            "The upload of {} was not removed, its parts stay until housekeeping: {}",
            target.key(),
            parts.requests().mask(String.valueOf(e.getMessage())));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean awaitLandedAfterAbort() {
    boolean interrupted = false;
    long left = TimeUnit.SECONDS.toNanos(ABORT_TIME.toSeconds());
    lock.lock();
    try {
      while (inFlight > 0 && left > 0) {
        try {
          left = landed.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
    }
    return interrupted;
  }

  /** Throws what a part has failed with. */
  private void rethrow() throws IOException {
    Throwable thrown = failure;
    if (thrown instanceof SdkException sdk) {
      throw parts.failed("writing", target.key(), sdk);
    }
    if (thrown != null) {
      throw new IOException(
          "writing " + target.key() + " failed: " + parts.requests().mask(thrown.toString()),
          thrown);
    }
  }
}
