package run.algo.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileHousekeeping;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.HousekeepingPlan;
import run.algo.sdk.spi.HousekeepingResult;
import run.algo.sdk.spi.StoredFile;

class FileHousekeepingTest {

  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration AGE = Duration.ofHours(2);

  private final SetClock clock = new SetClock();
  private final InMemoryFileStore store = new InMemoryFileStore("minio:9000", "local.test", clock);
  private final Set<String> referenced = new HashSet<>();

  private FileHousekeeping.Builder builder(FileStore on) {
    return FileHousekeeping.builder(
            on, "minio:9000", "local.test", file -> referenced.contains(file.key()))
        .leastAge(AGE);
  }

  private void write(String key) {
    store.write(FileTarget.of(key), key.getBytes(UTF_8));
  }

  private static List<String> keys(List<StoredFile> files) {
    return files.stream().map(StoredFile::key).toList();
  }

  @Test
  void whatNobodyRefersToIsPlannedAndThenRemoved() throws Exception {
    write("t1/p-0-1/a");
    write("t1/p-0-1/b");
    write("t2/p-0-2/a");
    referenced.add("t1/p-0-1/b");
    clock.now = BEGIN.plus(AGE);
    write("t3/p-0-3/young");
    clock.now = clock.now.plusNanos(1);

    HousekeepingPlan plan = builder(store).build().plan("");

    assertThat(keys(plan.files())).containsExactly("t1/p-0-1/a", "t2/p-0-2/a");
    assertThat(plan.count()).isEqualTo(2);
    assertThat(plan.bytes()).isEqualTo(20);
    assertThat(plan.counts()).isEqualTo(new HousekeepingPlan.Counts(4, 1, 1, 0, 0));
    assertThat(plan.resumeAfter()).isEmpty();
    assertThat(plan.toString()).contains("2 files of 20 bytes");
    assertThat(store.keys()).as("a plan removes nothing, nor does it leave anything").hasSize(4);

    HousekeepingResult result = plan.remove();

    assertThat(keys(result.removed())).containsExactly("t1/p-0-1/a", "t2/p-0-2/a");
    assertThat(result.removedBytes()).isEqualTo(20);
    assertThat(store.keys()).containsExactly("t1/p-0-1/b", "t3/p-0-3/young");
  }

  @Test
  void theAgeIsReckonedByTheStoresClock() throws Exception {
    // The store is a year behind: by this machine's clock all its files would be old.
    write("t/p/a");
    clock.now = BEGIN.plus(AGE);
    assertThat(builder(store).build().plan("").count()).isZero();
    clock.now = BEGIN.plus(AGE).plusMillis(1);
    assertThat(builder(store).build().plan("").count()).isEqualTo(1);
    // Another clock may be given.
    Clock early = Clock.fixed(BEGIN, ZoneOffset.UTC);
    assertThat(builder(store).clock(early).build().plan("").count()).isZero();
    assertThat(store.keys()).containsExactly("t/p/a");
  }

  @Test
  void anEmptyBucketIsNotWrittenTo() throws Exception {
    List<String> written = new ArrayList<>();
    FileStore watched =
        new Delegating(store) {
          @Override
          public FileReference write(FileTarget target, byte[] content) throws IOException {
            written.add(target.key());
            return super.write(target, content);
          }
        };
    assertThat(builder(watched).build().plan("").count()).isZero();
    assertThat(builder(watched).build().plan("").remove().removed()).isEmpty();
    assertThat(written).isEmpty();
  }

  @Test
  void keysOfAnotherFormAreLeftAloneUnlessAskedFor() throws Exception {
    for (String key : List.of("bare", "t/two", "t/p/a", "/p/a", "t//a", "t/p/", "t/p/a/b")) {
      write(key);
    }
    clock.now = BEGIN.plus(AGE.multipliedBy(2));

    HousekeepingPlan plan = builder(store).build().plan("");
    assertThat(keys(plan.files())).containsExactly("t/p/a", "t/p/a/b");
    assertThat(plan.counts().otherKeys()).isEqualTo(5);

    assertThat(builder(store).otherKeys().build().plan("").count()).isEqualTo(7);
    assertThat(keys(builder(store).otherKeys().build().plan("b").files())).containsExactly("bare");
  }

