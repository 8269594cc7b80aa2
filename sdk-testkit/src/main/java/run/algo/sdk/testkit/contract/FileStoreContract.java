package run.algo.sdk.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;

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

  /**
   * The length in bytes at which the store begins to treat a file otherwise, such as that of its
   * parts: files around it, and of several times its length, are tried.
   *
   * @return the length, 64 KiB unless overridden
   */
  protected int partSize() {
    return 64 * 1024;
  }

  /**
   * Opens a store that its storage forbids everything, as with a wrong secret.
   *
   * @return the store, empty when there is no such thing; then that is not judged
   * @throws Exception when it cannot be opened
   */
  protected Optional<FileStore> openForbidden() throws Exception {
    return Optional.empty();
  }

  /**
   * Tells whether the storage keeps tags. Where it does not, tags are not judged.
   *
   * @return whether it does, true unless overridden
   */
  protected boolean keepsTags() {
    return true;
  }

  /**
   * Tells whether one key may be another one with a slash behind it and more, as {@code a/b/c} is
   * to {@code a/b}. Storage that keeps its files as files cannot; then that is not judged.
   *
   * @return whether it may, true unless overridden
   */
  protected boolean keepsKeysBelowKeys() {
    return true;
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    try (FileStore store = open()) {
      int part = partSize();
      for (int size : new int[] {0, 1, 8_192, part - 1, part, part + 1}) {
        byte[] content = random(size);
        Path file = Files.createTempFile("file-store-contract", null);
        try {
          Files.write(file, content);
          verify(store, "stream-" + size, content, store.write("stream-" + size, stream(content)));
          verify(store, "path-" + size, content, store.write(target("path-" + size), file));
          verify(store, "bytes-" + size, content, store.write(target("bytes-" + size), content));
        } finally {
          Files.delete(file);
        }
      }
      byte[] content = random(3 * part + 1);
      verify(store, "large", content, store.write("large", stream(content)));
    }
  }

  private static void verify(FileStore store, String key, byte[] content, FileReference reference)
      throws IOException {
    assertThat(reference.file()).isEqualTo(key);
    assertThat(reference.host()).isNotEmpty();
    assertThat(reference.bucket()).isNotEmpty();
    assertThat(reference.size()).hasValue(content.length);
    assertThat(reference.sha256()).hasValue(sha256(content));
    // Without the dump of megabytes that a failed comparison would print.
    assertThat(Arrays.equals(read(store, reference), content)).as("the content of " + key).isTrue();
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
      List<String> keys =
          List.of(
              "a/b",
              "a/B",
              "a b+c%20d",
              "ü\uD83D\uDE80/日本 語",
              keepsKeysBelowKeys() ? "a/b/c" : "a/c",
              "=&?#x",
              "~!$'()*,;:@[]{}|^`<>\"",
              ("n".repeat(203) + "/").repeat(4) + "ü".repeat(104));
      assertThat(keys.get(keys.size() - 1).getBytes(UTF_8)).hasSize(1_024);
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
  void anUploadIsThereWhenItIsComplete() throws Exception {
    try (FileStore store = open()) {
      byte[] content = random(2 * partSize() + 7);
      try (FileUpload upload = store.upload(target("a"))) {
        upload.write(content[0]);
        upload.write(content, 1, content.length - 1);
        upload.flush();
        assertThat(keys(store)).isEmpty();

        FileReference reference = upload.complete();
        verify(store, "a", content, reference);
        assertThat(upload.complete()).isEqualTo(reference);
        assertThatThrownBy(() -> upload.write(1)).isInstanceOf(IOException.class);
      }
      assertThat(keys(store)).containsExactly("a");
    }
  }

  @Test
  void anAbortedUploadLeavesNothingAndKeepsWhatWasThere() throws Exception {
    try (FileStore store = open()) {
      FileReference old = store.write("a", text("old"));
      for (int size : new int[] {0, 10, 2 * partSize() + 7}) {
        for (String key : List.of("a", "b")) {
          FileUpload upload = store.upload(target(key));
          upload.write(random(size));
          upload.close();
          upload.close();

          assertThatThrownBy(() -> upload.write(1)).isInstanceOf(IOException.class);
          assertThatThrownBy(upload::complete).isInstanceOf(IOException.class);
        }
      }
      assertThat(read(store, old)).isEqualTo("old".getBytes(UTF_8));
      assertThat(keys(store)).containsExactly("a");
      assertThat(store.removeUnfinished("", Instant.MAX)).isZero();
    }
  }

  @Test
  void uploadsMayBeOpenSideBySide() throws Exception {
    try (FileStore store = open()) {
      byte[] content = random(partSize() + 3);
      List<FileUpload> uploads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        uploads.add(store.upload(target("side/" + i)));
      }
      for (int offset = 0; offset < content.length; offset += partSize()) {
        for (FileUpload upload : uploads) {
          upload.write(content, offset, Math.min(partSize(), content.length - offset));
        }
      }
      for (int i = 0; i < uploads.size(); i++) {
        verify(store, "side/" + i, content, uploads.get(i).complete());
      }
    }
  }

  @Test
  void anUploadInPartsEndsTheUnfinishedOnesOfItsKey() throws Exception {
    try (FileStore store = open()) {
      byte[] content = random(2 * partSize() + 9);
      try (FileUpload first = store.upload(target("a"));
          FileUpload neighbour = store.upload(target("ax"));
          FileUpload second = store.upload(target("a"))) {
        first.write(random(2 * partSize() + 7));
        neighbour.write(random(2 * partSize() + 8));
        second.write(content);

        assertThatThrownBy(first::complete).isInstanceOf(IOException.class);
        verify(store, "a", content, second.complete());
        verify(store, "ax", random(2 * partSize() + 8), neighbour.complete());
      }
      assertThat(store.removeUnfinished("", Instant.MAX)).isZero();
      assertThat(keys(store)).containsExactly("a", "ax");
    }
  }

  @Test
  void whatIsUnfinishedIsRemovedByPrefixAndAge() throws Exception {
    try (FileStore store = open()) {
      try (FileUpload upload = store.upload(target("p/1"))) {
        upload.write(random(2 * partSize() + 7));

        assertThat(store.removeUnfinished("q/", Instant.MAX)).isZero();
        assertThat(store.removeUnfinished("p/", Instant.EPOCH)).isZero();
        assertThat(store.removeUnfinished("p/", Instant.MAX)).isEqualTo(1);
        assertThat(store.removeUnfinished("p/", Instant.MAX)).isZero();
        assertThatThrownBy(upload::complete).isInstanceOf(IOException.class);
      }
      assertThat(keys(store)).isEmpty();
    }
  }

  @Test
  void whatIsWrittenAgainIsTheSameFile() throws Exception {
    try (FileStore store = open()) {
      for (int size : new int[] {100, partSize(), partSize() + 1}) {
        byte[] content = random(size);
        FileReference first = store.write(target("a"), content);
        FileReference second = store.write(target("a"), content);

        assertThat(second).isEqualTo(first);
        verify(store, "a", content, second);
        byte[] other = content.clone();
        other[size / 2]++;
        verify(store, "a", other, store.write(target("a"), other));
      }
    }
  }

  @Test
  void tagsAreKept() throws Exception {
    try (FileStore store = open()) {
      Map<String, String> tags =
          Map.of(
              FileTarget.TRACE_TAG, "0af7651916cd43dd8448eb211c80319c",
              FileTarget.ALGO_TAG, "acme/word-count@1.2 x=y",
              FileTarget.TIME_TAG, "2026-01-02T03:04:05Z");
      for (int size : new int[] {10, partSize() + 1}) {
        FileReference reference =
            store.write(new FileTarget("a-" + size, tags, Optional.empty()), random(size));
        assertThat(read(store, reference)).hasSize(size);
        if (keepsTags()) {
          assertThat(store.tags(reference)).isEqualTo(tags);
        }
      }
      if (!keepsTags()) {
        return;
      }
      FileReference odd =
          store.write(
              new FileTarget("odd", Map.of("trace", "a&b\n\"" + "x".repeat(400)), Optional.empty()),
              random(1));
      assertThat(store.tags(odd)).containsExactly(Map.entry("trace", "a_b__" + "x".repeat(251)));
      FileReference bare = store.write("bare", text("x"));
      assertThat(store.tags(bare)).isEmpty();
      store.delete(bare);
      assertThatThrownBy(() -> store.tags(bare)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void filesAreListedByPrefixAndInPages() throws Exception {
    try (FileStore store = open()) {
      assertThat(store.list("", "")).isEmpty();
      assertThat(store.removeUnfinished("", Instant.MAX)).isZero();
      for (String key : List.of("p/1", "p/2", "p/3", "q/1")) {
        store.write(key, text(key));
      }
      List<StoredFile> all = store.list("p/", "");

      assertThat(all).extracting(StoredFile::key).containsExactly("p/1", "p/2", "p/3");
      assertThat(all).extracting(StoredFile::size).containsOnly(3L);
      assertThat(store.list("p/", "p/1")).isEqualTo(all.subList(1, 3));
      assertThat(store.list("p/", "p/3")).isEmpty();
    }
  }

  @Test
  void whatIsForbiddenIsSaidToBe() throws Exception {
    Optional<FileStore> forbidden = openForbidden();
    if (forbidden.isPresent()) {
      try (FileStore store = forbidden.get();
          FileStore other = open()) {
        FileReference reference = other.write("a", text("x"));
        FileReference there =
            new FileReference(
                reference.host(),
                reference.bucket(),
                "a",
                reference.size(),
                reference.sha256(),
                reference.etag());
        assertThatThrownBy(() -> read(store, there)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> store.delete(there)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> store.write("b", text("x")))
            .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> store.write(target("b"), new byte[1]))
            .isInstanceOf(AccessDeniedException.class);
      }
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
      assertThatThrownBy(() -> store.write(target(""), new byte[1]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.upload(target("x".repeat(1_025))))
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
    FileUpload upload = store.upload(target("c"));
    store.close();
    store.close();

    assertThatThrownBy(
            () -> {
              upload.write(1);
              upload.complete();
            })
        .isInstanceOf(IOException.class);
    upload.close();
    assertThatThrownBy(() -> store.upload(target("b"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.write(target("b"), new byte[1]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.list("", "")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.tags(reference)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.removeUnfinished("", Instant.MAX))
        .isInstanceOf(IllegalStateException.class);
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

  private static FileTarget target(String key) {
    return FileTarget.of(key);
  }

  private static List<String> keys(FileStore store) throws IOException {
    return store.list("", "").stream().map(StoredFile::key).toList();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
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
