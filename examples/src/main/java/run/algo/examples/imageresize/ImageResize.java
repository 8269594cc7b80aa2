package run.algo.examples.imageresize;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;

/** The Algo: a JPEG or PNG in, a small JPEG out; both lie in storage, and the records say where. */
public final class ImageResize implements Algo<Payload, Void> {

  /** Its input; {@code KAFKA_INPUT_TOPIC_PICTURES} names the topic. */
  public static final Pipe<Payload> PICTURES = Pipe.payload("pictures");

  /** Its output; {@code KAFKA_OUTPUT_TOPIC_THUMBNAILS} names the topic. */
  public static final Pipe<Payload> THUMBNAILS = Pipe.payload("thumbnails");

  /** Longest side of what it writes, in pixels; what is smaller keeps its size. */
  static final int LONGEST_SIDE = 640;

  @Override
  public @Nullable Void run(Payload picture, AlgoContext context) throws IOException {
    BufferedImage small = Picture.readSmall(picture, LONGEST_SIDE);
    try (OutputStream out = context.openOutput(THUMBNAILS, thumbnailOf(picture.name()))) {
      Picture.writeJpeg(small, out);
    }
    return null;
  }

  /** Name of the small picture: {@code holiday.png} becomes {@code holiday-small.jpg}. */
  static String thumbnailOf(String name) {
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name) + "-small.jpg";
  }
}
