package run.algo.sdk.storage;

import java.io.InterruptedIOException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateBucketConfiguration;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;

/**
 * The deployment's bucket, created by whoever writes first. Several may: who comes second finds it
 * there, which is all that he wants. Thread-safe.
 */
final class Bucket {

  /** The region of a bucket that is created without one. */
  private static final String DEFAULT_REGION = "us-east-1";

  private final S3Client client;
  private final Requests requests;
  private final String name;
  private final String region;
  private volatile boolean known;

  Bucket(S3Client client, Requests requests, String name, String region) {
    this.client = client;
    this.requests = requests;
    this.name = name;
    this.region = region;
  }

  String name() {
    return name;
  }

  void ensure(Deadline deadline) throws SdkException, InterruptedIOException {
    if (!known) {
      if (!exists(deadline)) {
        create(deadline);
      }
      known = true;
    }
  }

  /** After a request that did not find it: somebody has removed it. */
  void forget() {
    known = false;
  }

  private boolean exists(Deadline deadline) throws SdkException, InterruptedIOException {
    try {
      requests.call(deadline, () -> client.headBucket(r -> r.bucket(name)));
      return true;
    } catch (SdkException e) {
      if (Requests.status(e) == 404) {
        return false;
      }
      if (Requests.status(e) == 403) {
        // Who may write need not be allowed to look; whether it is there, the write will tell.
        return true;
      }
      throw e;
    }
  }

  private void create(Deadline deadline) throws SdkException, InterruptedIOException {
    CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(name);
    if (!region.equals(DEFAULT_REGION)) {
      request.createBucketConfiguration(
          CreateBucketConfiguration.builder().locationConstraint(region).build());
    }
    try {
      requests.call(deadline, () -> client.createBucket(request.build()));
    } catch (SdkException e) {
      // Another writer was faster. Whether the bucket is ours, too, the first write will tell.
      if (Requests.status(e) != 409) {
        throw e;
      }
    }
  }
}
