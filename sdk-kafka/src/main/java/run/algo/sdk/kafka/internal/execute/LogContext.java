package run.algo.sdk.kafka.internal.execute;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.DeploymentIdentity;

/**
 * What the log is told of a record while it is executed: entries of SLF4J's MDC, on the thread that
 * executes it. Whatever an author's line is about, it can be found by them.
 *
 * <p>The entries of a record are set before an author's code is called. On a thread that is not the
 * runner's, and where one execution is within another, they are gone when it has returned, and what
 * the MDC held under the same names comes back. On a worker they stay until the next record's take
 * their place, and only those that differ are set: a put is a look-up in a map of the thread, and
 * ten of them a record would cost more than all else the SDK does for it. Entries of the author's
 * own are left alone.
 *
 * <p>Without a log backend that knows an MDC nothing is done: each method ends at its first line.
 */
public final class LogContext {

  /** The record's trace. */
  static final String TRACE_ID = "traceId";

  /** The input's name. */
  static final String INPUT = "input";

  /** The partition it was first read in. */
  static final String PARTITION = "partition";

  /** Its offset there. */
  static final String OFFSET = "offset";

  /** Which execution of the record it is, from 1. */
  static final String ATTEMPT = "attempt";

  private static final int LONGEST = 128;

  private static final LogContext NONE = new LogContext(null, Map.of(), false);

  private static final Held NOTHING = new Held();

  /** What each worker's MDC holds; of all runners of the process, which may share a thread. */
  private static final ThreadLocal<Told> TOLD = ThreadLocal.withInitial(Told::new);

  /** Most partitions and attempts are small numbers. */
  private static final String[] SMALL = new String[128];

  static {
    for (int i = 0; i < SMALL.length; i++) {
      SMALL[i] = Integer.toString(i);
    }
  }

  /** Null when nothing is to be told. */
  private final @Nullable MDCAdapter mdc;

  private final List<Map.Entry<String, String>> process;
  private final boolean ownThreads;

  private LogContext(@Nullable MDCAdapter mdc, Map<String, String> process, boolean ownThreads) {
    this.mdc = mdc;
    this.process = List.copyOf(process.entrySet());
    this.ownThreads = ownThreads;
  }

  /** {@return one that tells nothing} */
  public static LogContext none() {
    return NONE;
  }

  /**
   * The log backend's, where it has one.
   *
   * @param process what is told of the process, by name
   * @param ownThreads whether executions have threads of their own, where entries of the process
   *     may stay
   * @return a context
   */
  public static LogContext of(Map<String, String> process, boolean ownThreads) {
    MDCAdapter known = MDC.getMDCAdapter();
    return known == null || known instanceof NOPMDCAdapter
        ? NONE
        : new LogContext(known, process, ownThreads);
  }

