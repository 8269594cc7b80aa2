package run.algo.sdk.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Judges one run by its output topic: of every input record there is the output that must come of
 * it, with its key, and those of a scope came in the order of the input. An output's source is in
 * its header {@code fileName}. Only what is committed counts. Duplicates are counted, and are a
 * failure exactly-once. Not thread-safe; one for each run.
 */
final class Verifier {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Load load;
  private final Arm.Scope scope;
  private final boolean exactlyOnce;
  private final List<BitSet> seen = new ArrayList<>();
  private final long[] lastOfPartition;
  private final Map<String, Integer> lastOfKey = new HashMap<>();

  private long changed;
  private long taken;
  private long markers;
  private long duplicates;
  private long disordered;
  private long foreign;

  Verifier(Load load, Arm arm) {
    this(load, arm.scope(), arm.exactlyOnce());
  }

  Verifier(Load load, Arm.Scope scope, boolean exactlyOnce) {
    this.load = load;
    this.scope = scope;
    this.exactlyOnce = exactlyOnce;
    for (int i = 0; i < load.partitions(); i++) {
      seen.add(new BitSet());
    }
    lastOfPartition = new long[load.partitions()];
    Arrays.fill(lastOfPartition, -1);
  }

  /** Reads the output topic to its end and judges it. */
  List<String> judge(Topics topics, String output) {
    Map<TopicPartition, Long> ends = topics.ends(output);
    long began = System.nanoTime();
    try (OutputReader reader = new OutputReader(topics, output)) {
      while (!reader.isAt(ends) && System.nanoTime() - began < PATIENCE.toNanos()) {
        reader.poll(POLL).forEach(this::take);
      }
      // The ends of transactions may have come after the run: they are there once all can be read.
      markers = topics.ends(output).values().stream().mapToLong(Long::longValue).sum() - taken;
      List<String> problems = verdict();
      if (!reader.isAt(ends)) {
        problems.add("open: the output cannot be read to its end; is a transaction still open?");
      }
      return problems;
    }
  }

  /**
   * Notes one output, in the order of the output topic.
   *
   * @return whether it is the first of its record
   */
  boolean take(ConsumerRecord<byte[], byte[]> output) {
    taken++;
    Header header = output.headers().lastHeader("fileName");
    String source = header == null ? "" : new String(header.value(), UTF_8);
    int offsetAt = source.lastIndexOf('-') + 1;
    int partitionAt = source.lastIndexOf('-', Math.max(0, offsetAt - 2)) + 1;
    if (partitionAt == 0 || !source.substring(0, partitionAt - 1).equals(load.topic())) {
      foreign++;
      return false;
    }
    int partition = Integer.parseInt(source.substring(partitionAt, offsetAt - 1));
    int offset = Integer.parseInt(source.substring(offsetAt));
    if (!load.has(partition, offset)) {
      foreign++;
      return false;
    }
    // A duplicate must be as good as the first.
    if (Load.fingerprint(output.key(), output.value()) != load.answer(partition, offset)) {
      changed++;
    }
    if (seen.get(partition).get(offset)) {
      duplicates++;
      return false;
    }
    seen.get(partition).set(offset);
    if (!inOrder(output.key(), partition, offset)) {
      disordered++;
    }
    return true;
  }

  /**
   * Whether a record's source is behind that of the record before it in its scope. Both topics have
   * the same partitions by key, so an input partition is all in one output partition.
   */
  private boolean inOrder(byte[] key, int partition, int offset) {
    switch (scope) {
      case PARTITION -> {
        boolean after = offset > lastOfPartition[partition];
        lastOfPartition[partition] = Math.max(offset, lastOfPartition[partition]);
        return after;
      }
      case KEY -> {
        return lastOfKey.merge(new String(key, UTF_8), offset, Math::max) == offset;
      }
      case NONE -> {
        return true;
      }
    }
    return true;
  }

  /**
   * How many ends of transactions each partition has, on average, rounded up; after {@link #judge}.
   */
  long transactions() {
    return (markers + load.partitions() - 1) / load.partitions();
  }

  long duplicates() {
    return duplicates;
  }

  /** What is wrong; nothing when all is well. */
  List<String> verdict() {
    List<String> problems = new ArrayList<>();
    long found = seen.stream().mapToLong(BitSet::cardinality).sum();
    if (found != load.records()) {
      problems.add("lost: " + found + " of " + load.records() + " records are in the output");
    }
    if (changed > 0) {
      problems.add("changed: " + changed + " outputs are not what must come of their input");
    }
    if (exactlyOnce && duplicates > 0) {
      problems.add("duplicated: " + duplicates + " outputs are there once more");
    }
    if (foreign > 0) {
      problems.add("foreign: " + foreign + " outputs name no record of the input as their source");
    }
    if (disordered > 0) {
      problems.add(
          "reordered: "
              + disordered
              + " outputs came behind a later one of the same "
              + scope.name().toLowerCase(Locale.ROOT));
    }
    return problems;
  }
}
