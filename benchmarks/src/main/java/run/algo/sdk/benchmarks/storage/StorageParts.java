package run.algo.sdk.benchmarks.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.benchmarks.process.Spread;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.report.Section;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;
import software.amazon.awssdk.core.util.VersionInfo;

/** The sections of the report about files, and what they have in common. */
public final class StorageParts {

  /** Where large files are kept, several times their size. */
  private static final String FOLDER = "benchmarks/target";

  private StorageParts() {}

  /** {@return both, in the order of the report} */
  public static List<Part> all() {
    return List.of(new SmallPart(), new LargePart());
  }

  /**
   * The options of a run.
   *
   * @param terms how to measure
   * @param words those of the part, with blanks between
   * @param rounds how often, unless the terms say it
   */
  static StorageOptions options(Part.Terms terms, String words, int rounds) {
    List<String> all = new ArrayList<>(Arrays.asList(words.split(" ")));
    all.addAll(
        List.of(
            "--rounds",
            Integer.toString(terms.rounds().orElse(rounds)),
            "--folder",
            FOLDER,
            "--java-home",
            terms.jdk().toString()));
    return StorageOptions.parse(all.toArray(String[]::new));
  }

  static Conditions conditions(StorageOptions options, String flags, double loadBefore) {
    return Conditions.now(options.jvm().home(), versions(), "flags " + flags, loadBefore);
  }

  private static String versions() {
    return "AWS SDK " + VersionInfo.SDK_VERSION;
  }

  static String text(
      StorageResults results, Row row, ToDoubleFunction<PhaseResult> value, int decimals) {
    return text(results.spread(row, value), decimals);
  }

  static String text(Optional<Spread> spread, int decimals) {
    return spread.map(some -> some.text(decimals)).orElse("-");
  }

  /** A chart of the rows' speed. */
  static Section.Chart chart(
      String title, StorageResults results, List<Row> rows, ToDoubleFunction<PhaseResult> value) {
    return new Section.Chart(
        title,
        rows.stream()
            .map(
                row -> {
                  Spread spread = results.spread(row, value).orElseThrow();
                  return new Section.Value(
                      row.arm().label() + ", " + row.phase().label(),
                      spread.median(),
                      spread.min(),
                      spread.max(),
                      row.arm().isOurs());
                })
            .toList());
  }

  /** What failed and what is to be told, where there is something. */
  static List<Section.Table> remarks(StorageResults results) {
    List<List<String>> rows = results.remarks().lines().map(List::of).toList();
    return rows.isEmpty() ? List.of() : List.of(new Section.Table(List.of("remarks"), rows));
  }
}
