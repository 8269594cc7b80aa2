package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.storage.S3FileStoreProvider;

/** The SDK's file store, by its public API. */
final class StoreObjects extends ThreadedClient {

  private final FileStore store;
  private final SmallJob job;
  private final AtomicReferenceArray<FileReference> references;

  StoreObjects(S3Address address, SmallJob job) {
    super(job);
    this.job = job;
    store = new S3FileStoreProvider().open(address.settings());
    references = new AtomicReferenceArray<>(job.objects());
  }

  @Override
  void writeOne(int number, String key) throws IOException {
    references.set(
        number,
        store.write(new FileTarget(key, SmallJob.TAGS, Optional.empty()), job.content(number)));
  }

  @Override
  byte[] readOne(int number, String key) throws IOException {
    try (InputStream in = store.read(references.get(number))) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    super.close();
    store.close();
  }
}
