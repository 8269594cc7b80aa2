package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.testkit.s3.S3RequestKind.DELETE_OBJECT;
import static run.algo.sdk.testkit.s3.S3RequestKind.LIST_OBJECTS;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileHousekeeping;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.HousekeepingPlan;
import run.algo.sdk.spi.HousekeepingResult;
import run.algo.sdk.spi.StoredFile;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3Fault;

/** Housekeeping on S3. Its files are seconds old: so the clock is put forward, not they back. */
class FileHousekeepingIT {

  private static final Duration AGE = Duration.ofHours(1);

  private static EmbeddedS3 s3;
  private static int buckets;

  private final Set<String> referenced = ConcurrentHashMap.newKeySet();
  private String bucket = "";
  private S3FileStore store;

  @BeforeAll
  static void start() {
    s3 = EmbeddedS3.start();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @BeforeEach
  void open() {
    bucket = "housekeeping-" + ++buckets;
    store = new S3FileStore(s3.settings(bucket, Path.of("/input")));
  }

  @AfterEach
  void close() {
    s3.clearFaults();
    store.close();
  }

  private FileHousekeeping.Builder builder() {
    return FileHousekeeping.builder(
            store,
            s3.endpoint().getAuthority(),
            bucket,
            file -> referenced.contains(file.trace().orElseThrow()))
        .leastAge(AGE);
  }

  private FileHousekeeping afterwards() {
    return builder().clock(Clock.offset(Clock.systemUTC(), AGE.plusMinutes(1))).build();
  }

  private FileReference write(String key) throws Exception {
    return store.write(FileTarget.of(key), new byte[100]);
  }

  private List<String> keys() throws Exception {
    return keys(store.list("", ""));
  }

  private static List<String> keys(List<StoredFile> files) {
    return files.stream().map(StoredFile::key).toList();
  }

  @Test
  void thousandsOfFilesAreGoneThroughInPages() throws Exception {
    for (int i = 0; i < 2_500; i++) {
      write(String.format("trace-%d/topic-0-%d/%04d", i % 25, i, i));
    }
    referenced.add("trace-3");
    long lists = s3.requests(LIST_OBJECTS);
    long deletes = s3.requests(DELETE_OBJECT);

    HousekeepingPlan plan = afterwards().plan("");

    assertThat(s3.requests(LIST_OBJECTS) - lists).as("three pages and the end").isEqualTo(4);
    assertThat(plan.counts()).isEqualTo(new HousekeepingPlan.Counts(2_500, 0, 100, 0, 0));
    assertThat(plan.count()).isEqualTo(2_400);
    assertThat(plan.bytes()).isEqualTo(240_000);
    assertThat(s3.requests(DELETE_OBJECT)).isEqualTo(deletes);
    assertThat(afterwards().plan("trace-1/").remove().removed()).hasSize(100);
    assertThat(afterwards().plan("").count()).isEqualTo(2_300);
  }

  @Test
  void youngAndReferencedFilesStay() throws Exception {
    write("old/p/a");
    write("used/p/a");
    write("bare");
    referenced.add("used");

    HousekeepingPlan nothing = builder().build().plan("");
    assertThat(nothing.counts()).isEqualTo(new HousekeepingPlan.Counts(3, 2, 0, 1, 0));
    assertThat(nothing.remove().removed()).isEmpty();
    assertThat(keys()).as("neither removed nor left behind").hasSize(3);

    HousekeepingPlan plan = afterwards().plan("");
    assertThat(keys()).hasSize(3);
    assertThat(keys(plan.remove().removed())).containsExactly("old/p/a");
    assertThat(keys()).containsExactlyInAnyOrder("bare", "used/p/a");
  }

  @Test
  void whatIsReferencedOrWrittenAgainAfterThePlanStays() throws Exception {
    write("t1/p/a");
    write("t2/p/a");
    FileReference gone = write("t3/p/a");
    write("t4/p/a");
    HousekeepingPlan plan = afterwards().plan("");
    assertThat(plan.count()).isEqualTo(4);
    referenced.add("t1");
    store.write(FileTarget.of("t2/p/a"), new byte[101]);
    store.delete(gone);

    HousekeepingResult result = plan.remove();

    assertThat(keys(result.kept())).containsExactly("t1/p/a", "t2/p/a");
    assertThat(keys(result.gone())).containsExactly("t3/p/a");
    assertThat(keys(result.removed())).containsExactly("t4/p/a");
    assertThat(keys()).containsExactly("t1/p/a", "t2/p/a");
  }

  @Test
  void aRemovalThatFailsDoesNotStopTheOthers() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("t/p/" + i);
    }
    HousekeepingPlan plan = afterwards().plan("");
    s3.addFault(S3Fault.error(403).on(DELETE_OBJECT).times(2));

    HousekeepingResult result = plan.remove();

    assertThat(result.failed()).hasSize(2);
    assertThat(result.removed()).hasSize(3);
    assertThat(keys()).containsExactly("t/p/0", "t/p/1");
    assertThat(afterwards().plan("").remove().removed()).hasSize(2);
  }

  @Test
  void aFileIsFoundByItsTagToo() throws Exception {
    store.write(new FileTarget("t1/p/a", Map.of("trace", "one"), Optional.empty()), new byte[1]);
    store.write(new FileTarget("t2/p/a", Map.of("trace", "two"), Optional.empty()), new byte[1]);

    HousekeepingPlan plan =
        FileHousekeeping.builder(
                store,
                s3.endpoint().getAuthority(),
                bucket,
                file -> "one".equals(file.tags().get(FileTarget.TRACE_TAG)))
            .clock(Clock.offset(Clock.systemUTC(), Duration.ofDays(8)))
            .build()
            .plan("");

    assertThat(keys(plan.files())).containsExactly("t2/p/a");
  }

  @Test
  void unfinishedUploadsThatAreOldAreRemoved() throws Exception {
    try (FileUpload upload = store.upload(FileTarget.of("t/p/a"))) {
      upload.write(new byte[FileStoreOptions.DEFAULTS.partSize() + 1]);
      assertThat(builder().build().removeUnfinished("")).isZero();
      assertThat(afterwards().removeUnfinished("")).isEqualTo(1);
      assertThat(s3.openUploads(bucket)).isEmpty();
    }
    assertThat(keys()).isEmpty();
  }
}
