package run.algo.sdk.benchmarks.storage;

import java.util.List;

/**
 * A {@link StorageComparison} by options. {@code --help} tells them; ends with 1 when a run failed,
 * or when the heap of the file store grew with the file, and with 2 when an option is wrong.
 */
final class CompareStorage {

  private CompareStorage() {}

  /**
   * Runs a comparison.
   *
   * @param args see {@link StorageOptions#HELP}
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(StorageOptions.HELP);
      return;
    }
    StorageOptions options;
    try {
      options = StorageOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + StorageOptions.HELP);
      System.exit(2);
      return;
    }
    StorageResults results = StorageComparison.run(options);
    System.exit(!results.anyFailed() && isFlat(options, results) ? 0 : 1);
  }

  private static boolean isFlat(StorageOptions options, StorageResults results) {
    List<Long> sizes = options.large().sizes();
    return options.cell() == Cell.SMALL
        || sizes.size() < 2
        || options.arms().stream()
            .filter(StorageArm::isOurs)
            .allMatch(arm -> StorageTables.isFlat(results, arm, sizes));
  }
}
