package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.offsets.CommitMetadata;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;

class DueDispatcherTest {

  private static final long DAY = 86_400_000;

  private DueBench bench = new DueBench();

  @Test
  void isExecutedWhenItIsDueAndNotBefore() {
    bench.read(500, 30_000, 0);
    assertThat(bench.runs).containsExactly(bench.run(2, 0));
    bench.pass(499);
    assertThat(bench.runs).hasSize(1);
    bench.pass(1);
    assertThat(bench.runs).hasSize(2);
    bench.pass(29_499);
    assertThat(bench.runs).hasSize(2);
    bench.pass(DAY);
    assertThat(bench.runs)
        .containsExactly(bench.run(2, 0), bench.run(0, 500), bench.run(1, 30_000));
    assertThat(bench.flow.settled()).isTrue();
    assertThat(bench.flow.toCommit())
        .hasValueSatisfying(to -> assertThat(to.offset()).isEqualTo(3));
  }

  @Test
  void thatOneWaitsForDaysDelaysNobodyBehindIt() {
    bench.read(7 * DAY);
    for (int i = 0; i < 5_000; i++) {
      bench.read(bench.time.nanos() / 1_000_000 + 10, bench.time.nanos() / 1_000_000);
      bench.pass(10);
      bench.flow.count(bench.time.nanos());
      assertThat(bench.flow.holdsBack()).isFalse();
    }
    assertThat(bench.runs).hasSize(10_000);
    assertThat(bench.runs)
        .allSatisfy(
            run ->
                assertThat(run.millis())
                    .isEqualTo(bench.start + (run.offset() - 1) / 2 * 10 + run.offset() % 2 * 10));
    OffsetAndMetadata commit = bench.flow.toCommit().orElseThrow();
    assertThat(commit.offset()).isZero();
    SettledOffsets told = SettledOffsets.none(0);
    try {
      told = CommitMetadata.decode(0, commit.metadata());
    } catch (run.algo.sdk.kafka.internal.offsets.MetadataFormatException e) {
      throw new AssertionError(e);
    }
    assertThat(told.contains(0)).isFalse();
    assertThat(told.contains(10_000)).isTrue();
  }

  @Test
  void goesByOffsetWhereDueTimesAreTheSame() {
    bench = new DueBench(new DueGate.Loads(1_000, 1_000_000), 512, 1, WaitingRoom.PLACES, false);
    bench.read(800, 700, 800, 700);
    bench.read(800, 700);
    bench.pass(1_000);
    assertThat(bench.executed()).containsExactly(1, 3, 5, 0, 2, 4);
  }

  @Test
  void letsGoOfWhatIsNotDueSoonAndReadsItAgainBefore() {
    bench.read(900, 5_000, 5_100, 60_000);
    bench.flow.count(0);
    assertThat(bench.due.unloaded()).isEqualTo(3);
    assertThat(bench.flow.inFlight()).isZero();
    assertThat(bench.flow.bytesInFlight()).isZero();
    assertThat(bench.flow.isEmpty()).isTrue();
    bench.pass(3_999, false);
    assertThat(bench.wanted).isEmpty();
    bench.pass(1, false);
    assertThat(bench.wanted).extracting(Refetcher.Wanted::offset).containsExactly(1L, 2L);
    bench.answer();
    assertThat(bench.executed()).containsExactly(0);
    bench.pass(1_200, false);
    assertThat(bench.runs)
        .containsExactly(bench.run(0, 900), bench.run(1, 5_000), bench.run(2, 5_100));
    assertThat(bench.due.unloaded()).isEqualTo(1);
  }

  @Test
  void whatComesLateIsLateAndNotLost() {
    bench.read(5_000);
    bench.pass(9_000, false);
    assertThat(bench.runs).isEmpty();
    bench.read(9_100);
    bench.pass(100, false);
    assertThat(bench.runs).containsExactly(bench.run(1, 9_100));
    bench.answer();
    assertThat(bench.runs).hasSize(2).last().isEqualTo(bench.run(0, 9_100));
  }

  @Test
  void whatTheLogHasNoMoreIsSkippedAndPassed() {
    bench.read(5_000, 5_000, 5_000);
    bench.log.remove(1L);
    bench.pass(5_000);
    assertThat(bench.executed()).containsExactly(0, 2);
    assertThat(bench.flow.toCommit())
        .hasValueSatisfying(to -> assertThat(to.offset()).isEqualTo(3));
    bench.flow.count(0);
    assertThat(bench.flow.settledInAll()).isEqualTo(3);
    assertThat(bench.flow.inFlight()).isZero();
  }

