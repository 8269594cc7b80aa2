package run.algo.sdk.testkit.docker;

import java.util.Objects;

/**
 * An image that the Docker engine has.
 *
 * @param name its name with its tag, as {@link WithDocker} names it
 * @since 0.1.0
 */
public record DockerImage(String name) {

  /** Checks that there is a name. */
  public DockerImage {
    Objects.requireNonNull(name, "name");
  }
}
