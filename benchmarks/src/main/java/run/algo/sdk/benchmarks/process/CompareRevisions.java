package run.algo.sdk.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Compares two revisions of the SDK in one run: the same arms of both, interleaved, each in fresh
 * JVMs of its own build. {@code benchmarks/revisions} compiles them. Ends with 1 when a run failed,
 * with 2 when an option is wrong or a revision is too old.
 */
final class CompareRevisions {

  static final String HELP =
      """
      Compares two revisions: speed, processor time and bytes, as ratios of HEAD
      to BASE within the same round.

        benchmarks/revisions BASE [HEAD] [--same-benchmarks] [options of Compare]

      Without HEAD it is the working tree as it is. The arms are sdk-partition,
      sdk-key and sdk-unordered, unless --arms says otherwise, and bare of HEAD as
      a yardstick; where bare is among the arms it shows what chance does.
      Each revision runs its own benchmarks; with --same-benchmarks BASE runs those
      of HEAD, which helps where its own count otherwise, if they fit it.""";

  private static final String ARMS = "sdk-partition,sdk-key,sdk-unordered";
  private static final String SAME_BENCHMARKS = "--same-benchmarks";

  private final Build base;
  private final Build head;
  private final Options options;

  private CompareRevisions(Build base, Build head, Options options) {
    this.base = base;
    this.head = head;
    this.options = options;
  }

  /**
   * Runs the comparison.
   *
   * @param args BASE, HEAD, each as {@code NAME=FILE} with its class path in the file, or {@code
   *     NAME=} for the class path of this process; then options
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 2 || List.of(args).contains("--help")) {
      System.out.println(HELP);
      return;
    }
    CompareRevisions comparison;
    try {
      comparison = of(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + HELP);
      System.exit(2);
      return;
    }
    System.exit(comparison.run() ? 0 : 1);
  }

  static CompareRevisions of(List<String> args) throws IOException {
    Build base = build(args.get(0));
    Build head = build(args.get(1));
    List<String> words = new ArrayList<>(List.of("--arms", ARMS));
    words.addAll(args.subList(2, args.size()));
    if (words.remove(SAME_BENCHMARKS)) {
      base = base.withBenchmarksOf(head);
    }
    return new CompareRevisions(base, head, Options.parse(words.toArray(String[]::new)));
  }

  private static Build build(String word) throws IOException {
    String[] parts = word.split("=", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException(word + " is no build: use NAME=FILE");
    }
    return Build.of(
        parts[0],
        parts[1].isEmpty() ? Build.THIS.classPath() : Files.readString(Path.of(parts[1])).strip());
  }

  private boolean run() throws IOException, InterruptedException {
    Map<Build, Results> results = Comparison.run(options, contenders());
    System.out.print(
        RevisionTables.text(
            new RevisionTables.Side(base, Objects.requireNonNull(results.get(base))),
            new RevisionTables.Side(head, Objects.requireNonNull(results.get(head))),
            options.arms()));
    return results.values().stream().noneMatch(Results::anyFailed);
  }

  /** Each arm in both builds; and the bare loop of the head, unless it would have to wait. */
  List<List<Contender>> contenders() {
    List<List<Contender>> contenders = new ArrayList<>();
    if (!options.arms().contains(Arm.BARE) && !(Work.parse(options.work()) instanceof Work.Wait)) {
      contenders.add(List.of(new Contender(Arm.BARE, head)));
    }
    for (Arm arm : options.arms()) {
      contenders.add(List.of(new Contender(arm, base), new Contender(arm, head)));
    }
    return contenders;
  }
}
