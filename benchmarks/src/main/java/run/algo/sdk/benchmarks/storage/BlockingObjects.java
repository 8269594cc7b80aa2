package run.algo.sdk.benchmarks.storage;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The raw blocking client. */
final class BlockingObjects extends ThreadedClient {

  private final S3Client client;
  private final SmallJob job;

  BlockingObjects(S3Address address, SmallJob job) {
    super(job);
    this.job = job;
    client = RawClients.blocking(address, job.concurrency());
  }

  @Override
  void writeOne(int number, String key) {
    client.putObject(
        r -> r.bucket(S3Address.BUCKET).key(key).tagging(Tags.of(SmallJob.TAGS)),
        RequestBody.fromBytes(job.content(number)));
  }

  @Override
  byte[] readOne(int number, String key) {
    return client.getObjectAsBytes(r -> r.bucket(S3Address.BUCKET).key(key)).asByteArrayUnsafe();
  }

  @Override
  public void close() {
    super.close();
    client.close();
  }
}
