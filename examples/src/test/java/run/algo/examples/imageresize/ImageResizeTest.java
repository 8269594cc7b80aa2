package run.algo.examples.imageresize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.algo.sdk.Payload;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.AlgoTestDriver;
import run.algo.sdk.kafka.TestDeadLetter;
import run.algo.sdk.kafka.TestRecord;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.testkit.InMemoryFileStore;

/** The Algo alone: no broker, and a store in memory. */
class ImageResizeTest {

  private static final String UPLOADED = "uploads/one";

  private final InMemoryFileStore store = new InMemoryFileStore("s3.test", "pictures");
  private final AlgoTestDriver driver =
      AlgoTestDriver.of(
          AlgoRunner.builder()
              .input(ImageResize.PICTURES, new ImageResize())
              .output(ImageResize.THUMBNAILS)
              .fileStore(store));

  @AfterEach
  void close() {
    driver.close();
  }

  @ParameterizedTest
  @CsvSource({
    "jpeg, 3000, 1000, 640, 213",
    "png, 3000, 1000, 640, 213",
    "png, 700, 1400, 320, 640",
    "jpeg, 641, 641, 640, 640",
    "png, 640, 480, 640, 480",
    "jpeg, 30, 20, 30, 20",
    "png, 5000, 2, 640, 1"
  })
  void resizesAPictureInStorage(
      String format, int width, int height, int smallWidth, int smallHeight) throws IOException {
    give(Pictures.halves(format, width, height));

    BufferedImage small = thumbnail();
    assertThat(driver.deadLetters()).isEmpty();
    assertThat(small.getWidth()).isEqualTo(smallWidth);
    assertThat(small.getHeight()).isEqualTo(smallHeight);
    int middle = smallHeight / 2;
    assertColour(small, smallWidth / 8, middle, Color.RED);
    assertColour(small, smallWidth * 7 / 8, middle, Color.BLUE);
  }

  @Test
  void whatShinesThroughDoesSoOnWhite() throws IOException {
    give(Pictures.transparent(1000, 1000));
    assertColour(thumbnail(), 320, 320, Color.WHITE);
  }

  @Test
  void aPictureInTheRecordIsResizedAsWell() throws IOException {
    driver.inputBytes(
        TestRecord.of(Pictures.halves("png", 1000, 500)).withHeader("fileName", "a b.png"));
    assertThat(thumbnail().getWidth()).isEqualTo(640);
    assertThat(driver.deadLetters()).isEmpty();
    assertThat(store.keys()).singleElement().asString().endsWith("a b-small.jpg");
  }

  @Test
  void aPictureBombIsRefusedByItsHeader() throws IOException {
    give(Pictures.pretending(100_000, 100_000));
    assertRefused("the picture is too large, or pretends to be: PNG, 100,000 x 100,000 pixels");
  }

  @Test
  void soIsOneWithSidesOfAnotherShape() throws IOException {
    give(Pictures.pretending(Integer.MAX_VALUE, 1));
    assertRefused("too large");
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    give("no picture at all".getBytes(UTF_8));
    assertRefused("give a JPEG or PNG");
  }

  @Test
  void soIsAPictureOfAnotherFormat() throws IOException {
    give(Pictures.halves("gif", 100, 100));
    assertRefused("give a JPEG or PNG");
  }

  @Test
  void aPictureThatIsCutOffIsRefused() throws IOException {
    byte[] whole = Pictures.halves("png", 1000, 1000);
    give(Arrays.copyOf(whole, whole.length / 2));
    assertRefused("the picture is broken");
  }

  @Test
  void aPictureThatIsNotThereIsAFailureOfStorage() throws IOException {
    FileReference reference = store.write(FileTarget.of(UPLOADED), Pictures.halves("png", 10, 10));
    store.delete(reference);
    give(reference);
    assertThat(driver.deadLetters())
        .singleElement()
        .extracting(TestDeadLetter::reason)
        .isEqualTo("storage");
  }

  private void give(byte[] picture) throws IOException {
    give(store.write(FileTarget.of(UPLOADED), picture));
  }

  private void give(FileReference reference) {
    driver.inputBytes(
        TestRecord.of(reference.toJson())
            .withHeader("messageDataType", "FileReference")
            .withHeader("fileName", "one.png"));
  }

  /** What lies in the store besides what was uploaded. */
  private BufferedImage thumbnail() throws IOException {
    List<TestRecord<Payload>> records = driver.records(ImageResize.THUMBNAILS);
    assertThat(driver.deadLetters()).isEmpty();
    assertThat(records).hasSize(1);
    assertThat(records.get(0).headers().text("messageDataType")).contains("FileReference");
    String key = store.keys().stream().filter(name -> !name.equals(UPLOADED)).findFirst().get();
    try (InputStream in =
        store.read(
            new FileReference(
                "s3.test",
                "pictures",
                key,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty()))) {
      return ImageIO.read(new ByteArrayInputStream(in.readAllBytes()));
    }
  }

  private void assertRefused(String message) {
    assertThat(driver.records(ImageResize.THUMBNAILS)).isEmpty();
    assertThat(driver.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.reason()).isEqualTo("algo");
              assertThat(letter.exceptionClass()).isEqualTo("run.algo.sdk.NonRetriableException");
              assertThat(letter.message()).contains(message);
            });
    assertThat(store.keys()).containsExactly(UPLOADED);
  }

  private static void assertColour(BufferedImage image, int x, int y, Color expected) {
    Color actual = new Color(image.getRGB(x, y));
    assertThat(
            Math.abs(actual.getRed() - expected.getRed())
                + Math.abs(actual.getGreen() - expected.getGreen())
                + Math.abs(actual.getBlue() - expected.getBlue()))
        .as("%s at %d, %d is %s", expected, x, y, actual)
        .isLessThan(60);
  }
}
