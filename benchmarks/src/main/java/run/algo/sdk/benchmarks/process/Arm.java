package run.algo.sdk.benchmarks.process;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One of the rivals: a program that reads the input topic and writes each record to the output. */
enum Arm {
  /** The hand-written loop: one thread, pipelined sends. */
  BARE("bare", Program.BARE, Scope.PARTITION, false),
  /** The same loop where the others wait: what the machine can do at all. */
  BARE_NO_WORK("bare-no-work", Program.BARE, Scope.PARTITION, false),
  /** The same loop with a virtual thread a record: no order, and no care of any kind. */
  BARE_VTHREAD("bare-vthread", Program.BARE, Scope.NONE, false),
  /** The hand-written loop that writes and commits in transactions, one after the other. */
  BARE_EOS("bare-eos", Program.BARE, Scope.PARTITION, true),
  /** The SDK, records of a partition one at a time. */
  SDK_PARTITION("sdk-partition", Program.SDK, Scope.PARTITION, false),
  /** The SDK, records of a key one at a time. */
  SDK_KEY("sdk-key", Program.SDK, Scope.KEY, false),
  /** The SDK, in any order. */
  SDK_UNORDERED("sdk-unordered", Program.SDK, Scope.NONE, false),
  /** The SDK, records of a partition one at a time, exactly-once. */
  SDK_PARTITION_EOS("sdk-partition-eos", Program.SDK, Scope.PARTITION, true),
  /** The SDK, records of a key one at a time, exactly-once. */
  SDK_KEY_EOS("sdk-key-eos", Program.SDK, Scope.KEY, true),
  /** The SDK, in any order, exactly-once. */
  SDK_UNORDERED_EOS("sdk-unordered-eos", Program.SDK, Scope.NONE, true),
  /** Kafka Streams, at least once. */
  STREAMS("streams", Program.STREAMS, Scope.PARTITION, false),
  /** Kafka Streams with {@code exactly_once_v2}. */
  STREAMS_EOS("streams-eos", Program.STREAMS, Scope.PARTITION, true);

  /** Time between transactions, and between all commits of Kafka Streams, unless it is set. */
  private static final String WINDOW = "100ms";

  /** What an arm is written with. */
  enum Program {
    BARE,
    SDK,
    STREAMS
  }

  /** Which records an arm must write in the order in which it reads them. */
  enum Scope {
    PARTITION,
    KEY,
    NONE
  }

  private final String label;
  private final Program program;
  private final Scope scope;
  private final boolean exactlyOnce;

  Arm(String label, Program program, Scope scope, boolean exactlyOnce) {
    this.label = label;
    this.program = program;
    this.scope = scope;
    this.exactlyOnce = exactlyOnce;
  }

  /** Its name in options and tables. */
  String label() {
    return label;
  }

  Program program() {
    return program;
  }

  Scope scope() {
    return scope;
  }

  /** Whether its outputs and offsets are written in transactions: a duplicate is a failure. */
  boolean exactlyOnce() {
    return exactlyOnce;
  }

  /** Whether a single thread does all the work. */
  boolean isOneThread() {
    return this == BARE || this == BARE_EOS;
  }

  /** The SDK's settings in this arm: where they are given, those that make it this arm remain. */
  Map<String, String> settings(Map<String, String> given) {
    Map<String, String> settings = new HashMap<>();
    if (exactlyOnce || program == Program.STREAMS) {
      settings.put("ALGO_COMMIT_INTERVAL", WINDOW);
    }
    settings.putAll(given);
    settings.put("ALGO_DELIVERY", exactlyOnce ? "exactly-once" : "at-least-once");
    settings.put(
        "ALGO_ORDERING",
        switch (scope) {
          case PARTITION -> "partition";
          case KEY -> "key";
          case NONE -> "unordered";
        });
    return settings;
  }

  /**
   * What it is to be compared with besides the bare loop: exactly-once with the same at least once,
   * and the SDK with the peers that promise the same.
   */
  List<Arm> rivals() {
    return switch (this) {
      case BARE, BARE_NO_WORK, BARE_VTHREAD, STREAMS -> List.of();
      case BARE_EOS -> List.of(BARE);
      case STREAMS_EOS -> List.of(STREAMS, BARE_EOS);
      case SDK_PARTITION, SDK_KEY, SDK_UNORDERED -> List.of(STREAMS);
      case SDK_PARTITION_EOS -> List.of(SDK_PARTITION, BARE_EOS, STREAMS_EOS);
      case SDK_KEY_EOS -> List.of(SDK_KEY, BARE_EOS, STREAMS_EOS);
      case SDK_UNORDERED_EOS -> List.of(SDK_UNORDERED, BARE_EOS, STREAMS_EOS);
    };
  }

  static Arm of(String label) {
    Optional<Arm> found = Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "there is no arm "
                    + label
                    + ": use "
                    + Arrays.stream(values()).map(Arm::label).collect(Collectors.joining(", "))));
  }
}
