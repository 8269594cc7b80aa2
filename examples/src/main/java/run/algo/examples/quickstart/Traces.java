package run.algo.examples.quickstart;

import java.util.BitSet;

/**
 * Trace IDs of one run. The SDK carries a record's trace to what the Algo makes of it, so a result
 * tells its line; that is how results of other runs on the same topic, and duplicates, which
 * at-least-once delivery may bring, are left out. Not thread-safe.
 */
final class Traces {

  private final String prefix;
  private final BitSet seen = new BitSet();

  Traces(String run) {
    this.prefix = "quickstart-" + run + "-";
  }

  String id(int line) {
    return prefix + line;
  }

  /** Whether a trace is one of this run and comes for the first time. */
  boolean isNew(String trace) {
    if (!trace.startsWith(prefix)) {
      return false;
    }
    int line;
    try {
      line = Integer.parseUnsignedInt(trace, prefix.length(), trace.length(), 10);
    } catch (NumberFormatException e) {
      return false;
    }
    if (line < 0 || seen.get(line)) {
      return false;
    }
    seen.set(line);
    return true;
  }

  int seen() {
    return seen.cardinality();
  }
}
