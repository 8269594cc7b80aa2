package run.algo.sdk.testkit.docker;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds an image to run. For one thread. */
final class Images {

  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Engine engine;
  private boolean silent;

  Images(Engine engine) {
    this.engine = engine;
  }

  /**
   * What was found.
   *
   * @param image the image, or none
   * @param reason what was in the way of those before it, or of all; may be empty
   */
  record Found(Optional<DockerImage> image, String reason) {}

  /** Finds the first one that is there or can be had. */
  Found find(List<String> wanted) {
    StringBuilder reasons = new StringBuilder();
    for (String image : wanted) {
      String reason = engine.has(image) ? "" : pull(image);
      if (reason.isEmpty()) {
        return new Found(Optional.of(new DockerImage(image)), reasons.toString());
      }
      reasons.append(reasons.isEmpty() ? "" : "; ").append(image).append(": ").append(reason);
    }
    return new Found(Optional.empty(), reasons.toString());
  }

  /** Returns why it failed, empty when it did not. */
  private String pull(String image) {
    if (silent) {
      return "not pulled, since the registry was silent before";
    }
    try {
      engine.pull(image, SILENCE);
      return "";
    } catch (IOException e) {
      silent = e instanceof Engine.SilentRegistryException;
      return "not pulled, " + oneLine(String.valueOf(e.getMessage()));
    }
  }

  /** Of the build's log it is one line; the answers of registries are not. */
  static String oneLine(String text) {
    String line = text.replaceAll("[\\s\"\\\\{}]+", " ").strip();
    return line.length() > 200 ? line.substring(0, 200) + "..." : line;
  }
}
