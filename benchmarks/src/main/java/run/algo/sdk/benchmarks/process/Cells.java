package run.algo.sdk.benchmarks.process;

import java.util.List;
import run.algo.sdk.benchmarks.report.Part;

/**
 * The cells of the report: one to begin with, and others that differ from it by one thing each.
 * Records are as many as keep the SDK's arms busy for about 15 seconds on two processors; what is
 * said to be reached is what the project promises. The base has all arms, the others those of which
 * they tell something new, so that all rounds of all cells take 150 minutes at most.
 */
public final class Cells {

  /** The cell that runs on a JDK 17. */
  public static final String JDK_17 = "jdk17";

  /** A run of small records without work. */
  private static final String SMALL = "--records 6500000 ";

  private static final String LOOPS = "--arms bare,sdk-partition,sdk-key";

  private static final Cell BASE =
      new Cell(
          "base",
          "Nothing but the loop",
          "Values of 200 bytes, 4 partitions, 1,000 keys of which few are frequent (Zipf), bytes"
              + " in and out, and an Algo that does nothing: what is left is the cost of the loop"
              + " itself, at least once. LINE Decaton and KPipe are not among the arms: the Maven"
              + " registry that the measurements had did not have them.",
          SMALL
              + "--slow parallel-consumer-key"
              + " --arms bare,bare-flush,sdk-partition,sdk-partition-async,sdk-partition-batch,"
              + "sdk-key,sdk-unordered,streams,spring,spring-batch,micronaut,"
              + "parallel-consumer-key,parallel-consumer-unordered",
          List.of(
              CellBar.speed(Arm.SDK_PARTITION, 0.95, Arm.BARE),
              CellBar.speed(Arm.SDK_PARTITION, 1.4, Arm.STREAMS),
              CellBar.speed(Arm.SDK_PARTITION, 1.4, Arm.SPRING),
              CellBar.speed(Arm.SDK_PARTITION, 1.4, Arm.SPRING_BATCH),
              CellBar.cpu(Arm.SDK_PARTITION, 1.1, Arm.BARE),
              CellBar.speed(Arm.SDK_KEY, 0.8, Arm.BARE),
              CellBar.speed(Arm.SDK_KEY, 2, Arm.PARALLEL_CONSUMER_KEY)));

