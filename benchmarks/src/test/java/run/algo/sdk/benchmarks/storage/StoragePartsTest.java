package run.algo.sdk.benchmarks.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import run.algo.sdk.benchmarks.process.Usage;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;

class StoragePartsTest {

  private static final long MIB = 1 << 20;

  private static Part.Terms terms(boolean quick) {
    return new Part.Terms(
        Path.of(System.getProperty("java.home")),
        Optional.empty(),
        quick,
        OptionalInt.empty(),
        OptionalLong.empty());
  }

  private static RunResult run(long units, Peaks peaks) {
    PhaseResult phase = new PhaseResult(units, new Usage(1_000_000_000, 2_000_000_000, 9), peaks);
    return new RunResult(phase, phase);
  }

  private static Peaks live(long mib) {
    return new Peaks(mib * MIB, mib * MIB, 0, 0, 0);
  }

  @Test
  void smallObjectsAreJudgedByTheFastestAsynchronousRival() {
    StorageResults results = new StorageResults();
    long[] ours = {900, 960, 990};
    for (int round = 0; round < 3; round++) {
      results.add(StorageArm.STORE, 4096, round, run(ours[round], Peaks.NONE));
      results.add(StorageArm.ASYNC_NETTY, 4096, round, run(1000, Peaks.NONE));
      results.add(StorageArm.ASYNC_CRT, 4096, round, run(500, Peaks.NONE));
      results.add(StorageArm.BLOCKING, 4096, round, run(9000, Peaks.NONE));
    }
    Section section = new SmallPart().section(SmallPart.options(terms(false)), results, 0);
    assertThat(section.bars()).hasSize(2).allMatch(Section.Bar::holds);
    assertThat(section.bars().get(0).promise())
        .isEqualTo("store, write: at least 0.95 of the fastest raw asynchronous client");
    assertThat(section.bars().get(0).value()).isEqualTo("0.96 [0.90 .. 0.99] of async-netty");
    assertThat(section.tables().get(0).rows()).hasSize(8);
    assertThat(section.tables().get(1).rows())
        .contains(
            List.of("store", "read", "async-crt", "1.92 [1.80 .. 1.98]", "0.52 [0.51 .. 0.56]"));
    results.add(StorageArm.STORE, 4096, 1, run(940, Peaks.NONE));
    assertThat(new SmallPart().section(SmallPart.options(terms(false)), results, 0).bars())
        .noneMatch(Section.Bar::holds);
  }

  @Test
  void smallObjectsWithoutAFigureDoNotHold() {
    StorageResults results = new StorageResults();
    results.failed(StorageArm.STORE, 4096, 1, "other bytes");
    Section section = new SmallPart().section(SmallPart.options(terms(true)), results, 0);
    assertThat(section.bars()).allMatch(bar -> bar.value().equals("no figure") && !bar.holds());
    assertThat(section.tables().get(2).rows())
        .containsExactly(List.of("FAILED, store 4096 bytes, round 1: other bytes"));
  }

  @Test
  void aLargeFileIsJudgedByTheHeapThatItNeeds() {
    Part.Terms terms = terms(false);
    StorageOptions all = LargePart.options(terms, false);
    StorageOptions ours = LargePart.options(terms, true);
    assertThat(ours.large().sizes()).isEqualTo(all.large().sizes());
    assertThat(ours.large().heap()).isGreaterThan(all.large().heap());
    assertThat(ours.arms()).allMatch(StorageArm::isOurs);
    assertThat(ours.large().collectMillis()).isPositive();
    assertThat(all.large().collectMillis()).isZero();
    long smallest = all.large().sizes().get(0);
    long largest = all.large().sizes().get(1);
    StorageResults results = new StorageResults();
    StorageResults roomy = new StorageResults();
    for (StorageArm arm : ours.arms()) {
      for (long size : all.large().sizes()) {
        results.add(arm, size, 1, run(size, live(50)));
        results.enough(arm, size, 64);
      }
      roomy.add(arm, smallest, 1, run(smallest, live(40)));
      roomy.add(arm, largest, 1, run(largest, live(48)));
    }
    Section section = new LargePart().section(all, results, ours, roomy, 0);
    assertThat(section.bars()).hasSize(4).allMatch(Section.Bar::holds);
    assertThat(section.bars().get(0).promise())
        .isEqualTo("store-stream: a file of 512 MiB with -Xmx64m");
    assertThat(section.bars().get(1).value()).isEqualTo("48.0 MiB, and 40.0 with 64 MiB");
    assertThat(section.tables()).hasSize(2);
    results.failed(StorageArm.STORE_STREAM, largest, 2, "OutOfMemoryError");
    roomy.add(StorageArm.STORE_FILE, largest, 1, run(largest, live(49)));
    section = new LargePart().section(all, results, ours, roomy, 0);
    assertThat(section.bars().stream().map(Section.Bar::holds))
        .containsExactly(false, true, true, false);
    assertThat(section.tables()).hasSize(3);
  }

  @Test
  void aHeapThatNobodyHasSeenIsNotSaidToGrow() {
    List<Long> sizes = List.of(MIB, 2 * MIB);
    List<StorageArm> arms = List.of(StorageArm.STORE_FILE);
    StorageResults results = new StorageResults();
    results.add(StorageArm.STORE_FILE, MIB, 1, run(MIB, live(40)));
    results.add(StorageArm.STORE_FILE, 2 * MIB, 1, run(2 * MIB, Peaks.NONE));
    assertThat(StorageTables.flatness(results, arms, sizes)).contains("nothing was collected");
    results.add(StorageArm.STORE_FILE, 2 * MIB, 2, run(2 * MIB, live(48)));
    assertThat(StorageTables.flatness(results, arms, sizes)).contains("flat");
    results.add(StorageArm.STORE_FILE, 2 * MIB, 3, run(2 * MIB, live(49)));
    assertThat(StorageTables.flatness(results, arms, sizes)).contains("GROWS");
  }

  @Test
  void theTermsSayHowMuchIsMeasured() {
    assertThat(SmallPart.options(terms(false)).rounds()).isEqualTo(3);
    assertThat(SmallPart.options(terms(true)).small().objects())
        .isLessThan(SmallPart.options(terms(false)).small().objects());
    Part.Terms asked =
        new Part.Terms(
            Path.of("jdk"), Optional.empty(), true, OptionalInt.of(7), OptionalLong.empty());
    assertThat(LargePart.options(asked, true).rounds()).isEqualTo(7);
    assertThat(LargePart.options(asked, true).jvm().home()).isEqualTo(Path.of("jdk"));
  }
}
