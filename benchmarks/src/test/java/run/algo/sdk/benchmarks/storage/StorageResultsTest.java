package run.algo.sdk.benchmarks.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.process.Spread;
import run.algo.sdk.benchmarks.process.Usage;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;

class StorageResultsTest {

  private static final List<Long> SIZES = List.of(64L << 20, 1L << 30);

  private static RunResult run(long units, Peaks peaks) {
    PhaseResult phase = new PhaseResult(units, new Usage(1_000_000_000, 2_000_000_000, 9), peaks);
    return new RunResult(phase, phase);
  }

  private static Peaks live(long mib) {
    return new Peaks(1, mib << 20, 2, 3, 4);
  }

  @Test
  void ratiosAreTakenWithinARoundAndToTheFastestRival() {
    StorageResults results = new StorageResults();
    long[] ours = {900, 1000, 1000};
    long[] netty = {1000, 2000, 4000};
    long[] blocking = {9000, 9000, 9000};
    for (int round = 0; round < 3; round++) {
      results.add(StorageArm.STORE, 4096, round, run(ours[round], Peaks.NONE));
      results.add(StorageArm.ASYNC_NETTY, 4096, round, run(netty[round], Peaks.NONE));
      results.add(StorageArm.ASYNC_CRT, 4096, round, run(100, Peaks.NONE));
      results.add(StorageArm.BLOCKING, 4096, round, run(blocking[round], Peaks.NONE));
    }
    Row row = new Row(StorageArm.STORE, 4096, Phase.WRITE);
    assertThat(results.ratios(row, StorageArm.ASYNC_NETTY, PhaseResult::perSecond))
        .contains(new Spread(0.5, 0.25, 0.9));
    // Blocking is faster, but for information only.
    assertThat(results.best(row)).contains(StorageArm.ASYNC_NETTY);
    assertThat(results.ratioTable(List.of(row)).lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("store .*async-netty .*0.500 .*fastest async rival"));
  }

  @Test
  void aFailedRunGivesNoFigureAndIsTold() {
    StorageResults results = new StorageResults();
    results.failed(StorageArm.STORE, 4096, 1, "other bytes");
    assertThat(results.anyFailed()).isTrue();
    assertThat(results.remarks()).contains("FAILED, store 4096 bytes, round 1: other bytes");
    assertThat(results.rows(List.of(StorageArm.STORE), List.of(4096L))).isEmpty();
  }

  @Test
  void aHeapThatGrowsWithTheFileIsTold() {
    List<StorageArm> arms = List.of(StorageArm.STORE_STREAM);
    StorageResults results = new StorageResults();
    results.add(StorageArm.STORE_STREAM, SIZES.get(0), 1, run(1, live(40)));
    assertThat(StorageTables.isFlat(results, StorageArm.STORE_STREAM, SIZES)).isFalse();
    results.add(StorageArm.STORE_STREAM, SIZES.get(1), 1, run(1, live(48)));
    assertThat(StorageTables.isFlat(results, StorageArm.STORE_STREAM, SIZES)).isTrue();
    assertThat(StorageTables.flatness(results, arms, SIZES)).contains("1024 MiB -> 48.0", " flat");
    results.add(StorageArm.STORE_STREAM, SIZES.get(1), 2, run(1, live(49)));
    assertThat(StorageTables.flatness(results, arms, SIZES)).contains("GROWS WITH THE FILE");
    assertThat(StorageTables.large(results, arms, SIZES)).contains("49.0", "verified");
  }

  @Test
  void contentThatIsLostDoubledOrMovedShows() throws IOException {
    Content content = new Content(200_000);
    byte[] bytes = content.open().readAllBytes();
    assertThat(bytes).hasSize(200_000);
    assertThat(Content.sha256(new ByteArrayInputStream(bytes))).isEqualTo(content.sha256());
    Content.Checker good = content.checker();
    good.write(bytes);
    good.finish();
    assertThatThrownBy(() -> good.write(1)).hasMessageContaining("more than");
    Content.Checker lost = content.checker();
    lost.write(bytes, 0, 199_999);
    assertThatThrownBy(lost::finish).hasMessageContaining("199999 of 200000");
    Content.Checker moved = content.checker();
    moved.write(bytes, 0, 65_536);
    assertThatThrownBy(() -> moved.write(bytes, 0, 65_536)).hasMessageContaining("other bytes");
  }

  @Test
  void optionsAreReadAndWrongOnesRefused() {
    StorageOptions options =
        StorageOptions.parse("--cell", "large", "--sizes", "256,64", "--arms", "store-file");
    assertThat(options.large().sizes()).containsExactly(64L << 20, 256L << 20);
    assertThat(options.arms()).containsExactly(StorageArm.STORE_FILE);
    assertThat(StorageOptions.parse().rounds()).isEqualTo(10);
    assertThat(StorageOptions.parse("--quick").rounds()).isEqualTo(3);
    assertThatThrownBy(() -> StorageOptions.parse("--arms", "store-file"))
        .hasMessageContaining("none of the cell small");
    assertThatThrownBy(() -> StorageOptions.parse("--nonsense", "1"))
        .hasMessageContaining("nonsense");
  }
}
