package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One of the rivals: a program that reads the input topic and writes each record to the output. Its
 * name says what it is; what else is to be known stands in the class of its program.
 */
enum Arm {
  // Written by hand on kafka-clients.
  BARE("bare", Program.BARE, Scope.PARTITION),
  BARE_FLUSH("bare-flush", Program.BARE, Scope.PARTITION),
  /** Does nothing where the others work: what the machine can do at all. */
  BARE_NO_WORK("bare-no-work", Program.BARE, Scope.PARTITION),
  BARE_VTHREAD("bare-vthread", Program.BARE, Scope.NONE),
  BARE_EOS("bare-eos", Program.BARE, Scope.PARTITION, Form.RECORD, true),

  // The SDK.
  SDK_PARTITION("sdk-partition", Program.SDK, Scope.PARTITION),
  SDK_KEY("sdk-key", Program.SDK, Scope.KEY),
  SDK_UNORDERED("sdk-unordered", Program.SDK, Scope.NONE),
  SDK_PARTITION_ASYNC("sdk-partition-async", Program.SDK, Scope.PARTITION, Form.ASYNC, false),
  SDK_KEY_ASYNC("sdk-key-async", Program.SDK, Scope.KEY, Form.ASYNC, false),
  SDK_UNORDERED_ASYNC("sdk-unordered-async", Program.SDK, Scope.NONE, Form.ASYNC, false),
  SDK_PARTITION_BATCH("sdk-partition-batch", Program.SDK, Scope.PARTITION, Form.BATCH, false),
  SDK_KEY_BATCH("sdk-key-batch", Program.SDK, Scope.KEY, Form.BATCH, false),
  /** With its port open and asked for everything once a second. */
  SDK_PARTITION_OBSERVED("sdk-partition-observed", Program.SDK, Scope.PARTITION),
  /** Without its port. */
  SDK_PARTITION_UNOBSERVED("sdk-partition-unobserved", Program.SDK, Scope.PARTITION),
  SDK_PARTITION_EOS("sdk-partition-eos", Program.SDK, Scope.PARTITION, Form.RECORD, true),
  SDK_KEY_EOS("sdk-key-eos", Program.SDK, Scope.KEY, Form.RECORD, true),
  SDK_UNORDERED_EOS("sdk-unordered-eos", Program.SDK, Scope.NONE, Form.RECORD, true),

  // Its peers.
  STREAMS("streams", Program.STREAMS, Scope.PARTITION),
  STREAMS_EOS("streams-eos", Program.STREAMS, Scope.PARTITION, Form.RECORD, true),
  SPRING("spring", Program.SPRING, Scope.PARTITION),
  SPRING_BATCH("spring-batch", Program.SPRING, Scope.PARTITION, Form.BATCH, false),
  MICRONAUT("micronaut", Program.MICRONAUT, Scope.PARTITION, Form.BATCH, false),
  PARALLEL_CONSUMER_KEY("parallel-consumer-key", Program.PARALLEL_CONSUMER, Scope.KEY),
  PARALLEL_CONSUMER_UNORDERED("parallel-consumer-unordered", Program.PARALLEL_CONSUMER, Scope.NONE);

  /** Time between transactions, and between all commits of Kafka Streams, unless it is set. */
  private static final String WINDOW = "100ms";

  /** They keep the order of a partition, which is the order of its keys too. */
  private static final List<Arm> PARTITION_PEERS =
      List.of(STREAMS, SPRING, SPRING_BATCH, MICRONAUT);

  /** What an arm is written with. */
  enum Program {
    BARE,
    SDK,
    STREAMS,
    SPRING,
    MICRONAUT,
    PARALLEL_CONSUMER
  }

  /** Which records an arm must write in the order in which it reads them. */
  enum Scope {
    PARTITION,
    KEY,
    NONE
  }

  /** What the code of the work is called with. */
  enum Form {
    /** One record, at whose end the work is done. */
    RECORD,
    /** One record, whose work ends later. */
    ASYNC,
    /** Several records. */
    BATCH
  }

  private final String label;
  private final Program program;
  private final Scope scope;
  private final Form form;
  private final boolean exactlyOnce;

  Arm(String label, Program program, Scope scope) {
    this(label, program, scope, Form.RECORD, false);
  }

  Arm(String label, Program program, Scope scope, Form form, boolean exactlyOnce) {
    this.label = label;
    this.program = program;
    this.scope = scope;
    this.form = form;
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

  Form form() {
    return form;
  }

  /** Whether its outputs and offsets are written in transactions: a duplicate is a failure. */
  boolean exactlyOnce() {
    return exactlyOnce;
  }

  /** Whether a single thread does all the work, one record after the other. */
  boolean isOneThread() {
    return switch (program) {
      case BARE -> scope == Scope.PARTITION && this != BARE_NO_WORK;
      case SPRING, MICRONAUT -> true;
      case SDK, STREAMS, PARALLEL_CONSUMER -> false;
    };
  }

  /** The SDK's settings in this arm: where they are given, those that make it this arm remain. */
  Map<String, String> settings(Map<String, String> given) {
    Map<String, String> settings = new HashMap<>();
    if (exactlyOnce || program == Program.STREAMS) {
      settings.put("ALGO_COMMIT_INTERVAL", WINDOW);
    }
    settings.putAll(given);
    if (this == SDK_PARTITION_UNOBSERVED) {
      settings.put("ALGO_METRICS_PORT", "off");
    }
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
   * another form with that of single records, and the SDK with the peers that promise the same or
   * more.
   */
  List<Arm> rivals() {
    return switch (this) {
      case BARE_EOS -> List.of(BARE);
      case STREAMS_EOS -> List.of(STREAMS, BARE_EOS);
      case SDK_PARTITION_OBSERVED -> List.of(SDK_PARTITION_UNOBSERVED);
      case SDK_PARTITION -> PARTITION_PEERS;
      case SDK_KEY -> and(PARTITION_PEERS, PARALLEL_CONSUMER_KEY);
      case SDK_UNORDERED -> and(PARTITION_PEERS, PARALLEL_CONSUMER_UNORDERED);
      case SDK_PARTITION_ASYNC, SDK_PARTITION_BATCH -> and(SDK_PARTITION.rivals(), SDK_PARTITION);
      case SDK_KEY_ASYNC, SDK_KEY_BATCH -> and(SDK_KEY.rivals(), SDK_KEY);
      case SDK_UNORDERED_ASYNC -> and(SDK_UNORDERED.rivals(), SDK_UNORDERED);
      case SDK_PARTITION_EOS -> List.of(SDK_PARTITION, BARE_EOS, STREAMS_EOS);
      case SDK_KEY_EOS -> List.of(SDK_KEY, BARE_EOS, STREAMS_EOS);
      case SDK_UNORDERED_EOS -> List.of(SDK_UNORDERED, BARE_EOS, STREAMS_EOS);
      default -> List.of();
    };
  }

  private static List<Arm> and(List<Arm> arms, Arm more) {
    List<Arm> all = new ArrayList<>(arms);
    all.add(more);
    return List.copyOf(all);
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
