package run.algo.examples.imageresize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageResizeDemoIT {

  @TempDir Path folder;

  /** What a run ended with and printed. */
  private record Console(int exitCode, List<String> out, List<String> err) {}

  @Test
  void resizesAPictureOfItsOwn() throws IOException {
    Console console = run("");

    assertThat(console.err()).isEmpty();
    assertThat(console.exitCode()).isZero();
    assertThat(Files.size(folder.resolve("sample.jpg"))).isGreaterThan(1_000_000);
    assertPicture(folder.resolve("sample-small.jpg"), 640, 480);
    assertThat(console.out())
        .anyMatch(line -> line.matches("  picture     sample\\.jpg: JPEG, 4,000 x 3,000 pixels.*"))
        .anyMatch(line -> line.matches("  stored      demo\\.imageresize/imageresize-demo/.*"))
        .anyMatch(line -> line.matches("  fetched     sample-small\\.jpg: JPEG, 640 x 480.*"));
  }

  @Test
  void resizesAPictureOfTheUsers() throws IOException {
    Path file = folder.resolve("größe €.png");
    Files.write(file, Pictures.halves("png", 100, 1280));

    Console console = run(file.toString());

    assertThat(console.err()).isEmpty();
    assertThat(console.exitCode()).isZero();
    assertPicture(folder.resolve("größe €-small.jpg"), 50, 640);
  }

  @Test
  void aPictureBombIsRefusedByTheAlgo() throws IOException {
    Path file = Files.write(folder.resolve("bomb.png"), Pictures.pretending(100_000, 100_000));

    Console console = run(file.toString());

    assertThat(console.exitCode()).isEqualTo(1);
    assertThat(console.err())
        .singleElement()
        .asString()
        .startsWith("The Algo refuses the picture: the picture is too large");
    assertThat(folder.resolve("bomb-small.jpg")).doesNotExist();
  }

  @Test
  void whatIsNoPictureIsRefusedBeforeAnythingIsStarted() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");
    assertRefused(text.toString(), "text.jpg cannot be resized: it is no picture");
    assertRefused(Files.createFile(folder.resolve("empty")).toString(), "it is no picture");
    assertRefused(folder.toString(), "is not a file");
    assertRefused("no-such.jpg", "There is no file \"no-such.jpg\" in ");
    assertRefused("a\0b", "is not a path");
  }

  private void assertRefused(String file, String message) {
    Console console = run(file);
    assertThat(console.exitCode()).isEqualTo(1);
    assertThat(console.out()).isEmpty();
    assertThat(console.err()).singleElement().asString().contains(message);
  }

  private Console run(String file) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        new ImageResizeDemo(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
            .run("--file=" + file, "--folder=" + folder);
    return new Console(
        exitCode, out.toString(UTF_8).lines().toList(), err.toString(UTF_8).lines().toList());
  }

  private static void assertPicture(Path file, int width, int height) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);
  }
}
