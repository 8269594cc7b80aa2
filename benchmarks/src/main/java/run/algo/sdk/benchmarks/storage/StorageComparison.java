package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import run.algo.sdk.benchmarks.process.Child;
import run.algo.sdk.benchmarks.process.Workspace;
import run.algo.sdk.benchmarks.storage.PhaseResult.Phase;
import run.algo.sdk.benchmarks.storage.StorageResults.Row;

/**
 * Runs the arms of a cell round by round, each run in a fresh JVM against one S3 in a process of
 * its own, and prints how they compare.
 *
 * <p>Every round starts with another arm, so that none is always the one behind another's traces.
 */
final class StorageComparison {

  /** Variable of a child that holds the server's address. */
  static final String ADDRESS = "BENCHMARK_S3";

  private static final Duration SERVER_START = Duration.ofMinutes(1);
  private static final List<String> SERVER_FLAGS = List.of("-Xms1g", "-Xmx2g");
  static final List<String> SMALL_FLAGS = List.of("-Xms512m", "-Xmx512m");
  private static final long LARGE_WARM_UP = 64 << 20;

  /** Beyond, an arm has failed. */
  private static final int LARGEST_HEAP = 4_096;

  private final StorageOptions options;
  private final Path folder;
  private final StorageResults results = new StorageResults();
  private final Map<Long, String> digests = new HashMap<>();
  private int runs;

