package run.algo.sdk.spi;

import java.util.List;
import java.util.Objects;

/**
 * What became of the files of a {@link HousekeepingPlan}: each of them is in one of the lists.
 *
 * @param removed those that were removed
 * @param gone those that had gone when they were to be removed
 * @param kept those that stay: written again or referenced since they were planned
 * @param failed those of which that could not be told, or that could not be removed
 * @param untried those that were not looked at, since the thread was interrupted
 * @since 0.1.0
 */
public record HousekeepingResult(
    List<StoredFile> removed,
    List<StoredFile> gone,
    List<StoredFile> kept,
    List<Failure> failed,
    List<StoredFile> untried) {

  /** Copies the lists. */
  public HousekeepingResult {
    removed = List.copyOf(removed);
    gone = List.copyOf(gone);
    kept = List.copyOf(kept);
    failed = List.copyOf(failed);
    untried = List.copyOf(untried);
  }

  /** {@return how many bytes were removed} */
  public long removedBytes() {
    return removed.stream().mapToLong(StoredFile::size).sum();
  }

  /** {@return the number of each, without the names} */
  @Override
  public String toString() {
    return "HousekeepingResult[removed "
        + removed.size()
        + " files of "
        + removedBytes()
        + " bytes, gone "
        + gone.size()
        + ", kept "
        + kept.size()
        + ", failed "
        + failed.size()
        + ", untried "
        + untried.size()
        + "]";
  }

  /**
   * A file that was not removed, and why.
   *
   * @param file the file
   * @param cause what went wrong
   * @since 0.1.0
   */
  public record Failure(StoredFile file, Exception cause) {

    /** Checks that both are there. */
    public Failure {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(cause, "cause");
    }
  }
}
