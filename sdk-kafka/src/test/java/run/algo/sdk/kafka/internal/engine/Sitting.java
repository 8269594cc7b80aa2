package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.spi.ParkingIndex;

/** A partition during one assignment to one member, as the judge of a simulation sees it. */
final class Sitting {

  final SimMember member;
  final int partition;

  /** What the member was told to be settled ahead of the committed offset. */
  final SettledOffsets before;

  /** Read, not settled; and what their outputs take. */
  final Set<ModelLog.Entry> open = new HashSet<>();

  final Set<ModelLog.Entry> executed = new HashSet<>();
  final Map<Object, Exec> activeOfScope = new HashMap<>();
  final Map<Object, Long> lastBegunOfScope = new HashMap<>();
  final Map<Object, Long> lastSentOfScope = new HashMap<>();
  final List<Exec> execs = new ArrayList<>();

  /** What was tried with each record, those of several by the last of them. */
  final Map<ModelLog.Entry, SimRetries.Attempts> attempts = new HashMap<>();

  /** What is held of each trace, by what was read so far. */
  final Map<ModelTraces.Trace, List<ModelLog.Entry>> waiting = new HashMap<>();

  final Map<ModelTraces.Trace, Long> waitingSince = new HashMap<>();

  /** By the last of them, records that have one outcome. */
  final Map<ModelLog.Entry, List<ModelLog.Entry>> together = new HashMap<>();

  /** What was found in the parking topic when the partition came. */
  final Set<ModelLog.Entry> restored = new HashSet<>();

  /** Parked records that have begun, and are not settled. */
  final Set<ModelLog.Entry> parkedOpen = new HashSet<>();

  /** Parked records that are being executed. */
  final Set<ModelLog.Entry> inStore = new HashSet<>();

  /** When parked records are due, at the earliest; nanoseconds of the time of day. */
  final Map<ModelLog.Entry, Long> dues = new HashMap<>();

  /** Records that have been executed to their end, where some are parked. */
  final Set<ModelLog.Entry> concluded = new HashSet<>();

  final Map<Object, Exec> activeOfKey = new HashMap<>();

  long emitted;
  long frontier;
  boolean ended;

  Sitting(SimMember member, int partition, SettledOffsets before) {
    this.member = member;
    this.partition = partition;
    this.before = before;
  }

  @Override
  public String toString() {
    return member + "'s partition " + partition;
  }

  /** One execution, of one record or of several of a trace. */
  static final class Exec {
    final int id;
    final Sitting sitting;

    /** The record, or the last of them. */
    final ModelLog.Entry entry;

    final List<ModelLog.Entry> entries;

    /** Of a parked record. */
    boolean parked;

    /** Where order is kept. */
    Object scope;

    /** All that are executed in one call have the same. */
    Object batch = this;

    /**
     * What it was told when it asked whether it may be executed; null before, and of parked ones.
     */
    ParkingIndex.Arrival arrival;

    /** It was told that it may be. */
    boolean executes;

    /** It is to be parked. */
    boolean reserved;

    /** There is no room for it. */
    boolean full;

    /** It was not executed after all, and stays parked. */
    boolean dropped;

    /** The author's code was called. */
    boolean called;

    /** Nothing is executed: they were held for too long. */
    boolean givenUp;

    /** How many outputs it has; -1 until it has succeeded. */
    int outputs = -1;

    /** When its deadline is; of no interest where it has none. */
    long due = Long.MAX_VALUE;

    /** The author's part has ended: what comes of it is known. */
    boolean over;

    /** The author's part had not ended when its deadline was looked at. */
    boolean expired;

    /** Its thread has been left behind: for its scope, it has ended. */
    boolean abandoned;

    /** A transaction may write what it leads to. */
    boolean prepared;

    /** It has no outcome, since it is made again. */
    boolean again;

    /** What has been tried with its record. */
    SimRetries.Attempts attempts;

    int sent;
    int acknowledged;
    int blocked;
    long emitted;
    Outcome outcome;

    Exec(int id, Sitting sitting, List<ModelLog.Entry> entries) {
      this.id = id;
      this.sitting = sitting;
      this.entries = entries;
      this.entry = entries.get(entries.size() - 1);
    }

    boolean allAcknowledged() {
      return outputs >= 0 && acknowledged == (1 << outputs) - 1;
    }

    @Override
    public String toString() {
      return "execution "
          + id
          + " of "
          + (entries.size() == 1 ? entry : entries)
          + " in "
          + sitting;
    }
  }
}
