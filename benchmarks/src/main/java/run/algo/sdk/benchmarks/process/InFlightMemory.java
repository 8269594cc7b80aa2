package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.testkit.kafka.TopicNames;

/** How much of the heap records in flight take. */
public final class InFlightMemory extends ArmsPart<InFlightMemory.Form, InFlightMemory.Heap> {

  /** What a heap holds after GC differs little from run to run. */
  private static final int ROUNDS = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int VIRTUAL_THREADS = 21;
  private static final int UNIT = 10_000;
  private static final int FIRST = 1_000;
  private static final int VALUE_BYTES = 200;

  /** Beyond 24,516 offsets after one that is not settled nothing is executed (commit metadata). */
  private static final int PARTITIONS = 8;

  /** Partitions of which nothing settles share half in equal parts, and not all have as many. */
  private static final int STANDING_SHARE = 4;

  /** It has a platform thread for each record in flight: of more there are too many. */
  private static final int MOST_PLATFORM_THREADS = 10_000;

  /** 100,000 stacks need more than the arms have otherwise. */
  private static final List<String> FLAGS = Stage.flags(List.of("-Xmx4g"));

  private static final List<Integer> IN_FLIGHT = List.of(10_000, 50_000, 100_000);
  private static final List<Arm> ARMS =
      List.of(
          Arm.SDK_UNORDERED,
          Arm.SDK_UNORDERED_ASYNC,
          Arm.BARE_VTHREAD,
          Arm.PARALLEL_CONSUMER_UNORDERED);

  private final List<Arm> arms;
  private final List<Integer> inFlight;

  /** With all arms. */
  public InFlightMemory() {
    this(ARMS, IN_FLIGHT);
  }

  InFlightMemory(List<Arm> arms, List<Integer> inFlight) {
    super("memory", "Memory of records in flight", ROUNDS);
    this.arms = arms;
    this.inFlight = inFlight;
  }

  /**
   * What runs.
   *
   * @param arm the arm
   * @param records how many are in flight
   */
  record Form(Arm arm, int records) {

    String label() {
      return String.format(Locale.ROOT, "%s, %,d", arm.label(), records);
    }
  }

  /**
   * The heap after GC.
   *
   * @param records how many are in flight
   * @param empty bytes before, with none in flight
   * @param held bytes with all of them
   * @param gone bytes when all of them have gone
   */
  record Heap(int records, long empty, long held, long gone) {

    double heldMebibytes() {
      return mebibytes(held);
    }

    double emptyMebibytes() {
      return mebibytes(empty);
    }

    double goneMebibytes() {
      return mebibytes(gone);
    }

    /** What 10,000 records more take. */
    double perUnitMebibytes() {
      return mebibytes(held - empty) * UNIT / records;
    }

    double bytesPerRecord() {
      return (double) (held - empty) / records;
    }

    private static double mebibytes(long bytes) {
      return bytes / (double) (1 << 20);
    }
  }

  @Override
  public Optional<String> missing(Terms terms) {
    return Conditions.version(terms.jdk()).feature() < VIRTUAL_THREADS
            && arms.contains(Arm.BARE_VTHREAD)
        ? Optional.of("name a JDK 21 or newer, which has virtual threads, with --jdk")
        : Optional.empty();
  }

  private List<Form> forms(boolean quick) {
    List<Form> forms = new ArrayList<>();
    for (Arm arm : arms) {
      for (int records : quick ? inFlight.subList(0, 1) : inFlight) {
        if (arm.program() != Arm.Program.PARALLEL_CONSUMER || records <= MOST_PLATFORM_THREADS) {
          forms.add(new Form(arm, records));
        }
      }
    }
    return forms;
  }

  @Override
  Runs<Form, Heap> run(Stage stage, Terms terms) throws InterruptedException {
    return rounds(
        stage, terms, forms(terms.quick()), Form::label, (form, round) -> one(stage, terms, form));
  }

