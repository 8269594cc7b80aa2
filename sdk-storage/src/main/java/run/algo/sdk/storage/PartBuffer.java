package run.algo.sdk.storage;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The bytes of one part. It takes memory as it fills. For one thread at a time; {@link #body} may
 * be read by others once it is handed over.
 */
final class PartBuffer {

  private final SegmentPool pool;
  private final int capacity;
  private final List<byte[]> segments = new ArrayList<>();
  private int length;

  PartBuffer(SegmentPool pool, int capacity) {
    this.pool = pool;
    this.capacity = capacity;
  }

  int length() {
    return length;
  }

  boolean isFull() {
    return length == capacity;
  }

  /** Takes as much as fits; returns how much that was. */
  int put(byte[] from, int offset, int count) {
    int accepted = Math.min(count, capacity - length);
    int done = 0;
    while (done < accepted) {
      int within = length % SegmentPool.SEGMENT;
      if (within == 0) {
        segments.add(pool.take());
      }
      int some = Math.min(accepted - done, SegmentPool.SEGMENT - within);
      System.arraycopy(from, offset + done, segments.get(segments.size() - 1), within, some);
      done += some;
      length += some;
    }
    return accepted;
  }

  /** The content, to be sent as often as it takes. */
  RequestBody body() {
    return RequestBody.fromContentProvider(Reader::new, length, "application/octet-stream");
  }

  void release() {
    segments.forEach(pool::giveBack);
    segments.clear();
    length = 0;
  }

  private final class Reader extends InputStream {
    private int position;

    @Override
    public int read() {
      return position == length
          ? -1
          : segments.get(position / SegmentPool.SEGMENT)[position++ % SegmentPool.SEGMENT] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) {
      if (count == 0) {
        return 0;
      }
      if (position == length) {
        return -1;
      }
      int within = position % SegmentPool.SEGMENT;
      int some = Math.min(count, Math.min(length - position, SegmentPool.SEGMENT - within));
      System.arraycopy(segments.get(position / SegmentPool.SEGMENT), within, into, offset, some);
      position += some;
      return some;
    }

    @Override
    public int available() {
      return length - position;
    }
  }
}
