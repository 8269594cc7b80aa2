package run.algo.sdk.retry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import run.algo.sdk.retry.ModelIndex.Entry;
import run.algo.sdk.retry.ModelIndex.State;

/**
 * Random calls, of the index and of a model of it that cannot be wrong; a failure names its seed.
 */
class KeyQueuesModelTest {

  private static final int SEEDS = Integer.getInteger("index.seeds", 100);
  private static final int CALLS = 500;

  @Test
  void keysInOrder() {
    for (int seed = 0; seed < SEEDS; seed++) {
      int most = seed % 3 == 0 ? 5 : 500;
      new Run(seed, KeyQueues.ordered(most), new ModelIndex((key, o) -> KeyHash.of(key), most))
          .go();
    }
  }

  @Test
  void keysInOrderSomeOfOneHash() {
    for (int seed = 0; seed < SEEDS; seed++) {
      KeyQueues.Hash hash = key -> key == null ? 0 : key[0] % 2;
      new Run(
              seed,
              KeyQueues.ordered(100, hash),
              new ModelIndex((key, offset) -> hash.of(key), 100))
          .go();
    }
  }

  @Test
  void withoutOrder() {
    for (int seed = 0; seed < SEEDS; seed++) {
      new Run(seed, KeyQueues.unordered(), new ModelIndex((key, o) -> o, 1)).go();
    }
  }

  /** A run of one seed. */
  private static final class Run {

    private final Random random;
    private final KeyQueues index;
    private final ModelIndex model;
    private final List<String> calls = new ArrayList<>();
    private final int keys;

    /** Of how many offsets the calls are: few bring collisions, many bring long queues. */
    private final int offsets;

    private long now;
    private long place;

    Run(int seed, KeyQueues index, ModelIndex model) {
      this.random = new Random(seed);
      this.index = index;
      this.model = model;
      this.keys = 1 + seed % 7;
      this.offsets = 20 + seed % 11 * 40;
      calls.add("seed " + seed);
    }

    void go() {
      for (int i = 0; i < CALLS; i++) {
        call();
        check();
      }
      // At the end everything can be brought to its end: nothing was lost from the turns.
      index.passed(Long.MAX_VALUE, offset -> false);
      model.passed(Long.MAX_VALUE, offset -> false);
      while (!model.entries.isEmpty()) {
        for (Entry e : List.copyOf(model.entries.values())) {
          if (e.state == State.RESERVED) {
            stored(e.offset);
          }
        }
        take(Long.MAX_VALUE - 1, 10_000);
        for (Entry e : List.copyOf(model.entries.values())) {
          if (e.isOut()) {
            remove(e.offset);
          }
        }
        check();
      }
      assertThat(index.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    private void call() {
      long offset = random.nextInt(offsets);
      byte[] key = key(offset);
      long due = random.nextInt(3) == 0 ? 0 : now + random.nextInt(20);
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> {
          boolean mayWait = random.nextInt(4) == 0;
          said("arrive " + offset + " " + mayWait);
          assertThat(index.arrive(key, offset, mayWait, now))
              .as(this::calls)
              .isEqualTo(model.arrive(key, offset, mayWait, now));
        }
        case 3, 4 -> {
          said("failed " + offset + " " + due);
          assertThat(index.failed(key, offset, due))
              .as(this::calls)
              .isEqualTo(model.failed(key, offset, due));
        }
        case 5, 6 -> {
          for (Entry e : List.copyOf(model.entries.values())) {
            if (e.state == State.RESERVED && random.nextBoolean()) {
              stored(e.offset);
            }
          }
        }
        case 7, 8, 9, 10 -> {
          for (Entry e : List.copyOf(model.entries.values())) {
            if (e.state == State.TAKEN && random.nextInt(3) > 0) {
              begin(e.offset);
            }
          }
          begin(offset);
        }
        case 11 -> {
          boolean lost = random.nextInt(4) == 0;
          said((lost ? "misplaced " : "putBack ") + offset);
          if (lost) {
            index.misplaced(offset);
            model.misplaced(offset);
          } else {
            index.putBack(offset);
            model.putBack(offset);
          }
        }
        case 12, 13 -> {
          for (Entry e : List.copyOf(model.entries.values())) {
            if (e.state == State.BEGUN && random.nextInt(3) > 0) {
              remove(e.offset);
            }
          }
          remove(offset);
        }
        case 14 -> {
          long where = random.nextInt(5) == 0 ? place / 2 : ++place;
          said("found " + offset + " at " + where + " due " + due);
          index.found(key, offset, where, due);
          model.found(key, offset, where, due);
        }
        case 15 -> {
          long where = random.nextInt(5) == 0 ? place / 2 : ++place;
          said("erased " + offset + " at " + where);
          index.erased(offset, where);
          model.erased(offset, where);
        }
        case 16 -> {
          if (random.nextInt(4) == 0) {
            said("open " + offset);
            index.open(offset);
            model.open(offset);
          }
        }
        case 17 -> {
          LongPredicate coming = random.nextBoolean() ? o -> false : o -> o % 3 != 0;
          said("passed " + offset);
          index.passed(offset, coming);
          model.passed(offset, coming);
        }
        default -> take(now + random.nextInt(5), 1 + random.nextInt(60));
      }
      now += random.nextInt(2);
    }

    private void take(long until, int most) {
      said("take " + until + " " + most);
      int expected = Math.min(most, model.available(until));
      List<Long> timed = new ArrayList<>();
      int count =
          index.take(
              until,
              most,
              (offset, where, due) -> {
                said("  took " + offset);
                Entry entry = requireNonNull(model.entries.get(offset));
                assertThat(model.candidate(entry.scope)).as(this::calls).isSameAs(entry);
                assertThat(where).as(this::calls).isEqualTo(entry.place);
                assertThat(due).as(this::calls).isEqualTo(entry.due).isLessThanOrEqualTo(until);
                if (due > 0
                    && model.entries.values().stream()
                        .noneMatch(e -> e.scope == entry.scope && e.isOut())) {
                  timed.add(due);
                }
                entry.state = State.TAKEN;
              });
      assertThat(count).as(this::calls).isEqualTo(expected);
      assertThat(timed).as(this::calls).isSorted();
    }

    private void stored(long offset) {
      place++;
      said("stored " + offset + " at " + place);
      index.stored(offset, place);
      model.stored(offset, place);
    }

    private void begin(long offset) {
      said("begin " + offset);
      assertThat(index.begin(offset, now)).as(this::calls).isEqualTo(model.begin(offset, now));
    }

    private void remove(long offset) {
      said("remove " + offset);
      index.remove(offset);
      model.remove(offset);
    }

    private void check() {
      assertThat(index.size()).as(this::calls).isEqualTo(model.entries.size());
      assertThat(index.keys()).as(this::calls).isEqualTo(model.keys());
      assertThat(index.nextDue()).as(this::calls).isEqualTo(model.nextDue());
      assertThat(index.oldest())
          .as(this::calls)
          .isEqualTo(model.entries.keySet().stream().mapToLong(Long::longValue).min().orElse(-1));
      long offset = random.nextInt(offsets);
      assertThat(index.expects(offset)).as(this::calls).isEqualTo(model.expects(offset));
    }

    /** A record's key is always the same. */
    private byte @Nullable [] key(long offset) {
      int key = (int) (offset * 31 % keys);
      return key == 6 ? null : new byte[] {(byte) key};
    }

    private void said(String call) {
      calls.add("now " + now + ": " + call);
    }

    private String calls() {
      return String.join("\n", calls);
    }
  }
}