  private static Runs.Told<Heap> one(Stage stage, Terms terms, Form form)
      throws InterruptedException {
    Load load = loader(FIRST).fill(stage.topics(), TopicNames.unique("memory-in"));
    String records = Integer.toString(form.records());
    Map<String, String> settings =
        Map.of(
            "ALGO_MAX_IN_FLIGHT",
            Integer.toString(STANDING_SHARE * form.records()),
            "ALGO_CONCURRENCY",
            records);
    try (ArmRun run = new ArmRun(stage, form.arm(), load, settings)) {
      Heap heap;
      List<String> main =
          List.of(MemoryMain.class.getName(), form.arm().label(), Integer.toString(FIRST), records);
      try (Child child = run.start(terms.jdk(), FLAGS, main)) {
        long empty = Long.parseLong(child.awaitLine(MemoryMain.EMPTY, PATIENCE));
        loader(form.records()).add(stage.topics(), load);
        long held = Long.parseLong(child.awaitLine(MemoryMain.HELD, PATIENCE));
        long gone = Long.parseLong(child.awaitLine(MemoryMain.GONE, PATIENCE));
        heap = new Heap(form.records(), empty, held, gone);
        run.awaitCommitted(child, PATIENCE);
      }
      run.verify();
      return new Runs.Told<>(
          heap,
          String.format(
              Locale.ROOT,
              "%.1f MiB, before %.1f, after %.1f: %,.0f bytes a record",
              heap.heldMebibytes(),
              heap.emptyMebibytes(),
              heap.goneMebibytes(),
              heap.bytesPerRecord()));
    } finally {
      stage.topics().delete(load.topic());
    }
  }

  private static Loader loader(int records) {
    return Loader.ofBytes(records, VALUE_BYTES, PARTITIONS, KeyDistribution.parse("uniform:10000"));
  }

  @Override
  String text(Terms terms) {
    return String.format(
        Locale.ROOT,
        "Records of %d bytes in %d partitions, of which the work lets none go until all are in"
            + " flight: the heap after GC before they come, with them, and when they have gone, in"
            + " one process that has had %,d others before. What remains are the"
            + " producer's buffers, tables that have grown and, of platform threads, those that wait"
            + " for the next. ALGO_CONCURRENCY is as many as there are records, and"
            + " ALGO_MAX_IN_FLIGHT four times as many, of which partitions that stand still share"
            + " half in equal parts."
            + " sdk-unordered and bare-vthread have a virtual thread for"
            + " each, whose stack is in the heap; sdk-unordered-async has none;"
            + " parallel-consumer-unordered has a platform thread for each, whose stack is not in"
            + " the heap, so it is measured with no more than %,d. Beside the value there are key"
            + " and headers, and what of the clients' buffers a record keeps.",
        VALUE_BYTES,
        PARTITIONS,
        FIRST,
        MOST_PLATFORM_THREADS);
  }

  @Override
  String settings() {
    return "flags " + FLAGS;
  }

  @Override
  List<Section.Bar> bars(Runs<Form, Heap> runs) {
    return List.of();
  }

  @Override
  Section.Table table(Runs<Form, Heap> runs) {
    return runs.table(
        forms(false),
        "arm, in flight",
        List.of(
            runs.column("heap after GC, MiB", Heap::heldMebibytes, 1),
            runs.column("before, MiB", Heap::emptyMebibytes, 1),
            runs.column("when they have gone, MiB", Heap::goneMebibytes, 1),
            runs.column("per 10,000 in flight, MiB", Heap::perUnitMebibytes, 2),
            runs.column("bytes a record", Heap::bytesPerRecord, 0)));
  }

  @Override
  Section.Chart chart(Runs<Form, Heap> runs) {
    return runs.chart(
        "Heap per 10,000 records in flight, in MiB",
        forms(false),
        form -> form.arm().program() == Arm.Program.SDK,
        Heap::perUnitMebibytes);
  }
}
