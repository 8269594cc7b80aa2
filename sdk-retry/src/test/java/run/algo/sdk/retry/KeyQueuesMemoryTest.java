package run.algo.sdk.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.ParkingIndex.Arrival;

/** What parked records cost, as it is told and as the arrays are. */
class KeyQueuesMemoryTest {

  private static final int MILLION = 1_000_000;
  private static final int FAILING = 1_000;

  private final long[] taken = new long[1000];
  private int takenSize;

  @Test
  void aMillionRecordsBehindAThousandOfAMillionKeys() throws Exception {
    KeyQueues index = KeyQueues.ordered(MILLION);
    for (int i = 0; i < FAILING; i++) {
      index.failed(key(i), i, 1);
      index.stored(i, i);
    }
    for (int offset = FAILING; offset < MILLION; offset++) {
      int key = offset % FAILING;
      require(index.arrive(key(key), offset, false, 0) == Arrival.BEHIND, key);
      index.stored(offset, offset);
    }
    for (int key = FAILING; key < MILLION; key++) {
      require(index.arrive(key(key), MILLION + key, false, 0) == Arrival.FREE, key);
    }

    assertThat(index.size()).isEqualTo(MILLION);
    assertThat(index.keys()).isEqualTo(FAILING);
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo((long) KeyQueues.BYTES_PER_RECORD * MILLION);

    // Drained as a flow does it, it shrinks on the way and not only at the end.
    while (index.size() > 0) {
      index.take(1, 1000, (offset, place, due) -> taken[takenSize++] = offset);
      for (int i = 0; i < takenSize; i++) {
        require(index.begin(taken[i], 1), taken[i]);
        index.remove(taken[i]);
      }
      takenSize = 0;
      if (index.size() == MILLION / 10) {
        assertThat(index.heapBytes())
            .isEqualTo(arrays(index))
            .isLessThanOrEqualTo(
                2L * KeyQueues.BYTES_PER_RECORD * index.size() + KeyQueues.BYTES_IDLE);
      }
    }
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo(KeyQueues.BYTES_IDLE);
  }

  /** Millions of times, which takes long with more words. */
  private static void require(boolean right, long which) {
    if (!right) {
      throw new AssertionError("not so for " + which);
    }
  }

  @Test
  void aMillionKeysOfOneRecord() throws Exception {
    loneRecords(KeyQueues.ordered(1));
  }

  @Test
  void aMillionRecordsWithoutOrder() throws Exception {
    loneRecords(KeyQueues.unordered());
  }

  private static void loneRecords(KeyQueues index) throws Exception {
    for (int i = 0; i < MILLION; i++) {
      index.failed(key(i), i, 1 + i);
      index.stored(i, i);
    }
    assertThat(index.keys()).isEqualTo(MILLION);
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo((long) KeyQueues.BYTES_PER_LONE_RECORD * MILLION);

    // In no order: each time by a step that shares no factor with a million.
    for (int i = 0, offset = 0; i < MILLION; i++, offset = (offset + 610_007) % MILLION) {
      index.remove(offset);
    }
    assertThat(index.size()).isZero();
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo(KeyQueues.BYTES_IDLE);
  }

  @Test
  void aMillionRecordsThatComeAgain() throws Exception {
    KeyQueues index = KeyQueues.ordered(MILLION);
    for (int i = 0; i < MILLION; i++) {
      index.found(key(i % FAILING), i, i, 0);
    }
    index.open(0);
    index.passed(MILLION, offset -> offset % 2 == 0); // the most that can be on its way
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo((long) (KeyQueues.BYTES_PER_RECORD + 2 * Long.BYTES) * MILLION);

    for (int i = 0; i < MILLION; i++) {
      index.remove(i);
      index.passed(MILLION, offset -> false);
    }
    index.open(0);
    assertThat(index.heapBytes())
        .isEqualTo(arrays(index))
        .isLessThanOrEqualTo(KeyQueues.BYTES_IDLE);
  }

  @Test
  void theFirstRecordCostsLittle() throws Exception {
    KeyQueues index = KeyQueues.ordered(1);
    long empty = index.heapBytes();
    index.failed(key(1), 1, 1);

    assertThat(empty).isEqualTo(arrays(KeyQueues.ordered(1))).isLessThan(2048);
    assertThat(index.heapBytes()).isLessThanOrEqualTo(KeyQueues.BYTES_IDLE);
  }

  /** Sums up the arrays that an index holds, directly or through others. */
  private static long arrays(KeyQueues index) throws IllegalAccessException {
    return arrays(index, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static long arrays(Object object, Set<Object> seen) throws IllegalAccessException {
    if (!seen.add(object) || object.getClass().isHidden()) { // lambdas are hidden
      return 0;
    }
    if (object.getClass().isArray()) {
      return array(object);
    }
    long sum = 0;
    for (Field field : object.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        field.setAccessible(true);
        sum += arrays(requireNonNull(field.get(object)), seen);
      }
    }
    return sum;
  }

  private static long array(Object array) {
    int length = Array.getLength(array);
    if (array instanceof long[]) {
      return 16 + 8L * length;
    }
    if (array instanceof int[]) {
      return 16 + 4L * length;
    }
    long sum = 16 + 8L * length;
    for (Object element : (Object[]) array) {
      sum += element == null ? 0 : array(element);
    }
    return sum;
  }

  private static byte[] key(int number) {
    return ("key " + number).getBytes(UTF_8);
  }
}
