package run.algo.sdk.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import run.algo.sdk.kafka.internal.observe.Scrape;

/** What a runner of this process shows at its port, asked over HTTP. */
record RunnerPort(URI uri) {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static RunnerPort of(AlgoRunner runner) {
    return new RunnerPort(URI.create("http://127.0.0.1:" + runner.metricsPort().orElseThrow()));
  }

  HttpResponse<String> get(String path) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(uri.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Scrape scrape() {
    return new Scrape(get("/metrics").body());
  }
}
