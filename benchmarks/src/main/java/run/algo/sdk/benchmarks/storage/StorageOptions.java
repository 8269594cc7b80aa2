package run.algo.sdk.benchmarks.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.benchmarks.process.OptionValues;

/**
 * What a comparison is asked for.
 *
 * @param cell what is compared
 * @param arms the arms, all of the cell, in the order of the first round
 * @param rounds how often each runs
 * @param large the large file
 * @param small the small objects
 * @param jvm the processes
 */
record StorageOptions(
    Cell cell, List<StorageArm> arms, int rounds, Large large, Small small, Jvm jvm) {

  static final String HELP =
      """
      Options, each with its default:
        --cell small        what is compared: large or small
        --arms ARMS         by default all of the cell; large: store-stream,
                            store-file, tm-netty-stream, tm-netty-file,
                            tm-crt-stream, tm-crt-file;
                            small: store, async-netty, async-crt, blocking
        --rounds N          how often each arm runs; 10 for small, 3 for large
        --sizes 64,256,1024 large: MiB of the file
        --heap 64           large: MiB of the first heap that is tried
        --collect N         large: garbage is collected every N milliseconds, by
                            default only when the JVM does; shows what is held
                            where there is room, and takes time
        --objects 1000      small: how many in a pass
        --object-size 4096  small: bytes of each
        --concurrency 64    small: how many are in flight
        --warm-up 12        small: passes that do not count
        --passes 5          small: passes that count, in each run
        --java-home PATH    the JDK of the arms; by default the one that runs this
        --jvm FLAGS         more flags for the arms, with blanks between
        --jfr FOLDER        records each run there with Java Flight Recorder
        --folder target     where the large file is kept, several times its size
        --timeout 300       seconds until a run has failed
        --quick             3 rounds (1 for large) and files of 64 and 256 MiB,
                            unless said otherwise""";

  /**
   * The large file.
   *
   * @param sizes bytes, ascending
   * @param heap MiB of the first heap that is tried
   * @param collectMillis after how long garbage is collected each time, 0 = when the JVM does
   * @param folder where it is kept
   */
  record Large(List<Long> sizes, int heap, long collectMillis, Path folder) {
    Large {
      sizes = sizes.stream().sorted().toList();
    }
  }

  /**
   * The small objects.
   *
   * @param objects how many in a pass
   * @param size bytes of each
   * @param concurrency how many are in flight
   * @param warmUp passes that do not count
   * @param passes passes that count
   */
  record Small(int objects, int size, int concurrency, int warmUp, int passes) {}

  /**
   * The processes of the arms.
   *
   * @param home the JDK
   * @param flags flags besides the common ones
   * @param recordings folder of Flight Recorder's files, empty = none
   * @param timeout how long a run may take
   */
  record Jvm(Path home, List<String> flags, Optional<Path> recordings, Duration timeout) {
    Jvm {
      flags = List.copyOf(flags);
    }
  }

  StorageOptions {
    arms = List.copyOf(arms);
    if (arms.isEmpty() || large.sizes().isEmpty()) {
      throw new IllegalArgumentException("there must be an arm of the cell, and a size");
    }
  }

  static StorageOptions parse(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--quick")) {
        given.put("quick", "");
      } else if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " is no option with a value");
      } else {
        given.put(args[i].substring(2), args[++i]);
      }
    }
    boolean quick = given.remove("quick") != null;
    OptionValues values = new OptionValues(given);
    Cell cell = Cell.of(values.text("cell", Cell.SMALL.label()));
    int rounds = cell == Cell.SMALL ? (quick ? 3 : 10) : quick ? 1 : 3;
    StorageOptions options =
        new StorageOptions(
            cell,
            arms(cell, values.text("arms", "")),
            Math.toIntExact(values.number("rounds", rounds)),
            new Large(
                sizes(values.text("sizes", quick ? "64,256" : "64,256,1024")),
                Math.toIntExact(values.number("heap", 64)),
                values.given().containsKey("collect") ? values.number("collect", 1) : 0,
                Path.of(values.text("folder", "target")).toAbsolutePath()),
            new Small(
                Math.toIntExact(values.number("objects", 1_000)),
                Math.toIntExact(values.number("object-size", 4_096)),
                Math.toIntExact(values.number("concurrency", 64)),
                Math.toIntExact(values.number("warm-up", 12)),
                Math.toIntExact(values.number("passes", 5))),
            new Jvm(
                Path.of(values.text("java-home", System.getProperty("java.home"))),
                values.words("jvm"),
                Optional.of(values.text("jfr", "")).filter(f -> !f.isEmpty()).map(Path::of),
                Duration.ofSeconds(values.number("timeout", 300))));
    values.checkAllTaken();
    return options;
  }

  private static List<StorageArm> arms(Cell cell, String text) {
    if (text.isEmpty()) {
      return StorageArm.of(cell);
    }
    List<StorageArm> arms =
        Arrays.stream(text.split(",")).map(String::strip).map(StorageArm::of).distinct().toList();
    for (StorageArm arm : arms) {
      if (arm.cell() != cell) {
        throw new IllegalArgumentException(
            "--arms: " + arm.label() + " is none of the cell " + cell.label());
      }
    }
    return arms;
  }

  private static List<Long> sizes(String text) {
    return Arrays.stream(text.split(",")).map(size -> Long.parseLong(size.strip()) << 20).toList();
  }
}
