package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A headless Chromium with a profile of its own, told what to do over its debugging port. */
public final class Chromium implements AutoCloseable {

  static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path profile;
  private final Process process;
  private final int port;
  private final List<BrowserTab> tabs = new ArrayList<>();

  private Chromium(Path executable) throws IOException {
    this.profile = Files.createTempDirectory("chromium-test");
    Path log = profile.resolve("output.txt");
    this.process =
        new ProcessBuilder(
                executable.toString(),
                "--headless=new",
                "--no-sandbox", // which root and containers cannot have; it opens our page alone
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    this.port = awaitPort(profile.resolve("DevToolsActivePort"), log);
  }

  /** The first of the names that the path has. */
  static Optional<Path> find() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return NAMES.stream()
        .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path executable) {
    try {
      return new Chromium(executable);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int awaitPort(Path file, Path log) throws IOException {
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || (Files.exists(file) && Files.size(file) > 0));
    if (!process.isAlive()) {
      throw new IllegalStateException("Chromium has ended: " + Files.readString(log));
    }
    return Integer.parseInt(Files.readAllLines(file, UTF_8).get(0));
  }

  /**
   * Opens a page in a tab of its own, which the browser closes with itself.
   *
   * @param url its address
   */
  public synchronized BrowserTab open(String url) {
    try {
      // An empty tab first: whoever listens for errors must do so before the page begins.
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
                  .PUT(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode target = JsonMapper.shared().readTree(answer.body());
      BrowserTab tab =
          new BrowserTab(http, URI.create(target.get("webSocketDebuggerUrl").asString()));
      tabs.add(tab);
      tab.go(url);
      return tab;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    tabs.forEach(BrowserTab::close);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // a process of the browser that is about to end may still write; it lies among temporary
      // files
      System.err.println("left behind: " + profile);
    }
  }
}
