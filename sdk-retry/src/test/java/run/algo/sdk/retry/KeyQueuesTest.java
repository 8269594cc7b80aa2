package run.algo.sdk.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingIndex.Arrival;

/** Each rule of the index by example; long, since they are many and each stands alone. */
class KeyQueuesTest {

  private static final int MOST = 1000;

  private final ParkingIndex index = KeyQueues.ordered(MOST);

  @Nested
  class Arriving {

    @Test
    void withoutEntriesEachRecordIsFree() {
      assertThat(arrive("a", 1)).isEqualTo(Arrival.FREE);
      assertThat(index.size()).isZero();
    }

    @Test
    void aRecordBehindAnotherOfItsKeyIsReserved() {
      park("a", 1, 100);

      assertThat(arrive("a", 2)).isEqualTo(Arrival.BEHIND);
      assertThat(arrive("b", 3)).isEqualTo(Arrival.FREE);
      assertThat(index.size()).isEqualTo(2);
      assertThat(index.keys()).isEqualTo(1);
    }

    @Test
    void aRecordBeforeAllOfItsKeyIsFree() {
      park("a", 5, 100);

      assertThat(arrive("a", 4)).isEqualTo(Arrival.FREE);
      assertThat(arrive("a", 6)).isEqualTo(Arrival.BEHIND);
    }

    @Test
    void noKeyIsAKeyOfItsOwn() {
      park(null, 1, 100);

      assertThat(arrive(null, 2)).isEqualTo(Arrival.BEHIND);
      assertThat(arrive("", 3)).isEqualTo(Arrival.FREE);
    }

    @Test
    void aRecordThatHasAnEntryIsStoredAlready() {
      park("a", 1, 100);

      assertThat(arrive("a", 1)).isEqualTo(Arrival.STORED);
      assertThat(index.size()).isEqualTo(1);
    }

    @Test
    void aKeyWhoseRecordsAreAllDueIsFreeSoon() {
      park("a", 1, 100);

      assertThat(index.arrive(key("a"), 2, true, 100)).isEqualTo(Arrival.SOON);
      assertThat(index.size()).isEqualTo(1);
      assertThat(index.arrive(key("a"), 2, true, 99)).isEqualTo(Arrival.BEHIND);
    }

    @Test
    void aLongQueueIsNotFreeSoon() {
      for (int i = 0; i < KeyQueues.SHORT; i++) {
        assertThat(index.arrive(key("a"), MOST, true, 0))
            .isEqualTo(i == 0 ? Arrival.FREE : Arrival.SOON);
        park("a", i, 0);
      }
      assertThat(index.arrive(key("a"), MOST, true, 0)).isEqualTo(Arrival.SOON);
      park("a", KeyQueues.SHORT, 0);

      assertThat(index.arrive(key("a"), MOST, true, 0)).isEqualTo(Arrival.BEHIND);
    }

    @Test
    void aQueueWithADormantRecordIsNotFreeSoon() {
      found("a", 1, 0);
      found("a", 5, 0);
      index.open(5);

      assertThat(index.arrive(key("a"), 2, true, 9)).isEqualTo(Arrival.BEHIND);
    }

    @Test
    void aKeyHasAsManyRecordsAsItMay() {
      ParkingIndex two = KeyQueues.ordered(2);
      assertThat(two.failed(key("a"), 1, 5)).isTrue();
      assertThat(two.arrive(key("a"), 2, false, 0)).isEqualTo(Arrival.BEHIND);

      assertThat(two.arrive(key("a"), 3, false, 0)).isEqualTo(Arrival.FULL);
      assertThat(two.failed(key("a"), 0, 5)).isFalse();
      assertThat(two.failed(key("a"), 1, 6)).isTrue();
      assertThat(two.arrive(key("b"), 3, false, 0)).isEqualTo(Arrival.FREE);
      assertThat(two.size()).isEqualTo(2);
      two.remove(1);
      assertThat(two.arrive(key("a"), 3, false, 0)).isEqualTo(Arrival.BEHIND);
    }

