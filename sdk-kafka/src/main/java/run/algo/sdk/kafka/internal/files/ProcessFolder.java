package run.algo.sdk.kafka.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one runner below the input directory. A lock on a file in it says that its process
 * lives: the system drops the lock with the process, however that ends. So a folder whose lock can
 * be taken is nobody's any more.
 *
 * <p>Its name tells the process as well, since a process must not even open the locked files of its
 * own runners: on many systems, closing one drops the locks that the process has on that file. The
 * process ID alone would not do: in a container each process has the same.
 */
final class ProcessFolder implements Closeable {

  private static final Logger log = LoggerFactory.getLogger(ProcessFolder.class);

  private static final String PREFIX = ".algo-payloads-";
  private static final String LOCK = "lock";
  private static final int TRIES = 100;

  /** This process, as one that no other one on this machine is called. */
  private static final String PROCESS =
      Long.toHexString(ProcessHandle.current().pid())
          + "-"
          + Long.toHexString(ManagementFactory.getRuntimeMXBean().getStartTime());

  private static final Pattern NAME =
      Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f]+-[0-9a-f]+-[0-9a-f]{32}");

  private final Path path;
  private final FileChannel lock;

  private ProcessFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Removes what killed processes have left, and makes a folder.
   *
   * @param directory an existing folder
   * @throws IOException when it cannot be made
   */
  static ProcessFolder create(Path directory) throws IOException {
    removeLeft(directory);
    for (int i = 0; i < TRIES; i++) {
      Path path =
          directory.resolve(PREFIX + PROCESS + "-" + UUID.randomUUID().toString().replace("-", ""));
      ProcessFolder made = tryCreate(path);
      if (made != null) {
        return made;
      }
    }
    throw new IOException("no folder of this process can be made in " + directory);
  }

  /** Null when another process has taken it for one that was left, as it is without its lock. */
  private static @Nullable ProcessFolder tryCreate(Path path) throws IOException {
    Files.createDirectory(path);
    Path file = path.resolve(LOCK);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw e;
    }
    try {
      if (channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return new ProcessFolder(path, channel);
      }
    } catch (IOException e) {
      channel.close();
      FileTrees.remove(path);
      throw e;
    }
    channel.close();
    return null;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (lock) {
      FileTrees.remove(path);
    } catch (IOException e) { // nothing depends on it
      log.warn("the folder {} of this process cannot be removed: {}", path, e.toString());
    }
  }

  /** Removes the folders of processes that are gone. Trouble with them is nobody's failure. */
  private static void removeLeft(Path directory) {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(directory, entry -> mayBeLeft(entry))) {
      for (Path folder : folders) {
        try {
          removeIfLeft(folder);
        } catch (IOException | OverlappingFileLockException e) {
          log.info("{} is left as it is: {}", folder, e.toString());
        }
      }
    } catch (IOException | RuntimeException e) {
      log.warn("what killed processes have left in {} stays there: {}", directory, e.toString());
    }
  }

  private static boolean mayBeLeft(Path entry) {
    String name = String.valueOf(entry.getFileName());
    return NAME.matcher(name).matches()
        && !name.startsWith(PREFIX + PROCESS + "-")
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
  }

  private static void removeIfLeft(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              folder.resolve(LOCK), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      // Being made, or left before it was: it is empty then, and whoever makes it makes another.
      Files.deleteIfExists(folder);
      return;
    }
    try (channel) {
      FileLock taken = channel.tryLock();
      if (taken == null) {
        return; // its process lives
      }
      FileTrees.remove(folder);
      log.info("removed {}, which a process that is gone has left", folder);
    }
  }
}
