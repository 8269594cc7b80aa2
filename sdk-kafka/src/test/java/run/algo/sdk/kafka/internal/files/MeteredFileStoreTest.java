package run.algo.sdk.kafka.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.kafka.internal.observe.StorageCounters;
import run.algo.sdk.kafka.internal.observe.StorageCounters.Operation;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;

class MeteredFileStoreTest {

  private final UploadWatch files = new UploadWatch();
  private final StorageCounters counters = new StorageCounters();
  private final MeteredFileStore store = new MeteredFileStore(files, counters);

  private void assertCounts(Operation operation, long ok, long failed) {
    assertThat(counters.ok(operation)).as("%s", operation).isEqualTo(ok);
    assertThat(counters.failed(operation)).as("%s failed", operation).isEqualTo(failed);
  }

  @Test
  void whatIsReadAndWrittenIsCountedOnce(@TempDir Path folder) throws Exception {
    FileReference bytes = store.write(FileTarget.of("a"), new byte[7]);
    Path file = Files.write(folder.resolve("b"), new byte[8]);
    store.write(FileTarget.of("b"), file);
    try (InputStream in = store.read(bytes)) {
      assertThat(in.readAllBytes()).hasSize(7);
    }
    assertThat(store.read(bytes, Duration.ofSeconds(1)).size()).hasValue(7);
    assertCounts(Operation.WRITE, 2, 0);
    assertCounts(Operation.READ, 2, 0);
    assertCounts(Operation.UPLOAD, 0, 0);
  }

  @Test
  void anUploadCountsWhenItIsCompleteAndNotWhenItIsGivenUp() throws Exception {
    try (FileUpload upload = store.upload(FileTarget.of("a"))) {
      upload.write(1);
      assertThat(upload.complete()).isEqualTo(upload.complete());
    }
    try (FileUpload upload = store.upload(FileTarget.of("b"))) {
      upload.write(new byte[3]);
    }
    assertCounts(Operation.UPLOAD, 1, 0);
    assertThat(files.keys()).containsExactly("a");
  }

  @Test
  void whatFailsIsCountedOnceHoweverOftenItIsTold() throws Exception {
    FileUpload upload = store.upload(FileTarget.of("a"));
    files.broken = new IOException("no");
    assertThatThrownBy(() -> upload.write(new byte[1])).hasMessage("no");
    assertThatThrownBy(upload::complete).hasMessage("no");
    upload.close();
    assertThatThrownBy(() -> store.write(FileTarget.of("b"), new byte[1])).hasMessage("no");
    assertCounts(Operation.UPLOAD, 0, 1);
    assertCounts(Operation.WRITE, 0, 1);
    FileReference missing =
        new FileReference(
            "minio:9000",
            "bucket",
            "none",
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> store.read(missing)).isInstanceOf(IOException.class);
    assertCounts(Operation.READ, 0, 1);
  }
}
