package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Bounds what the partitions of retry topics keep of records that wait, all of them together, in
 * places of {@value #BYTES_A_PLACE} bytes at most. Half of the places are reserved for the
 * partitions in equal parts, so that one that waits for days takes nothing from one that waits for
 * seconds; the other half is for whoever comes. Changed by the owner thread alone.
 */
final class WaitingRoom {

  /** Most places: of a record that waits, or is being executed, one. */
  static final int PLACES = 1_000_000;

  /** A mark, a reference, an offset, and a place in a heap that may be half empty. */
  static final int BYTES_A_PLACE = 48;

  /** What a poll takes, however few records it has brought. */
  static final int PLACES_A_BATCH = 8;

  /** A record that was executed behind one that waits keeps its mark, its offset and a slot. */
  static final int EXECUTED_A_PLACE = 3;

  private final int places;
  private final List<Part> parts = new ArrayList<>();

  /** As many as there are parts, for whoever asks. */
  private volatile int partitions;

  private int taken;

  WaitingRoom() {
    this(PLACES);
  }

  WaitingRoom(int places) {
    this.places = places;
  }

  /** The part of a partition that has come. */
  Part part() {
    Part part = new Part();
    parts.add(part);
    partitions = parts.size();
    return part;
  }

  /** How many partitions there are, 1 at least. From any thread. */
  int partitions() {
    return Math.max(1, partitions);
  }

  /** How many places are taken. */
  int taken() {
    return taken;
  }

  /** What one partition takes. */
  final class Part {
    private int mine;
    private boolean full;
    private boolean left;

    /** It takes so many places by now. */
    void takes(int now) {
      if (!left) {
        taken += now - mine;
        mine = now;
      }
    }

    /** Whether it may be given no more for now; once it may not, until there is room for some. */
    boolean isFull() {
      int reserve = places / (2 * partitions());
      int others = 0;
      for (Part part : parts) {
        others += part == this ? 0 : Math.max(part.mine, reserve);
      }
      int most = places - others;
      full = mine >= (full ? most - most / 16 : most);
      return full;
    }

    /** The partition has gone. */
    void leave() {
      takes(0);
      left = true;
      parts.remove(this);
      partitions = parts.size();
    }
  }
}
