package run.algo.sdk.benchmarks.storage;

import java.util.Locale;

/** What is compared. */
enum Cell {
  /** One large file, in little memory. */
  LARGE,

  /** Many small objects at once. */
  SMALL;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Cell of(String label) {
    for (Cell cell : values()) {
      if (cell.label().equals(label)) {
        return cell;
      }
    }
    throw new IllegalArgumentException(label + " is no cell: use large or small");
  }
}
