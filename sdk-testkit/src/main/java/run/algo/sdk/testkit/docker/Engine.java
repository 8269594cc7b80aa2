package run.algo.sdk.testkit.docker;

import java.io.IOException;
import java.time.Duration;

/** What is asked of a Docker engine before a test may use it. */
interface Engine {

  /** Whether an image needs no pull. */
  boolean has(String image);

  /**
   * Pulls an image.
   *
   * @param silence how long nothing may come
   * @throws SilentRegistryException when nothing came for so long
   * @throws IOException when it cannot be pulled
   */
  void pull(String image, Duration silence) throws IOException;

  /** Nothing came from the registry. */
  final class SilentRegistryException extends IOException {
    private static final long serialVersionUID = 1;

    SilentRegistryException(Duration silence) {
      super("nothing came for " + silence.toSeconds() + " s");
    }
  }
}
