package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static run.algo.sdk.testkit.s3.S3RequestKind.ABORT_UPLOAD;
import static run.algo.sdk.testkit.s3.S3RequestKind.CREATE_UPLOAD;
import static run.algo.sdk.testkit.s3.S3RequestKind.LIST_UPLOADS;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What a process leaves that was killed in the middle of an upload, the next one removes. */
class S3UnfinishedUploadsIT {

  private static final int PART = FileStoreOptions.MIN_PART_SIZE;
  private static final String KEY = "trace-1/topic-0-42/out-0";

  private static EmbeddedS3 s3;
  private static int buckets;

  private String bucket = "";
  private FileStoreSettings settings;
  private S3FileStore store;
  private S3Client killed;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  private final RequestLimits limits = new RequestLimits();

  @BeforeEach
  void open() {
    bucket = "unfinished-" + ++buckets;
    s3.createBucket(bucket);
    FileStoreSettings defaults = s3.settings(bucket, Path.of("/input"));
    settings =
        new FileStoreSettings(
            defaults.endpoint(),
            defaults.region(),
            bucket,
            Set.of(),
            defaults.inputDirectory(),
            defaults.credentials(),
            new FileStoreOptions(PART, 3, false, Duration.ofSeconds(60), Optional.empty()));
    store = new S3FileStore(settings);
    killed = S3Clients.open(settings, limits);
  }

  @AfterEach
  void close() {
    s3.clearFaults();
    store.close();
    killed.close();
  }

  /** What a killed process leaves: an upload with a part, of which nobody knows the id any more. */
  private void leaveUnfinished(String key) {
    String id = killed.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
    killed.uploadPart(
        r -> r.bucket(bucket).key(key).uploadId(id).partNumber(1),
        RequestBody.fromBytes(random(PART)));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private void verify(byte[] content, FileReference reference) throws IOException {
    try (InputStream in = store.read(reference)) {
      assertThat(Arrays.equals(in.readAllBytes(), content)).isTrue();
    }
  }

  @Test
  void whatIsWrittenAgainLeavesNothingUnfinished(@TempDir Path folder) throws Exception {
    byte[] content = random(2 * PART + 1);
    Path file = Files.write(folder.resolve("content"), content);

    leaveUnfinished(KEY);
    leaveUnfinished(KEY);
    assertThat(s3.openUploads(bucket)).containsExactly(KEY, KEY);
    verify(content, store.write(KEY, new ByteArrayInputStream(content)));
    assertThat(s3.openUploads(bucket)).isEmpty();

    leaveUnfinished(KEY + "-path");
    verify(content, store.write(FileTarget.of(KEY + "-path"), file));
    leaveUnfinished(KEY + "-bytes");
    verify(content, store.write(FileTarget.of(KEY + "-bytes"), content));
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void anUnfinishedUploadOfAnotherKeyStays() throws Exception {
    byte[] content = random(PART + 1);
    leaveUnfinished(KEY + "x");
    leaveUnfinished(KEY.substring(0, KEY.length() - 1));
    leaveUnfinished(KEY);

    verify(content, store.write(KEY, new ByteArrayInputStream(content)));

    assertThat(s3.openUploads(bucket))
        .containsExactlyInAnyOrder(KEY + "x", KEY.substring(0, KEY.length() - 1));
  }

  @Test
  void itCostsOneRequestAnUploadAndNoneAFileOfOnePart() throws Exception {
    long lists = s3.requests(LIST_UPLOADS);
    store.write(KEY, new ByteArrayInputStream(random(PART)));
    store.write(FileTarget.of(KEY), random(PART - 1));
    assertThat(s3.requests(LIST_UPLOADS)).isEqualTo(lists);

    store.write(KEY, new ByteArrayInputStream(random(4 * PART)));
    assertThat(s3.requests(LIST_UPLOADS)).isEqualTo(lists + 1);
  }

  @Test
  void aProcessThatHasLostTheRecordFailsAndReplacesNothing() throws Exception {
    byte[] content = random(2 * PART + 1);
    try (S3FileStore zombie = new S3FileStore(settings);
        FileUpload late = zombie.upload(FileTarget.of(KEY))) {
      late.write(random(PART + 7));
      FileReference reference = store.write(KEY, new ByteArrayInputStream(content));

      assertThatThrownBy(late::complete).isInstanceOf(IOException.class);
      verify(content, reference);
    }
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 501})
  void aStorageThatDoesNotListThemDoesNoHarm(int status) throws Exception {
    byte[] content = random(PART + 1);
    leaveUnfinished(KEY);
    s3.addFault(S3Fault.error(status).on(LIST_UPLOADS));
    long lists = s3.requests(LIST_UPLOADS);

    verify(content, store.write(KEY, new ByteArrayInputStream(content)));

    assertThat(s3.requests(LIST_UPLOADS)).isEqualTo(lists + 1);
    assertThat(s3.openUploads(bucket)).containsExactly(KEY);
  }

  @Test
  void aStorageThatDoesNotRemoveThemDoesNoHarm() throws Exception {
    byte[] content = random(PART + 1);
    leaveUnfinished(KEY);
    s3.addFault(S3Fault.error(403).on(ABORT_UPLOAD));

    verify(content, store.write(KEY, new ByteArrayInputStream(content)));
  }

  @Test
  void aListingThatFailsForAWhileIsTriedAgain() throws Exception {
    byte[] content = random(PART + 1);
    leaveUnfinished(KEY);
    s3.addFault(S3Fault.error(503).on(LIST_UPLOADS).times(2));

    verify(content, store.write(KEY, new ByteArrayInputStream(content)));
    assertThat(s3.openUploads(bucket)).isEmpty();
  }

  @Test
  void aListingThatStaysDownFailsTheWrite() {
    s3.addFault(S3Fault.error(503).on(LIST_UPLOADS));
    long created = s3.requests(CREATE_UPLOAD);

    assertThatThrownBy(
            () -> {
              FileTarget brief = new FileTarget(KEY, Map.of(), Optional.of(Duration.ofMillis(300)));
              try (FileUpload upload = store.upload(brief)) {
                upload.write(random(PART + 1));
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(s3.requests(CREATE_UPLOAD)).isEqualTo(created);
  }
}
