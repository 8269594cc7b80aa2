package run.algo.sdk.retry;

/**
 * The entries of an index, by slot, and found by offset. The slots in use are always the first
 * ones: the last entry moves into the slot of one that is removed, so that the columns shrink with
 * what they hold.
 *
 * <p>Not thread-safe, except that any thread may ask for {@link #size} and {@link #dormant}.
 */
final class Entries {

  /** No slot. */
  static final int NONE = SlotTable.NONE;

  /** The life of an entry. */
  enum State {
    /** Where it is stored is not known yet. */
    RESERVED(0),
    /** It is stored. */
    WAITING(1),
    /** It is stored, and waits for its own record to come from the input. */
    DORMANT(2),
    /** It is being loaded. */
    TAKEN(3),
    /** It is executed, or its outcome is on its way. */
    BEGUN(4);

    private final int bits;

    State(int bits) {
      this.bits = bits;
    }
  }

  /** By their bits. */
  private static final State[] STATES = {
    State.RESERVED, State.WAITING, State.DORMANT, State.TAKEN, State.BEGUN
  };

  /** The state is kept in the low bits of the place: no place of Kafka comes near 2^60. */
  private static final int STATE_BITS = 3;

  private static final long STATE_MASK = (1 << STATE_BITS) - 1;

  private final Longs offsets = new Longs();
  private final Longs scopes = new Longs();
  private final Longs dues = new Longs();
  private final Longs placesAndStates = new Longs();
  private final Ints previous = new Ints();
  private final Ints next = new Ints();
  private final SlotTable byOffset = new SlotTable(offsets::get);
  private volatile int size;
  private volatile int dormant;

  int size() {
    return size;
  }

  /** {@return how many are dormant} */
  int dormant() {
    return dormant;
  }

  /** {@return the lowest offset, -1 when there is none} */
  long lowest() {
    long lowest = size == 0 ? -1 : Long.MAX_VALUE;
    for (int e = 0; e < size; e++) {
      lowest = Math.min(lowest, offsets.get(e));
    }
    return lowest;
  }

  /** {@return the slot of an offset, or {@link #NONE}} */
  int find(long offset) {
    return byOffset.find(offset);
  }

  /**
   * Adds an entry of a new offset, reserved and linked to none.
   *
   * @param scope hash of its key
   */
  int add(long offset, long scope, long due) {
    int e = offsets.size();
    offsets.add(offset);
    scopes.add(scope);
    dues.add(due);
    placesAndStates.add(State.RESERVED.bits);
    previous.add(NONE);
    next.add(NONE);
    byOffset.add(offset, e);
    size = e + 1;
    return e;
  }

  long offset(int e) {
    return offsets.get(e);
  }

  long scope(int e) {
    return scopes.get(e);
  }

  long due(int e) {
    return dues.get(e);
  }

  void due(int e, long due) {
    dues.set(e, due);
  }

  /** {@return where it is stored; without meaning for a reserved one} */
  long place(int e) {
    return placesAndStates.get(e) >> STATE_BITS;
  }

  void place(int e, long place) {
    placesAndStates.set(e, place << STATE_BITS | (placesAndStates.get(e) & STATE_MASK));
  }

  State state(int e) {
    return STATES[(int) (placesAndStates.get(e) & STATE_MASK)];
  }

  void state(int e, State state) {
    count(state(e), -1);
    placesAndStates.set(e, (placesAndStates.get(e) & ~STATE_MASK) | state.bits);
    count(state, 1);
  }

  /** {@return whether it is taken or begun} */
  boolean isOut(int e) {
    State state = state(e);
    return state == State.TAKEN || state == State.BEGUN;
  }

  /** {@return whether it is stored and nothing is done with it, dormant or not} */
  boolean isAtRest(int e) {
    State state = state(e);
    return state == State.WAITING || state == State.DORMANT;
  }

  int previous(int e) {
    return previous.get(e);
  }

  int next(int e) {
    return next.get(e);
  }

  /** Makes one follow the other; either may be none. */
  void link(int one, int other) {
    if (one != NONE) {
      next.set(one, other);
    }
    if (other != NONE) {
      previous.set(other, one);
    }
  }

  /**
   * Begins the removal of an entry that is linked to none: it is found no more, and what the last
   * slot holds stands in its slot as well.
   *
   * @return the last slot, to be given up by {@link #dropLast} when nothing points to it any more
   */
  int vacate(int e) {
    count(state(e), -1);
    byOffset.remove(offset(e), e);
    int last = offsets.size() - 1;
    if (last != e) {
      offsets.copy(last, e);
      scopes.copy(last, e);
      dues.copy(last, e);
      placesAndStates.copy(last, e);
      byOffset.move(offset(e), last, e);
      link(previous(last), e);
      link(e, next(last));
    }
    return last;
  }

  void dropLast() {
    offsets.removeLast();
    scopes.removeLast();
    dues.removeLast();
    placesAndStates.removeLast();
    previous.removeLast();
    next.removeLast();
    size = offsets.size();
  }

  /** {@return bytes of its arrays} */
  long heapBytes() {
    return offsets.heapBytes()
        + scopes.heapBytes()
        + dues.heapBytes()
        + placesAndStates.heapBytes()
        + previous.heapBytes()
        + next.heapBytes()
        + byOffset.heapBytes();
  }

  // One thread at a time writes here, so nothing is lost between the reading and the writing.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(State state, int change) {
    if (state == State.DORMANT) {
      dormant += change;
    }
  }
}
