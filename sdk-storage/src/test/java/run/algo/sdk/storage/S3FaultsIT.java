package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static run.algo.sdk.testkit.s3.S3RequestKind.ABORT_UPLOAD;
import static run.algo.sdk.testkit.s3.S3RequestKind.COMPLETE_UPLOAD;
import static run.algo.sdk.testkit.s3.S3RequestKind.CREATE_BUCKET;
import static run.algo.sdk.testkit.s3.S3RequestKind.GET_OBJECT;
import static run.algo.sdk.testkit.s3.S3RequestKind.HEAD_OBJECT;
import static run.algo.sdk.testkit.s3.S3RequestKind.PUT_OBJECT;
import static run.algo.sdk.testkit.s3.S3RequestKind.UPLOAD_PART;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;

/** What the store makes of a storage and a network that fail. */
class S3FaultsIT {

  private static final int PART = FileStoreOptions.MIN_PART_SIZE;
  private static final int PARTS = 3;
  private static final Duration BRIEF = Duration.ofMillis(400);

  private static EmbeddedS3 s3;
  private static int buckets;

  private String bucket = "";
  private S3FileStore store;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.builder().seed(5).start();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() {
    bucket = "faults-" + ++buckets;
    store = store(false);
  }

  @AfterEach
  void close() {
    s3.clearFaults();
    store.close();
  }

