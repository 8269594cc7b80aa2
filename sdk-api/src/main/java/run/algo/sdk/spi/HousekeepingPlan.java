package run.algo.sdk.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@link FileHousekeeping} would remove. Immutable; making it has removed nothing.
 *
 * @since 0.1.0
 */
public final class HousekeepingPlan {

  private final FileHousekeeping housekeeping;
  private final List<StoredFile> files;
  private final Counts counts;
  private final Optional<String> resumeAfter;
  private final long bytes;

  HousekeepingPlan(
      FileHousekeeping housekeeping,
      List<StoredFile> files,
      Counts counts,
      Optional<String> resumeAfter) {
    this.housekeeping = housekeeping;
    this.files = List.copyOf(files);
    this.counts = counts;
    this.resumeAfter = resumeAfter;
    bytes = files.stream().mapToLong(StoredFile::size).sum();
  }

  /**
   * How many files were looked at, and why some of them stay.
   *
   * @param seen all that were looked at, those of the plan included
   * @param young those that are younger than the least age
   * @param referenced those that are referenced
   * @param otherKeys those whose keys are not the SDK's, unless they were asked for
   * @param unclear those of which it could not be told whether they are referenced; they stay
   * @since 0.1.0
   */
  public record Counts(long seen, long young, long referenced, long otherKeys, long unclear) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0);
  }

  /** {@return the files that would be removed, in the store's order of keys} */
  public List<StoredFile> files() {
    return files;
  }

  /** {@return how many files would be removed} */
  public int count() {
    return files.size();
  }

  /** {@return how many bytes they have in all} */
  public long bytes() {
    return bytes;
  }

  /** {@return how many files were looked at, and why the others stay} */
  public Counts counts() {
    return counts;
  }

  /**
   * Tells where the plan ended when it was full.
   *
   * @return the key after which {@link FileHousekeeping#plan(String, String)} goes on; empty when
   *     everything was looked at
   */
  public Optional<String> resumeAfter() {
    return resumeAfter;
  }

  /**
   * Removes what the plan lists, and nothing else. Each file is looked at again before: one that
   * was written again or is referenced by now stays. A file that cannot be removed is told of, and
   * the others are gone on with; so a store that is down costs its patience for each of them, until
   * the thread is interrupted. It costs three requests a file.
   *
   * @return what became of each file; after an interrupt, which stays set, some have not been tried
   */
  public HousekeepingResult remove() {
    List<StoredFile> removed = new ArrayList<>();
    List<StoredFile> gone = new ArrayList<>();
    List<StoredFile> kept = new ArrayList<>();
    List<HousekeepingResult.Failure> failed = new ArrayList<>();
    int tried = 0;
    while (tried < files.size() && !Thread.currentThread().isInterrupted()) {
      StoredFile file = files.get(tried++);
      try {
        Optional<StoredFile> there = housekeeping.stored(file.key());
        if (there.isEmpty()) {
          gone.add(file);
        } else if (!there.get().equals(file) || housekeeping.isReferenced(file)) {
          // Of the same time as when it was planned, it is old enough still.
          kept.add(file);
        } else if (housekeeping.delete(file)) {
          removed.add(file);
        } else {
          gone.add(file);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failed.add(new HousekeepingResult.Failure(file, e));
      } catch (Exception e) {
        failed.add(new HousekeepingResult.Failure(file, e));
      }
    }
    return new HousekeepingResult(removed, gone, kept, failed, files.subList(tried, files.size()));
  }

  /** {@return a line for a person to read before the removal} */
  @Override
  public String toString() {
    return "HousekeepingPlan[would remove "
        + count()
        + " files of "
        + bytes
        + " bytes; "
        + counts
        + resumeAfter.map(key -> "; goes on after " + key).orElse("")
        + "]";
  }
}