  @Test
  void keepsNoMoreInMemoryThanItMay() {
    bench = new DueBench(new DueGate.Loads(100, 300), 16, 4, WaitingRoom.PLACES, false);
    bench.settles = false;
    bench.read(DueBench.same(1_000, 500)); // 10 bytes each
    assertThat(bench.due.unloaded()).isBetween(965, 975);
    bench.pass(1_000);
    assertThat(bench.runs).hasSize(16); // nobody settles them
    bench.flow.count(0);
    assertThat(bench.flow.inFlight()).isEqualTo(16);
    assertThat(bench.flow.bytesInFlight()).isEqualTo(160);
    bench.settles = true;
    while (!bench.open.isEmpty()) {
      bench.open.remove(0).run();
      bench.time.runAll();
      bench.pass(1);
    }
    assertThat(bench.executed()).containsExactlyInAnyOrder(LongStream.range(0, 1_000).toArray());
  }

  @Test
  void overdueRecordsGoInTheOrderOfTheirDueTimes() {
    bench = new DueBench(new DueGate.Loads(10, 1_000), 1, 1, WaitingRoom.PLACES, false);
    bench.settles = false;
    bench.read(0, 60_000, 0);
    bench.pass(60_000);
    bench.read(50_000, 59_999);
    bench.settles = true;
    bench.open.remove(0).run();
    bench.time.runAll();
    bench.pass(1);
    assertThat(bench.executed()).containsExactly(0, 2, 3, 4, 1);
  }

  @Test
  void aTransactionMayTakeWhatIsPreparedBehindOneThatWaits() {
    bench = new DueBench(new DueGate.Loads(100, 1_000), 2, 2, WaitingRoom.PLACES, true);
    bench.settles = false;
    bench.read(DAY, 0, 0, 0, 0, 0);
    assertThat(bench.runs).hasSize(2);
    // What is prepared makes room for what is due, or nothing would be executed before the first.
    bench.flow.concluded();
    bench.flow.concluded();
    bench.time.runAll();
    assertThat(bench.runs).hasSize(4);
    assertThat(bench.flow.toCommit()).hasValueSatisfying(to -> assertThat(to.offset()).isZero());
  }

  @Test
  void holdsBackWhenTheRoomIsFullAndGoesOnWhenThereIsSome() {
    bench = new DueBench(new DueGate.Loads(100, 1_000), 512, 4, 200, false);
    bench.read(DueBench.same(150, 10_000));
    bench.flow.count(0);
    assertThat(bench.room.taken()).isEqualTo(158);
    assertThat(bench.flow.holdsBack()).isFalse();
    bench.read(DueBench.same(50, 20_000));
    bench.flow.count(0);
    assertThat(bench.flow.holdsBack()).isTrue();
    bench.pass(10_000);
    bench.flow.toCommit();
    bench.flow.count(0);
    assertThat(bench.room.taken()).isEqualTo(58);
    assertThat(bench.flow.holdsBack()).isFalse();
    bench.flow.abandon();
    assertThat(bench.room.taken()).isZero();
  }

  @Test
  void onePartitionCannotTakeTheRoomOfAnother() {
    WaitingRoom room = new WaitingRoom(1_000);
    WaitingRoom.Part days = room.part();
    WaitingRoom.Part seconds = room.part();
    days.takes(749);
    assertThat(days.isFull()).isFalse();
    days.takes(750);
    assertThat(days.isFull()).isTrue();
    assertThat(seconds.isFull()).isFalse();
    seconds.takes(250);
    assertThat(seconds.isFull()).isTrue();
    days.takes(720);
    assertThat(days.isFull()).describedAs("some polls must fit").isTrue();
    days.takes(700);
    assertThat(days.isFull()).isFalse();
    seconds.leave();
    days.takes(999);
    assertThat(days.isFull()).isFalse();
    assertThat(room.taken()).isEqualTo(999);
  }

