package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The raw asynchronous client. */
final class AsyncObjects implements SmallClient {

  private final S3AsyncClient client;
  private final SmallJob job;

  AsyncObjects(S3Address address, StorageArm.Api api, SmallJob job) {
    this.job = job;
    client = RawClients.async(address, api, job.concurrency());
  }

  @Override
  public void write(int pass) throws Exception {
    each(
        number ->
            client.putObject(
                r ->
                    r.bucket(S3Address.BUCKET)
                        .key(job.key(pass, number))
                        .tagging(Tags.of(SmallJob.TAGS)),
                AsyncRequestBody.fromBytes(job.content(number))));
  }

  @Override
  public void read(int pass) throws Exception {
    each(
        number ->
            client
                .getObject(
                    r -> r.bucket(S3Address.BUCKET).key(job.key(pass, number)),
                    AsyncResponseTransformer.toBytes())
                .thenCompose(
                    bytes -> {
                      try {
                        job.check(number, bytes.asByteArrayUnsafe());
                        return CompletableFuture.completedFuture(null);
                      } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                      }
                    }));
  }

  private void each(IntFunction<CompletableFuture<?>> step)
      throws InterruptedException, ExecutionException {
    Semaphore free = new Semaphore(job.concurrency());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    for (int number = 0; number < job.objects() && failure.get() == null; number++) {
      free.acquire();
      var unused =
          step.apply(number)
              .whenComplete(
                  (result, thrown) -> {
                    failure.compareAndSet(null, thrown);
                    free.release();
                  });
    }
    free.acquire(job.concurrency());
    if (failure.get() != null) {
      throw new ExecutionException(failure.get());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