  /**
   * What a log tells of the process.
   *
   * @param identity the Algo and its deployment; what it does not name is left out
   * @param instance name of the process
   * @return names and values
   */
  public static Map<String, String> process(DeploymentIdentity identity, String instance) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("AlgoInstanceName", instance);
    fields.put("DeploymentOwner", identity.deploymentOwner());
    fields.put("DeploymentName", identity.deploymentName());
    fields.put("AlgoOwner", identity.owner());
    fields.put("AlgoName", identity.name());
    fields.put("AlgoVersionTag", identity.version());
    fields.put("AlgoIndex", identity.name().isEmpty() ? "" : Integer.toString(identity.index()));
    fields.values().removeIf(String::isEmpty);
    return fields;
  }

  /** What {@link #leave} needs to know. */
  sealed interface Before {}

  /** What a worker's MDC has been told last. Belongs to its thread. */
  private static final class Told implements Before {
    /** Whether an execution is under way, so that another one is within it. */
    private boolean within;

    /** Null where nothing is told. */
    private @Nullable LogContext by;

    private @Nullable String input;
    private int partition;

    /** 0 where it was not a record but a batch. */
    private int attempt;

    /** Whether nobody has changed what is not told anew for each record. */
    private boolean isWhole(MDCAdapter mdc) {
      return Objects.equals(mdc.get(INPUT), input)
          && Objects.equals(mdc.get(PARTITION), partition < 0 ? null : text(partition))
          && Objects.equals(mdc.get(ATTEMPT), attempt == 0 ? null : text(attempt));
    }
  }

  /** What a thread's MDC held before. */
  private static final class Held implements Before {
    private @Nullable String traceId;
    private @Nullable String input;
    private @Nullable String partition;
    private @Nullable String offset;
    private @Nullable String attempt;
  }

  /**
   * Says what this thread does from now on.
   *
   * @return for {@link #leave}; null when there is nothing to leave
   */
  @Nullable Before enter(Execution execution) {
    MDCAdapter known = mdc;
    if (known == null) {
      return null;
    }
    Held before = enterProcess(known);
    known.put(TRACE_ID, shown(execution.traceId()));
    known.put(INPUT, execution.route.input);
    known.put(PARTITION, text(execution.originPartition()));
    known.put(OFFSET, Long.toString(execution.originOffset()));
    known.put(ATTEMPT, text(execution.attempt()));
    return before;
  }

  /** As {@link #enter} on the thread that executes the record, from its beginning. */
  @Nullable Before begin(Execution execution) {
    MDCAdapter known = mdc;
    if (known == null) {
      return null;
    }
    Told told = TOLD.get();
    if (!ownThreads || told.within) {
      return enter(execution);
    }
    if (told.by == null && isEmpty(known)) {
      tellAll(known, told, execution);
      return told;
    }
    tell(known, told, execution.route.input, execution.originPartition());
    known.put(TRACE_ID, shown(execution.traceId()));
    known.put(OFFSET, Long.toString(execution.originOffset()));
    int attempt = execution.attempt();
    if (attempt != told.attempt) {
      known.put(ATTEMPT, text(attempt));
      told.attempt = attempt;
    }
    return told;
  }

  private static boolean isEmpty(MDCAdapter known) {
    Map<String, String> entries = known.getCopyOfContextMap();
    return entries == null || entries.isEmpty();
  }

  /**
   * On a thread that is new: all at once. A virtual thread may have been made for this record, and
   * a dozen puts would cost more than the thread.
   */
  private void tellAll(MDCAdapter known, Told told, Execution execution) {
    int partition = execution.originPartition();
    int attempt = execution.attempt();
    Map<String, String> all = new HashMap<>(2 * (process.size() + 5));
    for (Map.Entry<String, String> field : process) {
      all.put(field.getKey(), field.getValue());
    }
    all.put(TRACE_ID, shown(execution.traceId()));
    all.put(INPUT, execution.route.input);
    all.put(PARTITION, text(partition));
    all.put(OFFSET, Long.toString(execution.originOffset()));
    all.put(ATTEMPT, text(attempt));
    known.setContextMap(all);
    told.by = this;
    told.input = execution.route.input;
    told.partition = partition;
    told.attempt = attempt;
    told.within = true;
  }

  /** As {@link #begin} for records that are executed at once: what they have in common. */
  @Nullable Before begin(Route route, List<BatchEntry> entries) {
    MDCAdapter known = mdc;
    if (known == null) {
      return null;
    }
    int partition = common(entries);
    Told told = TOLD.get();
    if (!ownThreads || told.within) {
      Held before = enterProcess(known);
      known.put(INPUT, route.input);
      if (partition >= 0) {
        known.put(PARTITION, text(partition));
      }
      return before;
    }
    tell(known, told, route.input, partition);
    if (told.attempt != 0) {
      known.remove(TRACE_ID);
      known.remove(OFFSET);
      known.remove(ATTEMPT);
      told.attempt = 0;
    }
    return told;
  }

  /** The partition of all of them; -1 where there is no such. */
  private static int common(List<BatchEntry> entries) {
    int partition = entries.isEmpty() ? -1 : entries.get(0).record().partition();
    for (BatchEntry entry : entries) {
      if (entry.record().partition() != partition) {
        return -1;
      }
    }
    return partition;
  }

  /** What changes seldom; all of it where the author's code or another runner changed the MDC. */
  private void tell(MDCAdapter known, Told told, String input, int partition) {
    if (told.by != this || !told.isWhole(known)) {
      process.forEach(field -> known.put(field.getKey(), field.getValue()));
      for (String name : List.of(TRACE_ID, PARTITION, OFFSET, ATTEMPT)) {
        known.remove(name);
      }
      told.by = this;
      told.input = null;
      told.partition = -1;
      told.attempt = 0;
    }
    if (!input.equals(told.input)) {
      known.put(INPUT, input);
      told.input = input;
    }
    if (partition != told.partition) {
      restore(known, PARTITION, partition < 0 ? null : text(partition));
      told.partition = partition;
    }
    told.within = true;
  }

  private Held enterProcess(MDCAdapter known) {
    // The author's code may have cleared all of it: the first tells whether it did.
    if (!process.isEmpty() && known.get(process.get(0).getKey()) == null) {
      for (Map.Entry<String, String> field : process) {
        known.put(field.getKey(), field.getValue());
      }
    }
    // An execution that is not within another's finds nothing of the kind on a worker's thread.
    if (ownThreads && known.get(INPUT) == null) {
      return NOTHING;
    }
    Held before = new Held();
    before.traceId = known.get(TRACE_ID);
    before.input = known.get(INPUT);
    before.partition = known.get(PARTITION);
    before.offset = known.get(OFFSET);
    before.attempt = known.get(ATTEMPT);
    return before;
  }

  /** Ends what {@link #enter} or {@link #begin} has begun, on the same thread. */
  void leave(@Nullable Before before) {
    MDCAdapter known = mdc;
    if (known == null || before == null) {
      return;
    }
    if (before instanceof Told told) {
      told.within = false;
    } else if (before instanceof Held held) {
      restore(known, held);
    }
  }

  private void restore(MDCAdapter known, Held before) {
    restore(known, TRACE_ID, before.traceId);
    restore(known, INPUT, before.input);
    restore(known, PARTITION, before.partition);
    restore(known, OFFSET, before.offset);
    restore(known, ATTEMPT, before.attempt);
    if (!ownThreads && before.input == null) { // the outermost
      process.forEach(field -> known.remove(field.getKey()));
    }
  }

  /** The calling thread executes nothing more for now, and what it logs is about no record. */
  void forget() {
    MDCAdapter known = mdc;
    if (known == null || !ownThreads) {
      return;
    }
    Told told = TOLD.get();
    if (told.by != null && !told.within) {
      for (String name : List.of(TRACE_ID, INPUT, PARTITION, OFFSET, ATTEMPT)) {
        known.remove(name);
      }
      told.by = null;
    }
  }

  /**
   * Does something that is about the process, and not about a record.
   *
   * @param task what is logged
   */
  public void inProcess(Runnable task) {
    MDCAdapter known = mdc;
    Before before = known == null ? null : enterProcess(known);
    try {
      task.run();
    } finally {
      leave(before);
    }
  }

  private static void restore(MDCAdapter mdc, String key, @Nullable String value) {
    if (value == null) {
      mdc.remove(key);
    } else {
      mdc.put(key, value);
    }
  }

  /** It comes from outside, and goes into lines of a log. */
  private static String shown(String traceId) {
    if (traceId.length() > LONGEST) {
      return ConfigurationProblem.printable(traceId, LONGEST);
    }
    for (int i = 0; i < traceId.length(); i++) {
      char c = traceId.charAt(i);
      if (c < ' ' || c > '~') {
        return ConfigurationProblem.printable(traceId, LONGEST);
      }
    }
    return traceId;
  }

  private static String text(int number) {
    return number >= 0 && number < SMALL.length ? SMALL[number] : Integer.toString(number);
  }
}
