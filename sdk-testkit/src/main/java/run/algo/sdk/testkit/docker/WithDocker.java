package run.algo.sdk.testkit.docker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has the test class run where a Docker engine answers and one of the images can be had, and
 * disables it elsewhere, with the reason. Its tests have the tag {@code docker}; they, life cycle
 * methods and the constructor may have a parameter of type {@link DockerImage}: the image to run.
 *
 * <pre>{@code
 * @WithDocker({"minio/minio:RELEASE.2025-09-07T16-13-09Z", "andrewgaul/s3proxy:latest"})
 * class StorageDockerIT {
 *   @BeforeAll
 *   static void start(DockerImage image) {
 *     container = new GenericContainer<>(image.name());
 *   }
 * }
 * }</pre>
 *
 * <p>An image that the engine does not have is pulled. A registry that says nothing for 30 seconds
 * is not waited for any longer, nor asked again in the same run. It needs {@code
 * org.testcontainers:testcontainers} on the class path, whose settings tell where the engine is.
 *
 * @since 0.1.0
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("docker")
@ExtendWith(DockerExtension.class)
public @interface WithDocker {

  /**
   * Names the images, the one to prefer first.
   *
   * @return names with their tags, at least one
   */
  String[] value();
}
