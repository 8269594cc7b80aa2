package run.algo.examples.imageresize;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.Payload;
import run.algo.sdk.StorageException;

/** Reads and writes pictures. What it takes from outside it does not trust. */
final class Picture {

  /** A picture is data from outside, and its header may promise anything. */
  static final long MOST_PIXELS = 200_000_000;

  static final int MOST_PIXELS_A_SIDE = 65_535;

  private static final Set<String> FORMATS = Set.of("jpeg", "png");

  private Picture() {}

  /**
   * What the header of a picture says.
   *
   * @param format JPEG or PNG
   * @param width in pixels
   * @param height in pixels
   */
  record Header(String format, int width, int height) {

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s, %,d x %,d pixels", format, width, height);
    }
  }

  /**
   * Reads the header alone.
   *
   * @throws NonRetriableException when it is no picture
   */
  static Header header(InputStream in) throws IOException {
    return decoded(in, Picture::headerOf);
  }

  /**
   * Reads a picture so small that its longer side has at most so many pixels. It is decoded row by
   * row, and never held as a whole.
   *
   * @throws NonRetriableException when it is no picture, is broken, or would be too large
   */
  static BufferedImage readSmall(Payload picture, int longestSide) throws IOException {
    try (InputStream in = picture.open()) {
      BufferedImage image = decoded(in, reader -> decode(reader, longestSide));
      // What follows the picture is read as well: at the end the file's digest is verified.
      in.transferTo(OutputStream.nullOutputStream());
      return shrink(image, longestSide);
    }
  }

  static void writeJpeg(BufferedImage image, OutputStream out) throws IOException {
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(image, "jpeg", stream)) {
        throw new IllegalStateException("this Java writes no JPEG of " + image);
      }
    }
  }

  private interface Decoding<T> {
    T apply(ImageReader reader) throws IOException;
  }

  private static <T> T decoded(InputStream in, Decoding<T> decoding) throws IOException {
    try (ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
      ImageReader reader = reader(stream);
      try {
        reader.setInput(stream, true, true);
        return decoding.apply(reader);
      } finally {
        reader.dispose();
      }
    } catch (NonRetriableException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw judged(e);
    }
  }

  /** A file that could not be read is worth another try; one that could, and is broken, is not. */
  private static IOException judged(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StorageException || cause instanceof InterruptedIOException) {
        return (IOException) cause;
      }
    }
    throw new NonRetriableException("the picture is broken: " + failure.getMessage(), failure);
  }

  private static ImageReader reader(ImageInputStream stream) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
      reader.dispose();
    }
    throw new NonRetriableException("it is no picture that this Algo reads: give a JPEG or PNG");
  }

  private static Header headerOf(ImageReader reader) throws IOException {
    return new Header(
        reader.getFormatName().toUpperCase(Locale.ROOT), reader.getWidth(0), reader.getHeight(0));
  }

  private static BufferedImage decode(ImageReader reader, int longestSide) throws IOException {
    Header header = headerOf(reader);
    if ((long) header.width() * header.height() > MOST_PIXELS
        || Math.max(header.width(), header.height()) > MOST_PIXELS_A_SIDE) {
      throw new NonRetriableException(
          String.format(
              Locale.ROOT,
              "the picture is too large, or pretends to be: %s; at most %,d in all are decoded",
              header,
              MOST_PIXELS));
    }
    // Twice the size that is wanted, or a little more, leaves enough to be smoothed.
    int step = Math.max(1, Math.max(header.width(), header.height()) / (2 * longestSide));
    ImageReadParam every = reader.getDefaultReadParam();
    every.setSourceSubsampling(step, step, 0, 0);
    return reader.read(0, every);
  }

  /** Halves it until the rest is less than a half: each pixel of what was read has its share. */
  private static BufferedImage shrink(BufferedImage image, int longestSide) {
    double scale =
        Math.min(1, longestSide / (double) Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage current = image;
    do {
      current =
          scaled(
              current,
              Math.max(width, current.getWidth() / 2),
              Math.max(height, current.getHeight() / 2));
    } while (current.getWidth() > width || current.getHeight() > height);
    return current;
  }

  /** In the colours that a JPEG has: what shines through does so on white. */
  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(image, 0, 0, width, height, Color.WHITE, null);
    } finally {
      graphics.dispose();
    }
    return scaled;
  }
}