    @Test
    void aKeyMayHaveAtLeastOneRecord() {
      assertThatThrownBy(() -> KeyQueues.ordered(0)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class Taking {

    @Test
    void nothingIsTakenBeforeItIsStoredAndDue() {
      index.failed(key("a"), 1, 100);
      assertThat(index.nextDue()).isEqualTo(Long.MAX_VALUE);
      assertThat(take(100)).isEmpty();

      index.stored(1, 7);
      assertThat(index.nextDue()).isEqualTo(100);
      assertThat(take(99)).isEmpty();
      assertThat(take(100)).containsExactly("1 at 7 due 100");
      assertThat(index.nextDue()).isEqualTo(Long.MAX_VALUE);
      assertThat(take(100)).isEmpty();
    }

    @Test
    void thoseBehindFollowInTheirOrder() {
      park("a", 5, 100);
      behind("a", 7);
      behind("a", 6);

      assertThat(index.nextDue()).isEqualTo(100);
      assertThat(offsets(100)).containsExactly(5L, 6L, 7L);
    }

    @Test
    void noneIsTakenPastOneThatIsNotStoredNotDueOrDormant() {
      park("a", 1, 0);
      arrive("a", 2);
      behind("a", 3);
      assertThat(offsets(0)).containsExactly(1L);
      index.stored(2, 9);
      assertThat(index.nextDue()).isZero();
      assertThat(offsets(0)).containsExactly(2L, 3L);

      park("b", 11, 0);
      park("b", 12, 50);
      behind("b", 13);
      assertThat(offsets(49)).containsExactly(11L);
      assertThat(index.nextDue()).isEqualTo(50);
      assertThat(offsets(50)).containsExactly(12L, 13L);

      found("c", 21, 0);
      found("c", 22, 0);
      found("c", 23, 0);
      index.open(22);
      index.passed(24, offset -> offset == 22);
      assertThat(offsets(99)).containsExactly(21L);
      assertThat(arrive("c", 22)).isEqualTo(Arrival.STORED);
      assertThat(offsets(99)).containsExactly(22L, 23L);
    }

    @Test
    void noMoreThanAWindowIsOutAndItIsRefilled() {
      for (int i = 0; i < 100; i++) {
        park("a", i, 0);
      }
      List<Long> first = offsets(0);
      assertThat(first).hasSize(KeyQueues.WINDOW).startsWith(0L, 1L, 2L);
      assertThat(index.nextDue()).isEqualTo(Long.MAX_VALUE);

      index.begin(0, 0);
      assertThat(offsets(0)).isEmpty();
      index.remove(0);
      assertThat(index.nextDue()).isZero();
      assertThat(offsets(0)).containsExactly((long) KeyQueues.WINDOW);
    }

    @Test
    void noMoreAreTakenThanAskedFor() {
      for (int i = 0; i < 20; i++) {
        park("a", i, 0);
      }
      assertThat(take(0, 3)).hasSize(3);
      assertThat(take(0, 12)).hasSize(12).startsWith("3 at 1003 due 0");
      assertThat(take(0, 0)).isEmpty();
    }

    @Test
    void whatIsDueEarlierIsTakenEarlier() {
      long[] dues = {50, 20, 90, 10, 70, 30, 80, 60, 40};
      for (int i = 0; i < dues.length; i++) {
        park("key " + i, i, dues[i]);
      }
      assertThat(index.nextDue()).isEqualTo(10);
      assertThat(offsets(45)).containsExactly(3L, 1L, 5L, 8L);
      assertThat(index.nextDue()).isEqualTo(50);
    }

    @Test
    void keysThatAreDrainedShareTheTurnsWithEachOtherAndWithThoseThatFallDue() {
      for (int i = 0; i < 100; i++) {
        park("a", i, 0);
        park("b", 1000 + i, 0);
      }
      park("c", 5000, 70);
      park("d", 6000, 60);

      List<Long> order = offsets(100);
      assertThat(order).hasSize(2 * KeyQueues.WINDOW + 2);
      assertThat(order.indexOf(6000L)).isLessThanOrEqualTo(KeyQueues.PART);
      assertThat(order.indexOf(5000L)).isLessThanOrEqualTo(2 * KeyQueues.PART + 1);
      assertThat(order.indexOf(1000L)).isLessThanOrEqualTo(KeyQueues.PART + 1);
      assertThat(order.indexOf((long) KeyQueues.PART)).isGreaterThan(order.indexOf(1000L));
    }

    @Test
    void neitherKindStarvesTheOtherWhenOneIsTakenAtATime() {
      for (int i = 0; i < 30; i++) {
        park("drained", i, 0);
        park("due " + i, 1000 + i, 1 + i);
      }
      List<Long> order = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        order.addAll(takeOffsets(100, 1));
      }
      assertThat(order).filteredOn(offset -> offset < 1000).hasSize(10);
    }

    @Test
    void whatTheTakerThrowsLeavesTheRestAsItWas() {
      park("a", 1, 0);
      park("a", 2, 0);
      List<Long> told = new ArrayList<>();

      assertThatThrownBy(
              () ->
                  index.take(
                      0,
                      9,
                      (offset, place, due) -> {
                        if (!told.isEmpty()) {
                          throw new IllegalStateException("enough");
                        }
                        told.add(offset);
                      }))
          .hasMessage("enough");
      assertThat(told).containsExactly(1L);
      assertThat(offsets(0)).containsExactly(2L);
    }
  }

  @Nested
  class Beginning {

    @Test
    void recordsBeginInTheirOrder() {
      park("a", 1, 0);
      behind("a", 2);
      take(0);

      assertThat(index.begin(1, 0)).isTrue();
      assertThat(index.begin(2, 0)).isTrue();
      index.remove(2);
      index.remove(1);
      assertThat(index.size()).isZero();
      assertThat(index.keys()).isZero();
    }

    @Test
    void oneThatComesBeforeItsTimeOrPlaceWaitsAgain() {
      park("a", 1, 50);
      behind("a", 2);
      take(60);

      assertThat(index.begin(2, 60)).isFalse();
      assertThat(index.begin(1, 49)).isFalse();
      assertThat(index.nextDue()).isEqualTo(50);
      assertThat(offsets(60)).containsExactly(1L, 2L);
      assertThat(index.begin(1, 60)).isTrue();
      assertThat(index.begin(1, 60)).as("again, in its place").isTrue();
      assertThat(index.begin(3, 60)).isFalse();
    }

    @Test
    void oneThatIsBegunAgainIsPutBackWhenOneAheadOfItHasFailedMeanwhile() {
      park("a", 1, 50);
      behind("a", 2);
      take(60);
      assertThat(index.begin(1, 60)).isTrue();
      assertThat(index.begin(2, 60)).isTrue();
      assertThat(index.failed("a".getBytes(UTF_8), 1, 90)).isTrue();
      assertThat(index.begin(2, 60)).isFalse();
      index.stored(1, 100);
      assertThat(offsets(89)).isEmpty();
      assertThat(offsets(90)).containsExactly(1L, 2L);
    }

    @Test
    void oneThatWasNotWhereItWasStoredWaitsWhereverItIsFound() {
      index.found("a".getBytes(UTF_8), 1, 70, 0);
      take(0);
      index.misplaced(1);
      index.found("a".getBytes(UTF_8), 1, 5, 0); // before the place where it was thought to be
      assertThat(take(0)).containsExactly("1 at 5 due 0");
      index.misplaced(1);
      index.erased(1, 6);
      assertThat(index.size()).isZero();
    }

    @Test
    void whenOneFailsAgainThoseBehindItComeBackBeforeItIsTaken() {
      park("a", 1, 0);
      behind("a", 2);
      behind("a", 3);
      behind("a", 4);
      take(0);
      index.begin(1, 0);
      assertThat(index.failed(key("a"), 1, 80)).isTrue();
      index.stored(1, 2001);
      assertThat(index.nextDue()).isEqualTo(Long.MAX_VALUE);
      assertThat(offsets(99)).isEmpty();

      assertThat(index.begin(2, 99)).isFalse();
      index.putBack(3);
      assertThat(offsets(99)).isEmpty();
      assertThat(index.begin(4, 99)).isFalse();

      assertThat(index.nextDue()).isEqualTo(80);
      assertThat(take(99).get(0)).isEqualTo("1 at 2001 due 80");
    }

    @Test
    void oneThatFailedAgainIsNotTakenBeforeItIsStoredAgain() {
      park("a", 1, 0);
      take(0);
      index.begin(1, 0);
      index.failed(key("a"), 1, 10);

      assertThat(offsets(99)).isEmpty();
      index.failed(key("a"), 1, 20);
      index.stored(1, 5);
      index.stored(1, 6);
      assertThat(take(99)).containsExactly("1 at 5 due 20");
    }

    @Test
    void whatIsPutBackIsTakenAgain() {
      park("a", 1, 0);
      behind("a", 2);
      take(0);

      index.putBack(1);
      index.putBack(2);
      assertThat(offsets(0)).containsExactly(1L, 2L);
      index.begin(1, 0);
      index.putBack(1); // begun: no longer taken
      assertThat(offsets(0)).isEmpty();
    }

    @Test
    void callsAboutWhatIsNotThereDoNothing() {
      index.stored(1, 1);
      index.putBack(1);
      index.remove(1);
      index.erased(1, 1);

      assertThat(index.begin(1, 0)).isFalse();
      assertThat(index.expects(1)).isFalse();
      assertThat(index.size()).isZero();
    }

    @Test
    void aRecordThatFailsBelowOthersComesBeforeThem() {
      park("a", 8, 0);
      take(0);
      index.begin(8, 0);
      assertThat(arrive("a", 5)).isEqualTo(Arrival.FREE);
      park("a", 5, 30);

      assertThat(offsets(99)).isEmpty();
      index.failed(key("a"), 8, 10);
      index.stored(8, 9);
      assertThat(index.nextDue()).isEqualTo(30);
      assertThat(offsets(99)).containsExactly(5L, 8L);
    }

    @Test
    void twoKeysOfOneHashKeepTheOrderOfBoth() {
      ParkingIndex one = KeyQueues.ordered(MOST, key -> 42);
      one.failed(key("a"), 1, 0);
      one.stored(1, 1);

      assertThat(one.arrive(key("b"), 2, false, 0)).isEqualTo(Arrival.BEHIND);
      assertThat(one.keys()).isEqualTo(1);
    }
  }

  @Nested
  class Restoring {

    @Test
    void theHighestPlaceCounts() {
      index.found(key("a"), 1, 10, 100);
      index.found(key("a"), 1, 12, 300);
      index.found(key("a"), 1, 11, 200);
      index.erased(1, 12);

      assertThat(index.nextDue()).isEqualTo(300);
      assertThat(take(300)).containsExactly("1 at 12 due 300");
    }

    @Test
    void whatIsErasedIsGoneUnlessStoredAfterThat() {
      found("a", 1, 0);
      found("a", 2, 0);
      index.erased(1, 1001);
      index.erased(2, 5000);

      assertThat(offsets(0)).containsExactly(1L);
      assertThat(index.size()).isEqualTo(1);
    }

    @Test
    void whatWillBeReadOnceMoreIsDormantUntilItArrives() {
      found("a", 4, 0);
      found("a", 5, 0);
      found("a", 6, 0);
      found("b", 7, 0);
      index.open(5);

      assertThat(index.expects(4)).isFalse();
      assertThat(index.expects(5)).isTrue();
      assertThat(index.nextDue()).isZero();
      assertThat(offsets(99)).containsExactly(4L);
      assertThat(arrive("a", 5)).isEqualTo(Arrival.STORED);
      assertThat(index.expects(5)).isFalse();
      assertThat(offsets(99)).containsExactly(5L);
      assertThat(arrive("b", 7)).isEqualTo(Arrival.STORED);
      assertThat(offsets(99)).containsExactly(7L);
    }

    @Test
    void anEarlierRecordThatWasNeverStoredComesFirst() {
      found("a", 6, 0);
      index.open(5);

      assertThat(offsets(99)).isEmpty();
      assertThat(arrive("a", 5)).isEqualTo(Arrival.FREE);
      park("a", 5, 50);
      assertThat(arrive("a", 6)).isEqualTo(Arrival.STORED);
      assertThat(offsets(99)).containsExactly(5L, 6L);
    }

    @Test
    void whatTheInputPassedWithoutItIsAwake() {
      for (int i = 0; i < 10; i++) {
        found("key " + i, 10L * i, 0);
      }
      index.open(0);
      index.passed(35, offset -> offset == 10);
      assertThat(offsets(99)).containsExactlyInAnyOrder(0L, 20L, 30L);

      index.passed(Long.MAX_VALUE, offset -> offset == 10 || offset == 60);
      assertThat(offsets(99)).containsExactlyInAnyOrder(40L, 50L, 70L, 80L, 90L);
      assertThat(index.expects(60)).isTrue();
      arrive("key 1", 10);
      index.passed(Long.MAX_VALUE, offset -> false);
      assertThat(offsets(99)).containsExactlyInAnyOrder(10L, 60L);
      assertThat(index.expects(60)).isFalse();
    }

    @Test
    void aRepeatedRestoreLeavesWhatIsUnderWayAlone() {
      found("a", 1, 0);
      found("b", 2, 0);
      found("c", 3, 0);
      index.open(9);
      take(0);
      index.begin(1, 0);
      index.failed(key("c"), 3, 5);

      for (int offset = 1; offset <= 3; offset++) {
        index.found(key("abc".substring(offset - 1, offset)), offset, 5000, 70);
        index.erased(offset, 6000);
      }
      assertThat(index.size()).isEqualTo(3);
      assertThat(offsets(99)).isEmpty();
      index.putBack(2);
      assertThat(take(99)).containsExactly("2 at 1002 due 0");
    }

    @Test
    void whatIsFoundOnlyAfterTheOpeningIsNotDormant() {
      found("a", 1, 0);
      index.open(0);
      found("b", 5, 0);
      index.found(key("a"), 1, 4000, 9);

      assertThat(offsets(99)).containsExactly(5L);
      assertThat(index.expects(1)).isTrue();
      arrive("a", 1);
      assertThat(take(99)).containsExactly("1 at 4000 due 9");
    }
  }

  @Nested
  class WithoutOrder {

    private final ParkingIndex unordered = new StepRetryPolicyProvider().parkingIndex(false, 1);

    @Test
    void eachRecordWaitsForItsOwnTimeAlone() {
      for (int i = 0; i < 5; i++) {
        assertThat(unordered.arrive(key("a"), i, true, 0)).isEqualTo(Arrival.FREE);
        assertThat(unordered.failed(key("a"), i, 50 - i)).isTrue();
        unordered.stored(i, i);
      }
      assertThat(unordered.arrive(key("a"), 3, true, 0)).isEqualTo(Arrival.STORED);
      assertThat(unordered.keys()).isEqualTo(5);
      assertThat(unordered.nextDue()).isEqualTo(46);
      assertThat(takeOffsets(unordered, 48, 9)).containsExactly(4L, 3L, 2L);
      assertThat(unordered.begin(2, 48)).isTrue();
      assertThat(unordered.begin(3, 46)).isFalse();
      assertThat(unordered.begin(4, 48)).isTrue();
      assertThat(takeOffsets(unordered, 99, 9)).containsExactly(3L, 1L, 0L);
    }

    @Test
    void whatWillBeReadOnceMoreWaitsForThatToo() {
      unordered.found(key("a"), 1, 1, 0);
      unordered.found(key("a"), 2, 2, 0);
      unordered.open(2);

      assertThat(takeOffsets(unordered, 99, 9)).containsExactly(1L);
      assertThat(unordered.expects(2)).isTrue();
      assertThat(unordered.arrive(key("a"), 2, true, 0)).isEqualTo(Arrival.STORED);
      assertThat(takeOffsets(unordered, 99, 9)).containsExactly(2L);
    }
  }

  private Arrival arrive(@Nullable String key, long offset) {
    return index.arrive(key(key), offset, false, 0);
  }

  /** A record that failed and is stored, at its offset + 1000. */
  private void park(@Nullable String key, long offset, long due) {
    assertThat(index.failed(key(key), offset, due)).isTrue();
    index.stored(offset, 1000 + offset);
  }

  private void behind(String key, long offset) {
    assertThat(arrive(key, offset)).isEqualTo(Arrival.BEHIND);
    index.stored(offset, 1000 + offset);
  }

  private void found(String key, long offset, long due) {
    index.found(key(key), offset, 1000 + offset, due);
  }

  private List<String> take(long until) {
    return take(until, 1000);
  }

  private List<String> take(long until, int most) {
    List<String> taken = new ArrayList<>();
    int count =
        index.take(
            until,
            most,
            (offset, place, due) -> taken.add(offset + " at " + place + " due " + due));
    assertThat(count).isEqualTo(taken.size());
    return taken;
  }

  private List<Long> offsets(long until) {
    return takeOffsets(until, 1000);
  }

  private List<Long> takeOffsets(long until, int most) {
    return takeOffsets(index, until, most);
  }

  private static List<Long> takeOffsets(ParkingIndex index, long until, int most) {
    List<Long> taken = new ArrayList<>();
    index.take(until, most, (offset, place, due) -> taken.add(offset));
    return taken;
  }

  private static byte @Nullable [] key(@Nullable String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }
}