  @Test
  void aRecordThatWaitsTakesNoMoreThanItsPlace() {
    int count = 100_000;
    for (int i = 0; i < count; i += 500) {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int j = 0; j < 500; j++) {
        records.add(bench.append(bench.start + DAY - i - j, bench.start));
      }
      bench.log.clear();
      bench.log.put((long) i + 499, records.get(0));
      bench.read(records);
    }
    bench.flow.count(0);
    assertThat(bench.room.taken()).isEqualTo(count + count / 500 * WaitingRoom.PLACES_A_BATCH);
    // A mark, a reference, an offset where they have gaps, and what the heap has allocated.
    long each = 1 + 4 + 8 + bench.due.heapBytes() / count;
    assertThat(each).isLessThanOrEqualTo(WaitingRoom.BYTES_A_PLACE);
    assertThat(bench.due.unloaded()).isEqualTo(count);
  }

  @Test
  void nothingBeginsWhileItIsHaltedOrPaused() {
    bench.read(500, 5_000);
    bench.due.halt(true);
    bench.due.pause(true);
    bench.pass(10_000);
    assertThat(bench.runs).isEmpty();
    bench.due.halt(false);
    bench.time.runAll();
    assertThat(bench.runs).isEmpty();
    bench.due.pause(false);
    bench.time.runAll();
    assertThat(bench.executed()).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void whatWaitsIsReleasedAtOnceWhenItsPartitionGoes() {
    bench.read(500, 5_000, 60_000);
    bench.pass(4_500, false);
    assertThat(bench.wanted).hasSize(1);
    bench.flow.stop();
    assertThat(bench.flow.quiet()).isTrue();
    assertThat(bench.flow.abandon()).isEqualTo(2);
    assertThat(bench.wanted.get(0).isWanted()).isFalse();
    bench.answer(); // too late
    bench.pass(DAY);
    assertThat(bench.executed()).containsExactly(0);
    assertThat(bench.time.pass(Long.MAX_VALUE / 4))
        .describedAs("no timer keeps it")
        .isEqualTo(Long.MAX_VALUE / 4);
  }

  /** The reader's clock is an hour off from the writer's, in both directions. */
  @Test
  void aClockThatIsOffNeitherSticksNorBringsForwardWhatWasMeasuredByItself() {
    long hour = 3_600_000;
    bench.read(List.of(bench.append(bench.start + hour + 30_000, bench.start + hour)));
    bench.pass(29_999);
    assertThat(bench.runs).isEmpty();
    bench.pass(1);
    assertThat(bench.runs).containsExactly(bench.run(0, 30_000));
  }

  /** Against a model: each once, not before it is due, and not later where nothing holds it up. */
  @Test
  void seededSchedulesFollowTheModel() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int loads = 1 + random.nextInt(50);
      boolean ample = random.nextBoolean();
      bench =
          new DueBench(
              new DueGate.Loads(ample ? 100_000 : loads, 1L << 30),
              ample ? 100_000 : 1 + random.nextInt(20),
              1 + random.nextInt(8),
              WaitingRoom.PLACES,
              false);
      Map<Long, Long> dues = new HashMap<>();
      long total = 0;
      for (int step = 0; step < 40; step++) {
        long now = bench.time.nanos() / 1_000_000;
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            long[] next =
                random
                    .longs(1 + random.nextInt(30), now - 1_000, now + (1 << random.nextInt(16)))
                    .toArray();
            for (long due : next) {
              dues.put(total++, Math.max(due, now));
            }
            bench.read(next);
          }
          case 2 -> bench.pass(1 + random.nextInt(3_000));
          default -> {
            if (!ample && random.nextInt(3) == 0) {
              bench.due.pause(true);
              bench.pass(random.nextInt(2_000));
              bench.due.pause(false);
              bench.time.runAll();
            }
          }
        }
      }
      bench.pass(200_000);
      Map<Long, Long> executed = new HashMap<>();
      for (DueBench.Run run : bench.runs) {
        assertThat(executed.put(run.offset(), run.millis() - bench.start))
            .describedAs("seed %d: %d twice", seed, run.offset())
            .isNull();
      }
      assertThat(executed.keySet()).describedAs("seed %d", seed).isEqualTo(dues.keySet());
      for (Map.Entry<Long, Long> each : executed.entrySet()) {
        long due = dues.get(each.getKey());
        if (ample) {
          assertThat(each.getValue()).describedAs("seed %d: %s", seed, each).isEqualTo(due);
        } else {
          assertThat(each.getValue())
              .describedAs("seed %d: %s", seed, each)
              .isGreaterThanOrEqualTo(due);
        }
      }
      bench.flow.count(0);
      assertThat(bench.flow.inFlight()).isZero();
      assertThat(bench.flow.bytesInFlight()).isZero();
    }
  }
}
