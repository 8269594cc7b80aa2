package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.storage.S3FileStoreProvider;

/** The SDK's file store, by its public API. It verifies what it reads by SHA-256. */
final class StoreFile implements LargeClient {

  private final FileStore store;
  private final Map<String, FileReference> references = new ConcurrentHashMap<>();

  StoreFile(S3Address address) {
    store = new S3FileStoreProvider().open(address.settings());
  }

  private static FileTarget target(String key) {
    return new FileTarget(key, SmallJob.TAGS, Optional.empty());
  }

  @Override
  public void write(String key, Content content) throws IOException {
    try (InputStream in = content.open();
        FileUpload upload = store.upload(target(key))) {
      in.transferTo(upload);
      references.put(key, upload.complete());
    }
  }

  @Override
  public void write(String key, Path file) throws IOException {
    references.put(key, store.write(target(key), file));
  }

  private InputStream open(String key) throws IOException {
    FileReference reference = references.get(key);
    if (reference == null) {
      throw new IllegalStateException(key + " was not written by this client");
    }
    return store.read(reference);
  }

  @Override
  public void read(String key, Content expected) throws IOException {
    Content.Checker checker = expected.checker();
    try (InputStream in = open(key)) {
      in.transferTo(checker);
    }
    checker.finish();
  }

  @Override
  public void read(String key, Path file) throws IOException {
    try (InputStream in = open(key)) {
      Files.copy(in, file);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