  static final List<Cell> ALL =
      List.of(
          BASE,
          new Cell(
              "exactly-once",
              "Exactly-once",
              "The base with transactions of 100 ms: outputs and offsets are committed together.",
              "--records 5000000 --arms bare-eos,sdk-partition,sdk-partition-eos,streams-eos"
                  + " --set ALGO_COMMIT_INTERVAL=100ms",
              List.of(
                  CellBar.speed(Arm.SDK_PARTITION_EOS, 1.3, Arm.STREAMS_EOS),
                  CellBar.speed(Arm.SDK_PARTITION_EOS, 0.85, Arm.SDK_PARTITION))),
          new Cell(
              "metrics",
              "What it costs to be seen",
              "The base with the port of metrics off, and with all that it tells asked for once a"
                  + " second: metrics, status, health. Counting cannot be switched off: it is the"
                  + " ledger.",
              SMALL + "--arms sdk-partition-unobserved,sdk-partition-observed",
              List.of(
                  CellBar.speed(Arm.SDK_PARTITION_OBSERVED, 0.97, Arm.SDK_PARTITION_UNOBSERVED),
                  CellBar.cpu(Arm.SDK_PARTITION_OBSERVED, 1.03, Arm.SDK_PARTITION_UNOBSERVED))),
          new Cell(
              "10kb",
              "Records of 10 kB",
              "The base with values of 10,000 bytes: the network and the broker have most of the"
                  + " work.",
              "--records 500000 --size 10000 --arms bare,sdk-partition",
              List.of(CellBar.speed(Arm.SDK_PARTITION, 0.95, Arm.BARE))),
          new Cell(
              "json",
              "Typed JSON",
              "The base with values of 200 bytes of JSON, which the Algo takes as an object and"
                  + " answers with another, written as JSON. The other arms make the same calls of"
                  + " Jackson by hand.",
              "--records 3000000 --value json"
                  + " --arms bare,sdk-partition,sdk-key,streams,spring",
              List.of(CellBar.speed(Arm.SDK_PARTITION, 0.95, Arm.BARE))),
          new Cell(
              "lz4-18kb",
              "18 kB of JSON with lz4, one partition",
              "Values of 18,000 bytes of JSON, bytes in and out, in one partition; the input and the"
                  + " outputs are compressed with lz4, to a fifth.",
              "--records 450000 --size 18000 --value json-bytes --compression lz4 --partitions 1"
                  + " --arms bare,sdk-partition,sdk-key,spring",
              List.of(CellBar.speed(Arm.SDK_PARTITION, 0.95, Arm.BARE))),
          new Cell(
              "cpu",
              "20 µs of computing",
              "The base with an Algo that computes for 20 µs a record.",
              "--records 800000 --work cpu:20us " + LOOPS,
              List.of()),
          new Cell(
              "wait-1ms",
              "1 ms of waiting",
              "An Algo that waits 1 ms a record, as for an answer over the network; 10,000 keys,"
                  + " each as frequent as the others. The ceiling is concurrency by waiting time, or"
                  + " the bare loop that does not wait where that is lower.",
              "--records 2200000 --keys uniform:10000 --work wait:1ms"
                  + " --arms bare-no-work,sdk-key,parallel-consumer-key",
              List.of(
                  CellBar.ceiling(Arm.SDK_KEY, 0.8),
                  CellBar.speed(Arm.SDK_KEY, 2, Arm.PARALLEL_CONSUMER_KEY))),
          new Cell(
              "wait-10ms",
              "10 ms of waiting",
              "As above with 10 ms.",
              "--records 1500000 --keys uniform:10000 --work wait:10ms"
                  + " --arms bare-vthread,sdk-key,sdk-unordered,sdk-key-async,"
                  + "parallel-consumer-key",
              List.of(
                  CellBar.ceiling(Arm.SDK_KEY, 0.8),
                  CellBar.speed(Arm.SDK_KEY, 2, Arm.PARALLEL_CONSUMER_KEY),
                  CellBar.speed(Arm.SDK_UNORDERED, 0.8, Arm.BARE_VTHREAD))),
          new Cell(
              "wait-10ms-wide",
              "10 ms of waiting, 5,000 at once",
              "An Algo that waits 10 ms a record, with 10,000 keys, where the SDK may execute 5,000"
                  + " records at a time. The loop with a virtual thread a record has no bound.",
              "--records 3000000 --keys uniform:10000 --work wait:10ms"
                  + " --set ALGO_CONCURRENCY=5000"
                  + " --arms bare-vthread,sdk-unordered",
              List.of(CellBar.speed(Arm.SDK_UNORDERED, 0.8, Arm.BARE_VTHREAD))),
          new Cell(
              "wait-100ms",
              "100 ms of waiting",
              "As above with 100 ms.",
              "--records 150000 --keys uniform:10000 --work wait:100ms"
                  + " --arms sdk-key,parallel-consumer-key",
              List.of(CellBar.ceiling(Arm.SDK_KEY, 0.8))),
          new Cell(
              "wait-zipf",
              "10 ms of waiting, few frequent keys",
              "As above with the keys of the base: the most frequent key is an eighth of all records"
                  + " and one at a time, so no engine that keeps order by key is faster than the"
                  + " ceiling of this very load. All but its first hundredth counts: the last"
                  + " quarter is of the most frequent keys alone.",
              "--records 12000 --warm-up 1 --keys zipf:1000 --work wait:10ms"
                  + " --arms sdk-key,parallel-consumer-key",
              List.of(CellBar.ceiling(Arm.SDK_KEY, 0.8))),
          new Cell(
              "100k-keys",
              "100,000 keys",
              "The base with 100,000 keys, each as frequent as the others.",
              SMALL + "--keys uniform:100000 --arms bare,sdk-key",
              List.of(CellBar.speed(Arm.SDK_KEY, 0.8, Arm.BARE))),
          new Cell(
              "1-partition",
              "One partition",
              "The base with one partition.",
              SMALL + "--partitions 1 --arms bare,sdk-partition",
              List.of()),
          new Cell(
              "16-partitions",
              "16 partitions",
              "The base with 16 partitions.",
              SMALL + "--partitions 16 --arms bare,sdk-partition",
              List.of()),
          new Cell(
              JDK_17,
              "JDK 17",
              "The base on JDK 17, which has no virtual threads.",
              SMALL + LOOPS,
              List.of(
                  CellBar.speed(Arm.SDK_PARTITION, 0.95, Arm.BARE),
                  CellBar.speed(Arm.SDK_KEY, 0.8, Arm.BARE))));

  private Cells() {}

  /** {@return all of them, in the order of the report} */
  public static List<Part> all() {
    return List.copyOf(ALL);
  }

  /** {@return those that show within minutes that everything works} */
  public static List<Part> quick() {
    return List.of(BASE);
  }
}