  private StorageComparison(StorageOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  /**
   * Runs it all and prints each run and the tables.
   *
   * @return every run
   */
  static StorageResults run(StorageOptions options) throws InterruptedException, IOException {
    try (Workspace workspace = new Workspace(options.large().folder())) {
      return new StorageComparison(options, workspace.folder()).run();
    }
  }

  private StorageResults run() throws InterruptedException, IOException {
    if (options.jvm().recordings().isPresent()) {
      Files.createDirectories(options.jvm().recordings().get());
    }
    List<String> server = new ArrayList<>(List.of(S3Main.class.getName()));
    if (options.cell() == Cell.LARGE) {
      server.add(folder.resolve("s3").toString());
    }
    try (Child s3 =
        Child.start(
            folder, Path.of(System.getProperty("java.home")), SERVER_FLAGS, server, Map.of())) {
      S3Address address = S3Address.of(s3.awaitLine(S3Main.READY, SERVER_START));
      try (StoredObjects stored = new StoredObjects(address)) {
        describe();
        if (options.cell() == Cell.LARGE) {
          large(address, stored);
        } else {
          small(address, stored);
        }
        end();
        return results;
      }
    }
  }

  private void large(S3Address address, StoredObjects stored) throws InterruptedException {
    List<StorageArm> order = new ArrayList<>(options.arms());
    List<Long> sizes = options.large().sizes();
    for (int round = 1; round <= options.rounds(); round++) {
      for (long size : sizes) {
        for (StorageArm arm : order) {
          largeInEnoughHeap(address, stored, arm, size, round);
        }
      }
      Collections.rotate(order, -1);
    }
    System.out.println();
    System.out.print(StorageTables.large(results, options.arms(), sizes));
    System.out.print(results.ratioTable(results.rows(options.arms(), sizes)));
    System.out.print(StorageTables.flatness(results, options.arms(), sizes));
  }

  /** Ours has the first heap or fails; a rival gets twice as much until it has enough. */
  private void largeInEnoughHeap(
      S3Address address, StoredObjects stored, StorageArm arm, long size, int round)
      throws InterruptedException {
    Row row = new Row(arm, size, Phase.WRITE);
    int heap = results.heap(row).orElse(options.large().heap());
    while (true) {
      Optional<Problem> problem = largeOnce(address, stored, arm, size, round, heap);
      if (problem.isEmpty()) {
        results.enough(arm, size, heap);
        return;
      }
      String what = arm.label() + ", " + StorageResults.size(size) + ", -Xmx" + heap + "m";
      System.out.println("round " + round + ", " + what + ": " + problem.get().text());
      if (arm.isOurs() || !problem.get().ofMemory() || heap >= LARGEST_HEAP) {
        results.failed(arm, size, round, "-Xmx" + heap + "m: " + problem.get().text());
        return;
      }
      results.note("not enough: " + what + ": " + problem.get().text());
      heap *= 2;
    }
  }

  /** Returns what went wrong. */
  private Optional<Problem> largeOnce(
      S3Address address, StoredObjects stored, StorageArm arm, long size, int round, int heap)
      throws InterruptedException {
    String key = "large/" + ++runs;
    Path place = folder.resolve("run-" + runs);
    List<String> flags =
        flags(arm, round, List.of("-Xmx" + heap + "m", "-XX:+ExitOnOutOfMemoryError"));
    if (arm.api() == StorageArm.Api.CRT) {
      flags.add("-Daws.crt.memory.tracing=1");
    }
    try (Child child =
        Child.start(
            folder,
            options.jvm().home(),
            flags,
            List.of(
                LargeMain.class.getName(),
                arm.label(),
                key,
                Long.toString(size),
                Long.toString(LARGE_WARM_UP),
                Files.createDirectory(place).toString(),
                Long.toString(options.large().collectMillis())),
            Map.of(ADDRESS, address.words()))) {
      if (!child.awaitEnd(options.jvm().timeout())) {
        return Optional.of(Problem.of(child));
      }
      RunResult run = RunResult.find(child.output());
      String expected = digests.computeIfAbsent(size, bytes -> new Content(bytes).sha256());
      String found = stored.sha256(key);
      if (!found.equals(expected)) {
        return Optional.of(
            new Problem("stored are other bytes than were written: SHA-256 " + found, false));
      }
      results.add(arm, size, round, run);
      System.out.printf(
          Locale.ROOT,
          "round %d, %s, %s, -Xmx%dm: write %.0f MiB/s, read %.0f MiB/s%n",
          round,
          arm.label(),
          StorageResults.size(size),
          heap,
          run.write().perSecond() / (1 << 20),
          run.read().perSecond() / (1 << 20));
      return Optional.empty();
    } catch (IOException | IllegalStateException e) {
      return Optional.of(new Problem(e.toString(), false));
    } finally {
      // What a run leaves would be in the next one's way: gigabytes.
      stored.removeAll();
      StoredObjects.removeFiles(place);
    }
  }

  /**
   * Why there is no figure.
   *
   * @param text the reason
   * @param ofMemory whether more memory may help
   */
  private record Problem(String text, boolean ofMemory) {

    /** Of a child that ended badly, or has not ended at all: some hang when memory is out. */
    static Problem of(Child child) {
      boolean runs = child.isAlive();
      String said = child.said();
      boolean memory = runs || said.contains("OutOfMemory") || said.contains("OutOfDirectMemory");
      String why =
          said.lines()
              .filter(
                  line ->
                      line.startsWith("Exception in")
                          || line.startsWith("Caused by:")
                          || line.startsWith("Terminating due to"))
              .reduce((first, second) -> second)
              .orElseGet(child::tail);
      return new Problem((runs ? "no end in time; " : "") + why, memory);
    }
  }

  private void small(S3Address address, StoredObjects stored) throws InterruptedException {
    long size = options.small().size();
    // The server's own warm-up; nothing of it counts.
    smallOnce(address, stored, options.arms().get(0), 0);
    List<StorageArm> order = new ArrayList<>(options.arms());
    for (int round = 1; round <= options.rounds(); round++) {
      for (StorageArm arm : order) {
        smallOnce(address, stored, arm, round);
      }
      Collections.rotate(order, -1);
    }
    System.out.println();
    System.out.print(StorageTables.small(results, options.arms(), size));
    System.out.print(results.ratioTable(results.rows(options.arms(), List.of(size))));
  }

  private void smallOnce(S3Address address, StoredObjects stored, StorageArm arm, int round)
      throws InterruptedException {
    StorageOptions.Small small = options.small();
    List<String> command =
        List.of(
            SmallMain.class.getName(),
            arm.label(),
            "small/" + ++runs,
            Integer.toString(small.objects()),
            Integer.toString(small.size()),
            Integer.toString(small.concurrency()),
            Integer.toString(small.warmUp()),
            Integer.toString(small.passes()));
    try (Child child =
        Child.start(
            folder,
            options.jvm().home(),
            flags(arm, round, SMALL_FLAGS),
            command,
            Map.of(ADDRESS, address.words()))) {
      if (!child.awaitEnd(options.jvm().timeout())) {
        throw new IllegalStateException(Problem.of(child).text());
      }
      RunResult run = RunResult.find(child.output());
      if (round > 0) {
        results.add(arm, small.size(), round, run);
      }
      System.out.printf(
          Locale.ROOT,
          "%s, %s: write %s, read %s%n",
          round == 0 ? "warm-up of the server" : "round " + round,
          arm.label(),
          figures(run.write()),
          figures(run.read()));
    } catch (IllegalStateException e) {
      results.failed(arm, small.size(), round, String.valueOf(e.getMessage()));
      System.out.println("round " + round + ", " + arm.label() + ": FAILED, " + e.getMessage());
    } finally {
      stored.removeAll();
    }
  }

  private static String figures(PhaseResult result) {
    return String.format(
        Locale.ROOT,
        "%,.0f objects/s (%.3f CPU s per 1,000)",
        result.perSecond(),
        result.cpuSecondsPer(1_000));
  }

  private List<String> flags(StorageArm arm, int round, List<String> common) {
    List<String> flags = new ArrayList<>(common);
    flags.addAll(options.jvm().flags());
    options
        .jvm()
        .recordings()
        .ifPresent(
            recordings ->
                flags.add(
                    "-XX:StartFlightRecording=settings=profile,filename="
                        + recordings.resolve(arm.label() + "-" + round + "-" + runs + ".jfr")));
    return flags;
  }

  private void describe() {
    StorageOptions.Small small = options.small();
    System.out.println(
        options.cell() == Cell.LARGE
            ? String.format(
                Locale.ROOT,
                "one file of %s; warm-up of each run %s; %d rounds",
                options.large().sizes().stream().map(StorageResults::size).toList(),
                StorageResults.size(LARGE_WARM_UP),
                options.rounds())
            : String.format(
                Locale.ROOT,
                "%,d objects of %,d bytes, %d in flight; warm-up of each run %d passes, then %d; %d"
                    + " rounds",
                small.objects(),
                small.size(),
                small.concurrency(),
                small.warmUp(),
                small.passes(),
                options.rounds()));
    System.out.printf(
        Locale.ROOT,
        "arms on the JDK of %s, further flags %s; %d processors, load average %.1f%n",
        options.jvm().home().getFileName(),
        options.jvm().flags(),
        Runtime.getRuntime().availableProcessors(),
        loadAverage());
  }

  private void end() {
    System.out.print(results.remarks());
    System.out.printf(Locale.ROOT, "load average at the end: %.1f%n", loadAverage());
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
