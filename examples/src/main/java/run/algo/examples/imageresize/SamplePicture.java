package run.algo.examples.imageresize;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A picture for whoever brings none: twelve megapixels, as a camera has. */
final class SamplePicture {

  static final int WIDTH = 4000;
  static final int HEIGHT = 3000;

  private static final int BUBBLES = 400;
  private static final int GRAIN = 24;

  private SamplePicture() {}

  /** Draws it into a file, the same one each time. */
  static void draw(Path file) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(7);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setPaint(
          new GradientPaint(0, 0, new Color(20, 40, 90), WIDTH, HEIGHT, new Color(250, 180, 90)));
      graphics.fillRect(0, 0, WIDTH, HEIGHT);
      for (int i = 0; i < BUBBLES; i++) {
        int size = 20 + random.nextInt(400);
        graphics.setColor(
            new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256), 90));
        graphics.fillOval(
            random.nextInt(WIDTH) - size / 2, random.nextInt(HEIGHT) - size / 2, size, size);
      }
    } finally {
      graphics.dispose();
    }
    addGrain(image, random);
    try (OutputStream out = Files.newOutputStream(file)) {
      Picture.writeJpeg(image, out);
    }
  }

  /** As of a sensor: a photograph is a few megabytes, because nothing in it is quite even. */
  private static void addGrain(BufferedImage image, Random random) {
    int[] row = new int[WIDTH];
    for (int y = 0; y < HEIGHT; y++) {
      image.getRGB(0, y, WIDTH, 1, row, 0, WIDTH);
      for (int x = 0; x < WIDTH; x++) {
        int grain = random.nextInt(GRAIN) - GRAIN / 2;
        row[x] =
            level(row[x] >> 16, grain) << 16
                | level(row[x] >> 8, grain) << 8
                | level(row[x], grain);
      }
      image.setRGB(0, y, WIDTH, 1, row, 0, WIDTH);
    }
  }

  private static int level(int colour, int grain) {
    return Math.max(0, Math.min(255, (colour & 255) + grain));
  }
}
