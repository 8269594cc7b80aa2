package run.algo.sdk.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImagesTest {

  private final List<String> pulls = new ArrayList<>();

  private Images images(Set<String> there, Set<String> inRegistry, boolean silent) {
    return new Images(
        new Engine() {
          @Override
          public boolean has(String image) {
            return there.contains(image);
          }

          @Override
          public void pull(String image, Duration silence) throws IOException {
            pulls.add(image);
            if (silent) {
              throw new SilentRegistryException(silence);
            }
            if (!inRegistry.contains(image)) {
              throw new IOException("no such\nhost");
            }
          }
        });
  }

  @Test
  void whatIsThereIsNotPulled() {
    assertThat(images(Set.of("a", "b"), Set.of(), false).find(List.of("a", "b")))
        .isEqualTo(new Images.Found(Optional.of(new DockerImage("a")), ""));
    assertThat(pulls).isEmpty();
  }

  @Test
  void theFirstThatCanBeHadIsTaken() {
    assertThat(images(Set.of("b"), Set.of("a"), false).find(List.of("a", "b")).image())
        .hasValue(new DockerImage("a"));
    assertThat(images(Set.of("c"), Set.of(), false).find(List.of("a", "b", "c")))
        .isEqualTo(
            new Images.Found(
                Optional.of(new DockerImage("c")),
                "a: not pulled, no such host; b: not pulled, no such host"));
  }

  @Test
  void noneThatCanBeHadIsSaidToBe() {
    assertThat(images(Set.of(), Set.of(), false).find(List.of("a")))
        .isEqualTo(new Images.Found(Optional.empty(), "a: not pulled, no such host"));
  }

  @Test
  void aSilentRegistryIsWaitedForOnce() {
    Images images = images(Set.of("c"), Set.of(), true);

    assertThat(images.find(List.of("a", "b", "c")).image()).hasValue(new DockerImage("c"));
    assertThat(images.find(List.of("d")).reason())
        .isEqualTo("d: not pulled, since the registry was silent before");
    assertThat(pulls).containsExactly("a");
  }
}
