package run.algo.sdk.benchmarks.process;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One of the rivals: a program that reads the input topic and writes each record to the output. */
enum Arm {
  /** The hand-written loop: one thread, pipelined sends. */
  BARE("bare", Scope.PARTITION),
  /** The same loop with a virtual thread a record: no order, and no care of any kind. */
  BARE_VTHREAD("bare-vthread", Scope.NONE),
  /** The SDK, records of a partition one at a time. */
  SDK_PARTITION("sdk-partition", Scope.PARTITION),
  /** The SDK, records of a key one at a time. */
  SDK_KEY("sdk-key", Scope.KEY),
  /** The SDK, in any order. */
  SDK_UNORDERED("sdk-unordered", Scope.NONE);

  /** Which records an arm must write in the order in which it reads them. */
  enum Scope {
    PARTITION,
    KEY,
    NONE
  }

  private final String label;
  private final Scope scope;

  Arm(String label, Scope scope) {
    this.label = label;
    this.scope = scope;
  }

  /** Its name in options and tables. */
  String label() {
    return label;
  }

  Scope scope() {
    return scope;
  }

  boolean isSdk() {
    return this != BARE && this != BARE_VTHREAD;
  }

  /** What the SDK's settings hold for this arm alone. */
  Map<String, String> settings() {
    return switch (scope) {
      case PARTITION -> Map.of("ALGO_ORDERING", "partition");
      case KEY -> Map.of("ALGO_ORDERING", "key");
      case NONE -> Map.of("ALGO_ORDERING", "unordered");
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
