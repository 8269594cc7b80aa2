package run.algo.sdk.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;

/**
 * What every {@link FileStore} owes. Extend it in a test class and open the store to judge.
 *
 * @since 0.1.0
 */
public abstract class FileStoreContract {

  private static final String OTHER_DIGEST = "0".repeat(64);

  /** For subclasses. */
  protected FileStoreContract() {}

  /**
   * Opens an empty store; each test closes the one it opened.
   *
   * @return the store
   * @throws Exception when it cannot be opened
   */
  protected abstract FileStore open() throws Exception;

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    try (FileStore store = open()) {
      for (int size : new int[] {0, 1, 8_192, 300_001}) {
        byte[] content = random(size);
        FileReference reference = store.write("size-" + size, stream(content));

        assertThat(reference.file()).isEqualTo("size-" + size);
        assertThat(reference.host()).isNotEmpty();
        assertThat(reference.bucket()).isNotEmpty();
        assertThat(reference.size()).hasValue(size);
        assertThat(read(store, reference)).isEqualTo(content);
      }
    }
  }

  @Test
  void theReferenceHoldsTheDigest() throws Exception {
    try (FileStore store = open()) {
      assertThat(store.write("a", text("abc")).sha256())
          .hasValue("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
      assertThat(store.write("b", text("")).sha256())
          .hasValue("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
  }

  @Test
  void keysAreTakenAsTheyAre() throws Exception {
    try (FileStore store = open()) {
      List<String> keys = List.of("a/b", "a/B", "a b+c%20d", "ü\uD83D\uDE80", "a/b/c", "=&?#x");
      List<FileReference> references = new ArrayList<>();
      for (String key : keys) {
        references.add(store.write(key, text(key)));
      }
      for (int i = 0; i < keys.size(); i++) {
        assertThat(references.get(i).file()).isEqualTo(keys.get(i));
        assertThat(read(store, references.get(i))).isEqualTo(keys.get(i).getBytes(UTF_8));
      }
    }
  }

  @Test
  void aKeyThatIsWrittenAgainIsReplaced() throws Exception {
    try (FileStore store = open()) {
      FileReference first = store.write("a", text("the first, which is longer"));
      FileReference second = store.write("a", text("the second"));

      assertThat(read(store, second)).isEqualTo("the second".getBytes(UTF_8));
      assertThatThrownBy(() -> read(store, first)).isInstanceOf(FileMismatchException.class);
    }
  }

  @Test
  void aFailedWriteLeavesWhatWasThere() throws Exception {
    try (FileStore store = open()) {
      FileReference old = store.write("a", text("old"));

      assertThatThrownBy(() -> store.write("a", broken())).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.write("b", broken())).isInstanceOf(IOException.class);

      assertThat(read(store, old)).isEqualTo("old".getBytes(UTF_8));
      assertThatThrownBy(() -> read(store, unverified(old, "b")))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void theContentIsReadToItsEndAndNotClosed() throws Exception {
    try (FileStore store = open()) {
      boolean[] closed = {false};
      InputStream content =
          new ByteArrayInputStream(random(70_000)) {
            @Override
            public void close() {
              closed[0] = true;
            }
          };
      store.write("a", content);

      assertThat(content.read()).isEqualTo(-1);
      assertThat(closed[0]).isFalse();
    }
  }

  @Test
  void whatIsMissingIsSaidToBe() throws Exception {
    try (FileStore store = open()) {
      FileReference reference = store.write("a", text("x"));

      assertThat(store.delete(reference)).isTrue();
      assertThat(store.delete(reference)).isFalse();
      assertThatThrownBy(() -> read(store, reference)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void aFileThatIsNotTheOneMeantIsNoticed() throws Exception {
    try (FileStore store = open()) {
      FileReference own = store.write("a", text("abc"));

      assertThatThrownBy(() -> read(store, with(own, OptionalLong.of(2), Optional.empty())))
          .isInstanceOf(FileMismatchException.class);
      assertThatThrownBy(() -> read(store, with(own, OptionalLong.of(4), Optional.empty())))
          .isInstanceOf(FileMismatchException.class);
      assertThatThrownBy(
              () -> read(store, with(own, OptionalLong.empty(), Optional.of(OTHER_DIGEST))))
          .isInstanceOf(FileMismatchException.class);
      assertThat(read(store, with(own, OptionalLong.empty(), Optional.empty())))
          .isEqualTo("abc".getBytes(UTF_8));
    }
  }

  @Test
  void aReferenceToAnotherHostOrBucketIsRefused() throws Exception {
    try (FileStore store = open()) {
      FileReference own = store.write("a", text("abc"));
      FileReference otherHost =
          new FileReference(
              "elsewhere.invalid:1", own.bucket(), "a", own.size(), own.sha256(), own.etag());
      FileReference otherBucket =
          new FileReference(
              own.host(), "not-" + own.bucket(), "a", own.size(), own.sha256(), own.etag());

      for (FileReference foreign : List.of(otherHost, otherBucket)) {
        assertThatThrownBy(() -> read(store, foreign)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete(foreign))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(read(store, own)).isEqualTo("abc".getBytes(UTF_8));
    }
  }

  @Test
  void anEmptyKeyIsRefused() throws Exception {
    try (FileStore store = open()) {
      assertThatThrownBy(() -> store.write("", text("x")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void manyThreadsMayUseItAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (FileStore store = open()) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] content = random(1_000 + i);
        String key = "parallel/" + i;
        tasks.add(() -> Arrays.equals(read(store, store.write(key, stream(content))), content));
      }
      for (Future<Boolean> done : threads.invokeAll(tasks)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void afterTheCloseItIsOfNoUse() throws Exception {
    FileStore store = open();
    FileReference reference = store.write("a", text("x"));
    store.close();
    store.close();

    assertThatThrownBy(() -> store.write("b", text("x"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> read(store, reference)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.delete(reference)).isInstanceOf(IllegalStateException.class);
  }

  private static byte[] read(FileStore store, FileReference reference) throws IOException {
    try (InputStream in = store.read(reference)) {
      return in.readAllBytes();
    }
  }

  private static FileReference with(FileReference own, OptionalLong size, Optional<String> sha256) {
    return new FileReference(own.host(), own.bucket(), own.file(), size, sha256, Optional.empty());
  }

  private static FileReference unverified(FileReference own, String file) {
    return new FileReference(
        own.host(), own.bucket(), file, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static InputStream text(String text) {
    return stream(text.getBytes(UTF_8));
  }

  /** Gives some bytes and then fails. */
  private static InputStream broken() {
    InputStream end =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the content broke off");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("the content broke off");
          }
        };
    return new SequenceInputStream(stream(random(10_000)), end);
  }
}