  @Test
  void whoIsAskedIsToldTheTraceAndMayAskForTheTags() throws Exception {
    store.write(
        new FileTarget("trace%2F1/p/a", Map.of("trace", "trace/1"), Optional.empty()), new byte[3]);
    write("bare");
    clock.now = BEGIN.plus(AGE.multipliedBy(2));
    List<String> told = new ArrayList<>();

    FileHousekeeping.builder(
            store,
            "minio:9000",
            "local.test",
            file -> {
              told.add(file + " " + file.size() + " " + file.trace() + " " + file.tags());
              return file.modified().equals(BEGIN);
            })
        .otherKeys()
        .leastAge(AGE)
        .build()
        .plan("");

    assertThat(told)
        .containsExactly(
            "bare 4 Optional.empty {}", "trace%2F1/p/a 3 Optional[trace%2F1] {trace=trace/1}");
  }

  @Test
  void whatChangesBetweenPlanAndRemovalStays() throws Exception {
    for (String key : List.of("t/p/1", "t/p/2", "t/p/3", "t/p/4", "t/p/44")) {
      write(key);
    }
    clock.now = BEGIN.plus(AGE.multipliedBy(2));
    HousekeepingPlan plan = builder(store).build().plan("");
    referenced.add("t/p/1");
    store.write(FileTarget.of("t/p/2"), new byte[5]);
    store.delete(
        new FileReference(
            "minio:9000",
            "local.test",
            "t/p/4",
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty()));

    HousekeepingResult result = plan.remove();

    assertThat(keys(result.kept())).containsExactly("t/p/1", "t/p/2");
    assertThat(keys(result.gone())).containsExactly("t/p/4");
    assertThat(keys(result.removed())).containsExactly("t/p/3", "t/p/44");
    assertThat(store.keys()).containsExactly("t/p/1", "t/p/2");
    // What was not planned is not removed, however old it is.
    write("t/p/5");
    clock.now = clock.now.plus(AGE.multipliedBy(2));
    plan.remove();
    assertThat(store.keys()).containsExactly("t/p/1", "t/p/2", "t/p/5");
  }

  @Test
  void oneBadFileStopsNothing() throws Exception {
    for (String key : List.of("t/p/1", "t/p/2", "t/p/3", "t/p/4")) {
      write(key);
    }
    clock.now = BEGIN.plus(AGE.multipliedBy(2));
    FileStore failing =
        new Delegating(store) {
          @Override
          public boolean delete(FileReference reference) throws IOException {
            if (reference.file().equals("t/p/2")) {
              throw new IOException("no such luck");
            }
            return super.delete(reference);
          }
        };
    HousekeepingPlan plan =
        FileHousekeeping.builder(
                failing,
                "minio:9000",
                "local.test",
                file -> {
                  if (file.key().equals("t/p/3")) {
                    throw new IllegalStateException("who knows");
                  }
                  return false;
                })
            .leastAge(AGE)
            .build()
            .plan("");
    assertThat(keys(plan.files())).containsExactly("t/p/1", "t/p/2", "t/p/4");
    assertThat(plan.counts().unclear()).isEqualTo(1);

    HousekeepingResult result = plan.remove();

    assertThat(keys(result.removed())).containsExactly("t/p/1", "t/p/4");
    assertThat(result.failed()).hasSize(1);
    assertThat(result.failed().get(0).file().key()).isEqualTo("t/p/2");
    assertThat(result.failed().get(0).cause()).hasMessage("no such luck");
    assertThat(store.keys()).containsExactly("t/p/2", "t/p/3");
  }

