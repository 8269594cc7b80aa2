package run.algo.sdk.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartBufferTest {

  private static final int CAPACITY = 2 * SegmentPool.SEGMENT + 10;

  @Test
  void whatIsPutComesOutAsOftenAsItIsAskedFor() throws Exception {
    SegmentPool pool = new SegmentPool(CAPACITY);
    Random random = new Random(7);
    byte[] content = new byte[CAPACITY + 100];
    random.nextBytes(content);
    PartBuffer part = new PartBuffer(pool, CAPACITY);
    int done = 0;
    while (!part.isFull()) {
      int size = 1 + random.nextInt(30_000);
      done += part.put(content, done, Math.min(size, content.length - done));
    }

    assertThat(done).isEqualTo(CAPACITY);
    assertThat(part.put(content, 0, 1)).isZero();
    for (int round = 0; round < 2; round++) {
      try (InputStream in = part.body().contentStreamProvider().newStream()) {
        assertThat(in.read()).isEqualTo(content[0] & 0xff);
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1, CAPACITY));
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void memoryIsTakenAsItFillsAndUsedAgain() {
    SegmentPool pool = new SegmentPool(CAPACITY);
    PartBuffer part = new PartBuffer(pool, CAPACITY);
    assertThat(pool.bytesTaken()).isZero();
    part.put(new byte[10], 0, 10);
    assertThat(pool.bytesTaken()).isEqualTo(SegmentPool.SEGMENT);
    part.put(new byte[CAPACITY], 0, CAPACITY);
    assertThat(pool.bytesTaken()).isEqualTo(3L * SegmentPool.SEGMENT);

    part.release();
    part.release();
    assertThat(pool.bytesTaken()).isZero();
    byte[] again = pool.take();
    pool.giveBack(again);
    assertThat(pool.take()).isSameAs(again);
    assertThat(pool.mostBytesTaken()).isEqualTo(3L * SegmentPool.SEGMENT);
  }
}
