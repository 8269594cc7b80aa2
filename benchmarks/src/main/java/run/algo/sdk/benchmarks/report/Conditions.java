package run.algo.sdk.benchmarks.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Where and with what something was measured.
 *
 * @param date when, as {@code 2026-01-31} in UTC
 * @param revision of the sources, or {@code unknown}
 * @param machine processors, memory and operating system
 * @param jdk of the measured processes
 * @param versions of what was measured beside the SDK
 * @param settings flags and settings, where they are not the defaults
 * @param loadBefore the load average when it began
 * @param loadAfter the same when it ended
 */
public record Conditions(
    String date,
    String revision,
    String machine,
    String jdk,
    String versions,
    String settings,
    double loadBefore,
    double loadAfter) {

  /** The system property that names the revision; whoever starts the measurement knows it. */
  public static final String REVISION = "benchmarks.revision";

  private static final long GIB = 1L << 30;

  /**
   * Those of now, on this machine.
   *
   * @param javaHome the JDK of the measured processes
   * @param versions see the record
   * @param settings see the record
   * @param loadBefore see the record
   * @return conditions
   */
  public static Conditions now(Path javaHome, String versions, String settings, double loadBefore) {
    return new Conditions(
        LocalDate.now(ZoneOffset.UTC).toString(),
        System.getProperty(REVISION, "unknown"),
        thisMachine(),
        jdk(javaHome),
        versions,
        settings,
        loadBefore,
        load());
  }

  /** {@return the load average of the last minute} */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** {@return the version of the Kafka clients} */
  public static String kafka() {
    return "kafka-clients " + AppInfoParser.getVersion();
  }

  private static String thisMachine() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    long memory =
        system instanceof com.sun.management.OperatingSystemMXBean known
            ? known.getTotalMemorySize()
            : 0;
    return String.format(
        Locale.ROOT,
        "%d processors%s, %d GiB, %s %s",
        system.getAvailableProcessors(),
        processor(),
        Math.round((double) memory / GIB),
        system.getName(),
        system.getArch());
  }

  /** The processors' name, where the operating system tells it. */
  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream()
              .filter(line -> line.startsWith("model name"))
              .findFirst()
              .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
              .orElse("")
          : "";
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The feature version of a JDK.
   *
   * @param home its folder
   * @return such as 21; 0 where it does not tell
   */
  public static int javaVersion(Path home) {
    String version = value(release(home), "JAVA_VERSION");
    return version.isEmpty() ? 0 : Runtime.Version.parse(version).feature();
  }

  /** What the JDK says of itself in its file {@code release}. */
  private static String jdk(Path home) {
    List<String> lines = release(home);
    return (value(lines, "IMPLEMENTOR") + " " + value(lines, "JAVA_VERSION")).strip();
  }

  private static List<String> release(Path home) {
    Path file = home.resolve("release");
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name + "="))
        .findFirst()
        .map(line -> line.substring(name.length() + 1).replace("\"", ""))
        .orElse("");
  }
}