  @Test
  void aLargeBucketIsGoneThroughInPagesAndAPlanIsBounded() throws Exception {
    for (int i = 0; i < 2_500; i++) {
      write(String.format("t/p/%04d", i));
    }
    clock.now = BEGIN.plus(AGE.multipliedBy(2));

    assertThat(builder(store).build().plan("").count()).isEqualTo(2_500);

    FileHousekeeping bounded = builder(store).limit(1_200).build();
    HousekeepingPlan first = bounded.plan("");
    assertThat(first.count()).isEqualTo(1_200);
    assertThat(first.resumeAfter()).hasValue("t/p/1199");
    HousekeepingPlan second = bounded.plan("", first.resumeAfter().orElseThrow());
    HousekeepingPlan third = bounded.plan("", second.resumeAfter().orElseThrow());
    assertThat(third.count()).isEqualTo(100);
    assertThat(third.resumeAfter()).isEmpty();

    assertThat(second.remove().removed()).hasSize(1_200);
    assertThat(store.keys()).hasSize(1_300).contains("t/p/1199", "t/p/2400");
  }

  @Test
  void anInterruptEndsTheRemovalWithWhatIsLeft() throws Exception {
    for (String key : List.of("t/p/1", "t/p/2", "t/p/3")) {
      write(key);
    }
    clock.now = BEGIN.plus(AGE.multipliedBy(2));
    FileStore interrupting =
        new Delegating(store) {
          @Override
          public boolean delete(FileReference reference) throws IOException {
            Thread.currentThread().interrupt();
            return super.delete(reference);
          }
        };
    HousekeepingResult result = builder(interrupting).clock(clock).build().plan("").remove();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(keys(result.removed())).containsExactly("t/p/1");
    assertThat(keys(result.untried())).containsExactly("t/p/2", "t/p/3");
  }

  @Test
  void unfinishedUploadsThatAreOldAreRemoved() throws Exception {
    try (FileUpload old = store.upload(FileTarget.of("t/p/old"));
        FileUpload young = store.upload(FileTarget.of("t/p/young"))) {
      old.write(new byte[100_000]);
      clock.now = BEGIN.plus(AGE).plusMillis(1);
      young.write(new byte[100_000]);

      assertThat(builder(store).build().removeUnfinished("x/")).isZero();
      assertThat(builder(store).build().removeUnfinished("t/")).isEqualTo(1);

      assertThatThrownBy(old::complete).isInstanceOf(IOException.class);
      young.complete();
    }
    assertThat(store.keys()).containsExactly("t/p/young");
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    for (Duration age : List.of(Duration.ofMinutes(59), Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> builder(store).leastAge(age).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("leastAge");
    }
    builder(store).leastAge(Duration.ZERO).shortAges().build();
    assertThatThrownBy(() -> builder(store).leastAge(Duration.ofSeconds(-1)).shortAges().build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder(store).limit(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit");
  }

  private static final class SetClock extends Clock {
    private Instant now = BEGIN;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  /** Passes all on. */
  private static class Delegating implements FileStore {
    private final FileStore to;

    Delegating(FileStore to) {
      this.to = to;
    }

    @Override
    public FileUpload upload(FileTarget target) throws IOException {
      return to.upload(target);
    }

    @Override
    public FileReference write(FileTarget target, byte[] content) throws IOException {
      return to.write(target, content);
    }

    @Override
    public FileReference write(FileTarget target, Path content) throws IOException {
      return to.write(target, content);
    }

    @Override
    public FileDownload read(FileReference reference) throws IOException {
      return to.read(reference);
    }

    @Override
    public FileDownload read(FileReference reference, Duration timeout) throws IOException {
      return to.read(reference, timeout);
    }

    @Override
    public boolean delete(FileReference reference) throws IOException {
      return to.delete(reference);
    }

    @Override
    public List<StoredFile> list(String prefix, String after) throws IOException {
      return to.list(prefix, after);
    }

    @Override
    public Map<String, String> tags(FileReference reference) throws IOException {
      return to.tags(reference);
    }

    @Override
    public int removeUnfinished(String prefix, Instant begunBefore) throws IOException {
      return to.removeUnfinished(prefix, begunBefore);
    }

    @Override
    public void close() {
      to.close();
    }
  }
}
