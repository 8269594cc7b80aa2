package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.benchmarks.report.Conditions;

/**
 * What a comparison is asked for.
 *
 * @param loader the input
 * @param work what is done with each record
 * @param arms the arms, in the order of the first round
 * @param against arms that each is compared with; none = what fits it
 * @param slow arms that get {@value #SLOW_SHARE} times fewer records, so that a run ends in time
 * @param rounds how often each runs
 * @param jvm the processes of the arms
 * @param settings settings of the SDK and of the Kafka clients, for every arm
 * @param streamsThreads threads of Kafka Streams
 * @param warmUpPercent how many in 100 records of a run do not count
 */
record Options(
    Loader loader,
    String work,
    List<Arm> arms,
    List<Arm> against,
    List<Arm> slow,
    int rounds,
    Jvm jvm,
    Map<String, String> settings,
    int streamsThreads,
    int warmUpPercent) {

  /** By so much fewer records has an arm that is slow. */
  static final int SLOW_SHARE = 100;

  private static final List<String> COMPRESSIONS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  static final String HELP =
      """
      Options, each with its default:
        --records 1000000   records of the input
        --size 200          bytes of a value
        --value bytes       what values are, and what the Algo does with them:
                            bytes (random ones), json-bytes (JSON text) as they
                            are, or json, objects in and out
        --compression none  of input and outputs: none, gzip, snappy, lz4, zstd
        --partitions 4      partitions of input and output
        --keys zipf:1000    keys: zipf:N or uniform:N
        --seed 1            where the random numbers start
        --work 0            work per record: 0, cpu:20us or wait:10ms
        --arms bare,sdk-partition,sdk-key,sdk-unordered
                            also by hand: bare-flush, bare-no-work (never works),
                            bare-vthread (Java 21 or newer, no order);
                            the SDK's other forms: sdk-partition-async,
                            sdk-key-async, sdk-unordered-async,
                            sdk-partition-batch, sdk-key-batch; with its port
                            asked and off: sdk-partition-observed,
                            sdk-partition-unobserved;
                            peers: streams, spring, spring-batch, micronaut,
                            parallel-consumer-key, parallel-consumer-unordered;
                            exactly-once: bare-eos, sdk-partition-eos,
                            sdk-key-eos, sdk-unordered-eos, streams-eos
        --slow ARMS         arms that get a hundredth of the records, since they
                            would take too long
        --against ARMS      what ratios are taken to; by default what fits each arm
        --rounds 5          how often each arm runs
        --java-home PATH    the JDK of the arms; by default the one that runs this
        --jvm FLAGS         more flags for the arms, with blanks between; {run}
                            stands for arm and round
        --jfr FOLDER        records each run there with Java Flight Recorder
        --set NAME=VALUE    a variable of the SDK, for every arm; may be repeated
        --streams-threads 1 threads of Kafka Streams
        --warm-up 75        how many in 100 records come first and do not count
        --timeout 600       seconds until a run has failed
        --quick             200,000 records and 3 rounds, unless said otherwise""";

  /**
   * The processes of the arms.
   *
   * @param home the JDK
   * @param flags flags besides the common ones
   * @param recordings folder of Flight Recorder's files, empty = none
   * @param timeout how long a run may take
   */
  record Jvm(Path home, List<String> flags, Optional<Path> recordings, Duration timeout) {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    Jvm {
      flags = List.copyOf(flags);
    }

    /** Whether the JDK has virtual threads, by what it says of itself. */
    boolean hasVirtualThreads() {
      return Conditions.version(home).feature() >= FIRST_WITH_VIRTUAL_THREADS;
    }
  }

  Options {
    arms = List.copyOf(arms);
    against = List.copyOf(against);
    slow = List.copyOf(slow);
    settings = Map.copyOf(settings);
    if (arms.isEmpty() || rounds < 1) {
      throw new IllegalArgumentException("there must be an arm and a round");
    }
    if (warmUpPercent < 1 || warmUpPercent > 99) {
      throw new IllegalArgumentException(
          "--warm-up is " + warmUpPercent + ": it is a percentage from 1 to 99");
    }
    if (!arms.containsAll(against)) {
      throw new IllegalArgumentException(
          "ratios are taken within a run: name what they are taken to among the arms, too");
    }
    if (arms.stream().anyMatch(Arm::isOneThread) && Work.parse(work) instanceof Work.Wait) {
      throw new IllegalArgumentException(
          "one thread that waits says nothing: leave out bare, bare-flush, bare-eos, spring and"
              + " micronaut; the table has the ceiling");
    }
  }

  static Options parse(String... args) {
    Map<String, String> given = new HashMap<>();
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--quick")) {
        given.put("quick", "");
      } else if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " is no option with a value");
      } else if (args[i].equals("--set")) {
        String[] parts = args[++i].split("=", 2);
        settings.put(parts[0], parts.length == 2 ? parts[1] : "");
      } else {
        given.put(args[i].substring(2), args[++i]);
      }
    }
    boolean quick = given.remove("quick") != null;
    String compression = given.getOrDefault("compression", "none");
    if (!compression.equals("none")) {
      settings.put("KAFKA_PRODUCER_COMPRESSION_TYPE", compression);
    }
    OptionValues values = new OptionValues(given);
    String work = values.text("work", "0");
    boolean waits = Work.parse(work) instanceof Work.Wait;
    Options options =
        new Options(
            loader(values, quick),
            work,
            arms(
                values.text(
                    "arms", (waits ? "" : "bare,") + "sdk-partition,sdk-key,sdk-unordered")),
            arms(values.text("against", "")),
            arms(values.text("slow", "")),
            Math.toIntExact(values.number("rounds", quick ? 3 : 5)),
            new Jvm(
                Path.of(values.text("java-home", System.getProperty("java.home"))),
                values.words("jvm"),
                Optional.of(values.text("jfr", "")).filter(f -> !f.isEmpty()).map(Path::of),
                Duration.ofSeconds(values.number("timeout", 600))),
            settings,
            Math.toIntExact(values.number("streams-threads", 1)),
            Math.toIntExact(values.number("warm-up", ArmMain.WARM_UP_PERCENT)));
    values.checkAllTaken();
    return options;
  }

  private static Loader loader(OptionValues values, boolean quick) {
    return new Loader(
        values.number("records", quick ? 200_000 : 1_000_000),
        Values.parse(values.text("value", "bytes") + ':' + values.number("size", 200)),
        Math.toIntExact(values.number("partitions", 4)),
        KeyDistribution.parse(values.text("keys", "zipf:1000")),
        values.number("seed", 1),
        compression(values.text("compression", "none")));
  }

  private static String compression(String text) {
    if (!COMPRESSIONS.contains(text)) {
      throw new IllegalArgumentException(
          "--compression is " + text + ": use one of " + String.join(", ", COMPRESSIONS));
    }
    return text;
  }

  private static List<Arm> arms(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .map(Arm::of)
        .distinct()
        .toList();
  }
}
