package run.algo.sdk.kafka.internal.execute;

import java.util.Iterator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.RecordHeader;
import run.algo.sdk.RecordHeaders;

/** A record's headers as the author sees them, without a copy of the list. */
final class HeaderView implements RecordHeaders {

  private final Headers headers;

  HeaderView(Headers headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable RecordHeader last(String name) {
    Header header = headers.lastHeader(name);
    return header == null ? null : view(header);
  }

  @Override
  public Iterator<RecordHeader> iterator() {
    Iterator<Header> inner = headers.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return inner.hasNext();
      }

      @Override
      public RecordHeader next() {
        return view(inner.next());
      }
    };
  }

  private static RecordHeader view(Header header) {
    return new RecordHeader(header.key(), header.value());
  }

  @Override
  public String toString() {
    return headers.toString();
  }
}
