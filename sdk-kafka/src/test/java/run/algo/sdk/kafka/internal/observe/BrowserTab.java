package run.algo.sdk.kafka.internal.observe;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A page in a {@link Chromium}, by the DevTools protocol. */
public final class BrowserTab implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final WebSocket socket;

  BrowserTab(HttpClient http, URI address) {
    this.socket = http.newWebSocketBuilder().buildAsync(address, new Replies()).join();
    call("Runtime.enable", Map.of());
    call("Log.enable", Map.of());
    call("Page.enable", Map.of());
  }

  void go(String url) {
    call("Page.navigate", Map.of("url", url));
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    String text =
        JsonMapper.shared()
            .writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(text, true).join();
    return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** The value of an expression of JavaScript, as text. */
  public String evaluate(String expression) {
    JsonNode answer =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.at("/result/value").asString("");
  }

  /** The text that an element shows. */
  public String text(String selector) {
    return evaluate(
        "document.querySelector("
            + JsonMapper.shared().writeValueAsString(selector)
            + ")?.innerText ?? '(none)'");
  }

  /** Waits until an expression of JavaScript is true. */
  public void awaitTrue(String expression) {
    try {
      await().atMost(PATIENCE).until(() -> evaluate("String(" + expression + ")").equals("true"));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          expression + " does not come true; errors " + errors + " on page " + text("body"), e);
    }
  }

  /** As wide as a screen of so many points, as on a phone where that is small. */
  public BrowserTab width(int points) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", points, "height", 800, "deviceScaleFactor", 2, "mobile", points < 600));
    return this;
  }

  /** Which of the two schemes the user prefers. */
  public BrowserTab dark(boolean dark) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    return this;
  }

  /** Writes a picture of the whole page. */
  public void screenshot(Path file) throws IOException {
    JsonNode answer =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(answer.get("data").asString()));
  }

  /** Exceptions of scripts, and what the browser has refused or could not load. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  @Override
  public void close() {
    socket.abort();
  }

  private void received(JsonNode message) {
    JsonNode id = message.get("id");
    if (id != null) {
      CompletableFuture<JsonNode> call = calls.remove(id.asInt());
      if (message.has("error")) {
        call.completeExceptionally(new AssertionError(message.get("error").toString()));
      } else {
        call.complete(message.get("result"));
      }
      return;
    }
    String method = message.get("method").asString();
    boolean exception = method.equals("Runtime.exceptionThrown");
    boolean entry =
        method.equals("Log.entryAdded")
            && message.at("/params/entry/level").asString().equals("error");
    boolean logged =
        method.equals("Runtime.consoleAPICalled")
            && message.at("/params/type").asString().equals("error");
    if (exception || entry || logged) {
      errors.add(message.get("params").toString());
    }
  }

  private final class Replies implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String message = text.toString();
        text.setLength(0);
        received(JsonMapper.shared().readTree(message));
      }
      from.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      calls.values().forEach(call -> call.completeExceptionally(error));
    }
  }
}