  private S3FileStore store(boolean crc32c) {
    FileStoreSettings settings = s3.settings(bucket, Path.of("/input"));
    return new S3FileStore(
        new FileStoreSettings(
            settings.endpoint(),
            settings.region(),
            bucket,
            Set.of(),
            settings.inputDirectory(),
            settings.credentials(),
            new FileStoreOptions(PART, PARTS, crc32c, Duration.ofSeconds(60), Optional.empty())));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static FileTarget brief(String key) {
    return new FileTarget(key, Map.of(), Optional.of(BRIEF));
  }

  private void verify(byte[] content, FileReference reference) throws IOException {
    try (InputStream in = store.read(reference)) {
      assertThat(Arrays.equals(in.readAllBytes(), content)).isTrue();
    }
  }

  @Test
  void aFifthOfAllRequestsMayFail() throws Exception {
    s3.addFault(S3Fault.error(503).rate(0.2));
    byte[] large = random(4 * PART + 1);
    long before = s3.requests(PUT_OBJECT);
    for (int i = 0; i < 20; i++) {
      byte[] small = random(1_000 + i);
      verify(small, store.write(FileTarget.of("small/" + i), small));
    }
    verify(large, store.write("large", new ByteArrayInputStream(large)));

    assertThat(s3.requests(PUT_OBJECT) - before).as("tries of 20 writes").isGreaterThan(20);
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429"})
  void aPartThatFailsForAWhileIsSentAgain(int status) throws Exception {
    byte[] content = random(2 * PART + 1);
    s3.addFault(S3Fault.error(status).on(UPLOAD_PART).times(3));
    long before = s3.requests(UPLOAD_PART);

    verify(content, store.write("a", new ByteArrayInputStream(content)));
    assertThat(s3.requests(UPLOAD_PART) - before).isEqualTo(3 + 3);
  }

  @ParameterizedTest
  @CsvSource({"503", "403"})
  void aPartThatFailsForGoodLeavesNothingBehind(int status) throws Exception {
    byte[] content = random(6 * PART);
    byte[] old = random(10);
    FileReference before = store.write(FileTarget.of("a"), old);
    long aborts = s3.requests(ABORT_UPLOAD);
    s3.addFault(S3Fault.error(status).on(UPLOAD_PART));

    assertThatThrownBy(
            () -> {
              try (FileUpload upload = store.upload(brief("a"))) {
                upload.write(content);
                upload.complete();
              }
            })
        .isInstanceOf(status == 403 ? AccessDeniedException.class : IOException.class);

    assertThat(s3.requests(ABORT_UPLOAD) - aborts).isEqualTo(1);
    assertThat(s3.openUploads(bucket)).isEmpty();
    verify(old, before);
    assertThat(store.pool().bytesTaken()).isZero();
  }

  @Test
  void anAbortIsTriedAgainToo() throws Exception {
    s3.addFault(S3Fault.error(503).on(ABORT_UPLOAD).times(2));
    try (FileUpload upload = store.upload(FileTarget.of("a"))) {
      upload.write(random(3 * PART));
    }
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void whatAnAbortCannotRemoveHousekeepingDoes() throws Exception {
    s3.addFault(S3Fault.error(403).on(ABORT_UPLOAD).times(1));
    try (FileUpload upload = store.upload(FileTarget.of("a/1"))) {
      upload.write(random(2 * PART));
    }
    assertThat(s3.openUploads(bucket)).containsExactly("a/1");

    assertThat(store.removeUnfinished("b/", Instant.now().plusSeconds(3_600))).isZero();
    assertThat(store.removeUnfinished("a/", Instant.EPOCH)).isZero();
    assertThat(s3.openUploads(bucket)).containsExactly("a/1");
    assertThat(store.removeUnfinished("a/", Instant.now().plusSeconds(3_600))).isEqualTo(1);
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void connectionsThatBreakWhileWritingAreMadeAgain() throws Exception {
    byte[] content = random(2 * PART + 1);
    s3.addFault(S3Fault.cutRequest(100_000).on(UPLOAD_PART).times(2));
    s3.addFault(S3Fault.cutResponse(-1).on(UPLOAD_PART).times(1));
    verify(content, store.write("a", new ByteArrayInputStream(content)));

    byte[] small = random(100);
    s3.addFault(S3Fault.cutRequest(10).on(PUT_OBJECT).times(1));
    // Stored, and not told so: the second try finds it there.
    s3.addFault(S3Fault.cutResponse(-1).on(PUT_OBJECT).times(1));
    verify(small, store.write(FileTarget.of("b"), small));
  }

  @Test
  void aCompletionWhoseAnswerGotLostIsFoundOut() throws Exception {
    byte[] content = random(PART + 1);
    s3.addFault(S3Fault.cutResponse(-1).on(COMPLETE_UPLOAD).times(1));

    verify(content, store.write("a", new ByteArrayInputStream(content)));
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void aReadThatIsCutGoesOnWhereItWas() throws Exception {
    byte[] content = random(2_000_000);
    FileReference reference = store.write(FileTarget.of("a"), content);
    s3.addFault(S3Fault.cutResponse(600_000).on(GET_OBJECT).times(3));
    long before = s3.requests(GET_OBJECT);

    verify(content, reference);
    assertThat(s3.requests(GET_OBJECT) - before).isEqualTo(4);
  }

  @Test
  void aReadThatStaysCutEndsInTime() throws Exception {
    FileReference reference = store.write(FileTarget.of("a"), random(2_000_000));
    s3.addFault(S3Fault.cutResponse(0).on(GET_OBJECT));

    try (InputStream in = store.read(reference, BRIEF)) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("after 0 bytes");
    }
  }

  @Test
  void whatIsReplacedWhileItIsReadIsNoMixture() throws Exception {
    byte[] first = random(2_000_000);
    FileReference reference = store.write(FileTarget.of("a"), first);
    s3.addFault(S3Fault.cutResponse(500_000).on(GET_OBJECT).times(1));

    try (InputStream in = store.read(reference)) {
      assertThat(in.read()).isEqualTo(first[0] & 0xff);
      store.write(FileTarget.of("a"), random(2_000_001));
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("replaced");
    }
  }

  @Test
  void aWrongDigestIsToldAtTheEnd() throws Exception {
    byte[] content = random(PART + 1);
    FileReference reference = store.write("a", new ByteArrayInputStream(content));
    FileReference wrong =
        new FileReference(
            reference.host(),
            bucket,
            "a",
            OptionalLong.empty(),
            Optional.of("0".repeat(64)),
            Optional.empty());
    try (InputStream in = store.read(wrong)) {
      assertThat(in.readNBytes(content.length)).hasSize(content.length);
      assertThatThrownBy(in::read).isInstanceOf(FileMismatchException.class);
      assertThatThrownBy(in::read).isInstanceOf(FileMismatchException.class);
    }
    FileReference otherEtag =
        new FileReference(
            reference.host(),
            bucket,
            "a",
            OptionalLong.empty(),
            Optional.empty(),
            Optional.of("x\r\nEvil: header"));
    assertThatThrownBy(() -> store.read(otherEtag)).isInstanceOf(FileMismatchException.class);
  }

  @Test
  void theSameContentIsNotSentTwice(@TempDir Path folder) throws Exception {
    byte[] small = random(1_000);
    byte[] middle = random(PART);
    byte[] large = random(2 * PART + 1);
    Path file = Files.write(folder.resolve("large"), large);
    store.write(FileTarget.of("small"), small);
    store.write(FileTarget.of("middle"), middle);
    FileReference first = store.write(FileTarget.of("large"), file);
    long parts = s3.requests(UPLOAD_PART);
    long puts = s3.requests(PUT_OBJECT);

    assertThat(store.write(FileTarget.of("large"), file)).isEqualTo(first);
    assertThat(store.write(FileTarget.of("large"), large)).isEqualTo(first);
    store.write(FileTarget.of("middle"), middle);
    assertThat(s3.requests(PUT_OBJECT)).isEqualTo(puts);
    // A small one is sent with the condition that nothing is there, and refused.
    Instant written = store.list("small", "").get(0).modified();
    store.write(FileTarget.of("small"), small);
    assertThat(store.list("small", "").get(0).modified()).isEqualTo(written);
    assertThat(s3.requests(PUT_OBJECT)).isEqualTo(puts + 1);
    assertThat(s3.requests(UPLOAD_PART)).isEqualTo(parts);
  }

  @Test
  void aStorageWithoutConditionsWillDo() throws Exception {
    byte[] content = random(100);
    s3.addFault(S3Fault.error(501).on(PUT_OBJECT).times(1));
    verify(content, store.write(FileTarget.of("a"), content));
    long looks = s3.requests(HEAD_OBJECT);
    verify(content, store.write(FileTarget.of("a"), content));
    assertThat(s3.requests(HEAD_OBJECT) - looks).isEqualTo(1);
  }

  @Test
  void writersThatRaceForTheBucketAllWin() throws Exception {
    long before = s3.requests(CREATE_BUCKET);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<S3FileStore> stores = new ArrayList<>();
    try {
      List<Future<FileReference>> writes = new ArrayList<>();
      s3.addFault(S3Fault.delay(Duration.ofMillis(100)).on(CREATE_BUCKET));
      for (int i = 0; i < 8; i++) {
        S3FileStore other = store(false);
        stores.add(other);
        FileTarget target = FileTarget.of("race/" + i);
        writes.add(threads.submit(() -> other.write(target, random(100))));
      }
      for (Future<FileReference> write : writes) {
        verify(random(100), write.get());
      }
      assertThat(s3.requests(CREATE_BUCKET) - before).isGreaterThan(1);
    } finally {
      threads.shutdownNow();
      stores.forEach(FileStore::close);
    }
  }

  @Test
  void theStorageIsGivenAChecksumWhereItIsAskedFor() throws Exception {
    byte[] large = random(PART + 1);
    byte[] small = random(10);
    try (S3FileStore checked = store(true)) {
      verify(large, checked.write("large", new ByteArrayInputStream(large)));
      verify(small, checked.write(FileTarget.of("small"), small));
      verify(small, checked.write("streamed", new ByteArrayInputStream(small)));
    }
  }

  @Test
  void memoryIsBoundedByThePartsUnderWay() throws Exception {
    s3.addFault(S3Fault.delay(Duration.ofMillis(30)).on(UPLOAD_PART));
    byte[] piece = random(1 << 20);
    try (FileUpload upload = store.upload(FileTarget.of("a"))) {
      for (int i = 0; i < 36; i++) {
        upload.write(piece);
      }
      assertThat(upload.complete().size()).hasValue(36L << 20);
    }
    // One that fills and those that are sent; the rounding is that of the segments.
    assertThat(store.pool().mostBytesTaken())
        .isGreaterThan((long) PARTS * PART)
        .isLessThanOrEqualTo((PARTS + 1L) * PART + SegmentPool.SEGMENT);
    assertThat(store.pool().bytesTaken()).isZero();
  }

  @Test
  void smallFilesTakeLittleMemory() throws Exception {
    store.write("a", new ByteArrayInputStream(random(1_000)));
    assertThat(store.pool().mostBytesTaken()).isEqualTo(SegmentPool.SEGMENT);
    assertThat(store.pool().bytesTaken()).isZero();
  }

  @Test
  void aStorageThatIsAwayForAWhileIsWaitedFor() throws Exception {
    byte[] content = random(1_000);
    FileReference reference = store.write(FileTarget.of("a"), content);
    s3.stop();
    try {
      assertThatThrownBy(() -> store.read(reference, BRIEF)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.write(brief("b"), content)).isInstanceOf(IOException.class);
    } finally {
      s3.restart();
    }
    verify(content, reference);
    verify(content, store.write(FileTarget.of("b"), content));
  }

  @Test
  void anInterruptEndsAnUploadAndLeavesNothing() throws Exception {
    FileUpload upload = store.upload(FileTarget.of("a"));
    upload.write(random(2 * PART));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> upload.write(1)).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void nothingThatIsToldHoldsTheCredentials() throws Exception {
    String access = s3.credentials().orElseThrow().accessKey();
    String secret = s3.credentials().orElseThrow().secretKey();
    assertThat(store.toString()).doesNotContain(access, secret);
    for (String key : List.of("a", access, secret)) {
      for (int status : new int[] {400, 403, 500}) {
        s3.addFault(S3Fault.error(status).on(PUT_OBJECT, GET_OBJECT).times(100));
        for (Throwable thrown :
            List.of(
                catchThrowable(() -> store.write(brief("x"), random(1))),
                catchThrowable(
                    () ->
                        store.read(
                            new FileReference(
                                s3.endpoint().getAuthority(),
                                bucket,
                                "y",
                                OptionalLong.empty(),
                                Optional.empty(),
                                Optional.of(key)),
                            BRIEF)))) {
          StringWriter text = new StringWriter();
          thrown.printStackTrace(new PrintWriter(text));
          assertThat(text.toString()).doesNotContain(access).doesNotContain(secret);
        }
        s3.clearFaults();
      }
    }
  }
}
