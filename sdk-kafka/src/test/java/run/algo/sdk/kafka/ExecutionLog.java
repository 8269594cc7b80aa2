package run.algo.sdk.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which executions have begun and ended, in a file to which several processes append. A line is one
 * write, and what is written outlives the process: a {@code kill -9} takes nothing away.
 */
final class ExecutionLog {

  private final Path file;

  private ExecutionLog(Path file) {
    this.file = file;
  }

  /** An empty one. */
  static ExecutionLog create() {
    try {
      Path file = Files.createTempFile("executions", ".log");
      file.toFile().deleteOnExit();
      return new ExecutionLog(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A line.
   *
   * @param begin whether the execution has begun, or else ended
   * @param instance whose execution it is
   * @param id the record
   * @param key its key
   * @param millis when, by the machine's clock
   */
  record Entry(boolean begin, String instance, String id, String key, long millis) {}

  /** What is written now. */
  List<Entry> entries() {
    try {
      List<Entry> entries = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        String[] fields = line.split(" ", -1);
        entries.add(
            new Entry(
                fields[0].equals("B"), fields[1], fields[2], fields[3], Long.parseLong(fields[4])));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The executions that an instance has begun, in their order. */
  List<Entry> begun(String instance) {
    return entries().stream().filter(e -> e.begin() && e.instance().equals(instance)).toList();
  }

  String path() {
    return file.toString();
  }

  /** The pen of one instance. */
  static final class Writer {
    private final String instance;
    private final OutputStream out;

    /** Opens a log to append to it. */
    Writer(String path, String instance) {
      this.instance = instance;
      try {
        this.out = new FileOutputStream(path, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void begun(String id, String key) {
      write("B", id, key);
    }

    void ended(String id, String key) {
      write("E", id, key);
    }

    private void write(String what, String id, String key) {
      String line =
          String.join(" ", what, instance, id, key, Long.toString(System.currentTimeMillis()));
      try {
        out.write((line + "\n").getBytes(UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
