package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import run.algo.sdk.kafka.internal.offsets.SettledOffsets;
import run.algo.sdk.kafka.internal.record.Outcome;

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

  /** One execution of one record. */
  static final class Exec {
    final int id;
    final Sitting sitting;
    final ModelLog.Entry entry;

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

    int sent;
    int acknowledged;
    int blocked;
    long emitted;
    Outcome outcome;

    Exec(int id, Sitting sitting, ModelLog.Entry entry) {
      this.id = id;
      this.sitting = sitting;
      this.entry = entry;
    }

    boolean allAcknowledged() {
      return outputs >= 0 && acknowledged == (1 << outputs) - 1;
    }

    @Override
    public String toString() {
      return "execution " + id + " of " + entry + " in " + sitting;
    }
  }
}
