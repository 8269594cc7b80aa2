package run.algo.sdk.kafka.internal.execute;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.StorageException;
import run.algo.sdk.spi.FileMismatchException;
import run.algo.sdk.spi.FileReference;

/** What an author is told when the file of a record cannot be read: which, why, and the remedy. */
final class ReadFailures {

  private static final int SHOWN_NAME = 200;
  private static final int SHOWN_REASON = 600;

  private final String file;

  private ReadFailures(String file) {
    this.file = file;
  }

  /** Of a payload in storage. */
  static ReadFailures of(FileReference reference) {
    return new ReadFailures(
        "file "
            + printable(reference.file())
            + " of bucket "
            + printable(reference.bucket())
            + " in storage");
  }

  /** Of a payload that lies in its record. */
  static ReadFailures ofRecord() {
    return new ReadFailures("the payload of the record");
  }

  /** Names come from outside and go to logs. */
  private static String printable(String name) {
    return "\"" + ConfigurationProblem.printable(name, SHOWN_NAME) + "\"";
  }

  /** The record's value is no reference. */
  static StorageException noReference(IllegalArgumentException e) {
    return new StorageException(
        "the record says messageDataType=FileReference, and its value is none: "
            + reason(e)
            + "; its writer must mend it",
        e);
  }

  private static String reason(Throwable t) {
    return ConfigurationProblem.printable(String.valueOf(t.getMessage()), SHOWN_REASON);
  }

  /** The store has thrown. */
  StorageException of(Exception e) {
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      Thread.currentThread().interrupt(); // whoever asked for it must find it
      return interrupted(e);
    }
    return new StorageException(text(e), e);
  }

  private String text(Exception e) {
    if (e instanceof IllegalArgumentException) {
      return file + " is not read: " + reason(e);
    }
    if (e instanceof NoSuchFileException) {
      return file
          + " is not there: it was deleted, as by a lifecycle rule, or never written; write it"
          + " again, or drop its record";
    }
    if (e instanceof AccessDeniedException) {
      return file
          + " must not be read with the access key of MC_HOST_algorun: give it s3:GetObject on the"
          + " bucket ("
          + reason(e)
          + ")";
    }
    if (e instanceof FileMismatchException) {
      return file
          + " is not the one that the record refers to: "
          + reason(e)
          + "; it was replaced or damaged, so write it and its record again";
    }
    return file
        + " cannot be read: "
        + reason(e)
        + "; it was tried again until the deadline or the store's time was over, so see to the"
        + " storage";
  }

  StorageException interrupted(Exception e) {
    return new StorageException("reading " + file + " was interrupted", e);
  }

  /** A store that does not keep its contract. */
  StorageException longerThan(long size) {
    return of(
        new FileMismatchException("it has more than the " + size + " bytes that were told of it"));
  }

  /**
   * It can never be kept in memory.
   *
   * @param size its length, or how much of it was read until that was known
   */
  StorageException tooLarge(long size, long budget) {
    String message =
        file
            + " has "
            + size
            + " bytes or more, and the payloads of an execution that are read as a whole have "
            + budget
            + " together (ALGO_MEMORY_BUDGET, a quarter of the heap by default): read it as a stream"
            + " by Payload.open, which takes any size, or raise that";
    return new StorageException(message, new IllegalArgumentException(message));
  }

  /** Other executions hold the memory. */
  StorageException crowdedOut(Duration waited) {
    String message =
        "there is no memory for "
            + file
            + " after "
            + waited.toMillis()
            + " ms: other executions hold all of ALGO_MEMORY_BUDGET with payloads read as a whole;"
            + " the record is executed again. Payload.open would take none";
    return new StorageException(message, new MemoryShortage(message));
  }

  /** The disk has thrown. */
  StorageException onDisk(Path folder, Exception e) {
    if (e instanceof ClosedByInterruptException) {
      return interrupted(e);
    }
    // Not as a cause that could pass for a missing or forbidden object: the disk may be mended.
    return new StorageException(
        file
            + " cannot be made a file in "
            + folder
            + ": "
            + ConfigurationProblem.printable(e.toString(), SHOWN_REASON)
            + "; see to the space and the rights there, or name another folder by ALGO_INPUT_DIR",
        new DiskFailure(e));
  }

  /** Tells of a failure of the disk without being one of its kind. */
  private static final class DiskFailure extends IOException {

    private static final long serialVersionUID = 1L;

    DiskFailure(Exception e) {
      super(e.toString());
      setStackTrace(e.getStackTrace());
    }
  }
}
