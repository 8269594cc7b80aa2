package run.algo.sdk.storage;

import java.io.InterruptedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.spi.FileStoreOptions;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Uploads in parts that were neither completed nor aborted. Nobody sees them in a listing of files,
 * and their parts are paid for until somebody removes them. Thread-safe.
 */
final class UnfinishedUploads {

  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedUploads.class);

  private final S3Client client;
  private final Requests requests;
  private final Bucket bucket;
  private final FileStoreOptions options;
  private volatile boolean told;

  UnfinishedUploads(S3Client client, Requests requests, Bucket bucket, FileStoreOptions options) {
    this.client = client;
    this.requests = requests;
    this.bucket = bucket;
    this.options = options;
  }

  /**
   * Removes those of one key, before one of that key begins: what a process has left that was
   * killed, and what one has under way that has lost the record and does not know it yet.
   *
   * <p>It looks before its own upload begins and not behind: two that begin together would
   * otherwise remove each other. A storage that does not let us is left as it is.
   */
  void removeOf(String key, Deadline deadline) throws SdkException, InterruptedIOException {
    try {
      ListMultipartUploadsResponse page = list(key, null, deadline);
      while (true) {
        String last = key;
        for (MultipartUpload upload : page.uploads()) {
          last = upload.key();
          if (last.equals(key)) {
            remove(upload, deadline);
          }
        }
        // A listing is in the order of keys, and of all that begin with this one it is the first.
        if (!Boolean.TRUE.equals(page.isTruncated()) || !last.equals(key)) {
          return;
        }
        page = list(key, page, deadline);
      }
    } catch (SdkException e) {
      if (Requests.status(e) == 0 || Requests.mayPass(e)) {
        throw e;
      }
      // That the bucket has gone is for the beginning of the upload to say.
      if (!told && !Requests.missing(e)) {
        told = true;
        LOG.info(
            "Unfinished uploads in {} are left to a lifecycle rule: the storage does not list or"
                + " remove them for these credentials (status {})",
            bucket.name(),
            Requests.status(e));
      }
    }
  }

  /**
   * Removes the old ones, of all keys that begin with the prefix.
   *
   * <p>The storage is asked for all of them: MinIO takes a prefix for a whole key.
   *
   * @return how many
   */
  int remove(String prefix, Instant begunBefore) throws SdkException, InterruptedIOException {
    int removed = 0;
    try {
      ListMultipartUploadsResponse page = list(null, null, perRequest());
      while (true) {
        for (MultipartUpload upload : page.uploads()) {
          if (upload.key().startsWith(prefix)
              && upload.initiated().isBefore(begunBefore)
              && remove(upload, perRequest())) {
            removed++;
          }
        }
        if (!Boolean.TRUE.equals(page.isTruncated())) {
          return removed;
        }
        page = list(null, page, perRequest());
      }
    } catch (SdkException e) {
      if (Requests.missing(e)) {
        return removed;
      }
      throw e;
    }
  }

  private Deadline perRequest() {
    return Deadline.after(options.timeout());
  }

  private ListMultipartUploadsResponse list(
      @Nullable String prefix, @Nullable ListMultipartUploadsResponse before, Deadline deadline)
      throws SdkException, InterruptedIOException {
    return requests.call(
        deadline,
        () ->
            client.listMultipartUploads(
                r ->
                    r.bucket(bucket.name())
                        .prefix(prefix)
                        .keyMarker(before == null ? null : before.nextKeyMarker())
                        .uploadIdMarker(before == null ? null : before.nextUploadIdMarker())));
  }

  private boolean remove(MultipartUpload upload, Deadline deadline)
      throws SdkException, InterruptedIOException {
    try {
      requests.call(
          deadline,
          () ->
              client.abortMultipartUpload(
                  r -> r.bucket(bucket.name()).key(upload.key()).uploadId(upload.uploadId())));
      return true;
    } catch (SdkException e) {
      if (Requests.status(e) == 404) {
        // It was completed or removed meanwhile.
        return false;
      }
      throw e;
    }
  }
}
