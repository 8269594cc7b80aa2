package run.algo.examples.imageresize;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.spi.FileReference;

/**
 * Stores a picture, runs {@link ImageResize} on a reference to it, and fetches what came of it:
 * {@code mvn -q -Pimageresize}, with {@code -Dfile=PATH} for a picture of one's own. Kafka and S3
 * run in this process.
 *
 * <p>Exits with 0 when the small picture is there, with 1 when anything hinders it; standard error
 * then says what.
 */
public final class ImageResizeDemo {

  private static final String FILE = "--file=";
  private static final String FOLDER = "--folder=";
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PrintStream out;
  private final PrintStream err;

  ImageResizeDemo(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it and ends the process.
   *
   * @param args {@code --file=PATH}, empty for a picture that is drawn here, and {@code
   *     --folder=PATH} for what is written
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // pictures, but no screen
    // Names may be of any script, whatever this machine's locale is.
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    System.exit(new ImageResizeDemo(out, System.err).run(args));
  }

  int run(String... args) {
    if (args.length != 2 || !args[0].startsWith(FILE) || !args[1].startsWith(FOLDER)) {
      err.println("Give the path of one picture: mvn -q -Pimageresize -Dfile=PATH");
      return FAILED;
    }
    try {
      Path folder = Files.createDirectories(Path.of(args[1].substring(FOLDER.length())));
      PictureFile picture = PictureFile.check(chosen(args[0].substring(FILE.length()), folder));
      out.println("Resizing " + picture.path() + " by an Algo on Kafka and S3");
      out.println();
      resize(picture, folder);
      return OK;
    } catch (PictureFile.UnusableException
        | IOException
        | KafkaException
        | AlgoConfigurationException e) {
      err.println(e.getMessage());
      return FAILED;
    }
  }

  private static String chosen(String file, Path folder) throws IOException {
    if (!file.isEmpty()) {
      return file;
    }
    Path sample = folder.resolve("sample.jpg");
    SamplePicture.draw(sample);
    return sample.toString();
  }

  private void resize(PictureFile picture, Path folder) throws IOException {
    tell("picture", picture.toString());
    long begin = System.nanoTime();
    try (LocalPipeline pipeline = LocalPipeline.start(folder);
        AlgoRunner runner =
            AlgoRunner.builder()
                .environment(pipeline.environment(folder))
                .input(ImageResize.PICTURES, new ImageResize())
                .output(ImageResize.THUMBNAILS)
                .build()) {
      tell("servers", pipeline + ", up after " + seconds(begin));
      runner.start();
      begin = System.nanoTime();
      FileReference uploaded = pipeline.upload(picture);
      tell("uploaded", uploaded.bucket() + "/" + uploaded.file() + " in " + seconds(begin));
      begin = System.nanoTime();
      pipeline.produce(uploaded, picture);
      tell("produced", "its reference, to " + LocalPipeline.PICTURES);
      ConsumerRecord<byte[], byte[]> result = pipeline.await(runner, PATIENCE);
      FileReference stored = FileReference.parse(result.value());
      tell("resized", "within " + seconds(begin) + ", its reference in " + result.topic());
      tell("stored", stored.bucket() + "/" + stored.file());
      Path target = folder.resolve(ImageResize.thumbnailOf(picture.name()));
      try (InputStream in = pipeline.store().read(stored)) {
        Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      }
      tell("fetched", written(target).toString());
      out.println();
      out.println("Look at " + target);
    }
  }

  private static PictureFile written(Path target) throws IOException {
    try {
      return PictureFile.check(target.toString());
    } catch (PictureFile.UnusableException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void tell(String what, String text) {
    out.printf(Locale.ROOT, "  %-11s %s%n", what, text);
  }

  private static String seconds(long begin) {
    return String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - begin) / 1e9);
  }
}
