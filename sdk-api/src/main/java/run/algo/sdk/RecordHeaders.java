package run.algo.sdk;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record, in their order; a name may occur more than once, and then the last one
 * counts, as everywhere in Kafka. Immutable.
 *
 * @since 0.1.0
 */
public interface RecordHeaders extends Iterable<RecordHeader> {

  /**
   * Headers from a list.
   *
   * @param headers the headers
   * @return an immutable copy
   */
  static RecordHeaders of(RecordHeader... headers) {
    List<RecordHeader> copy = List.of(headers);
    return new RecordHeaders() {
      @Override
      public @Nullable RecordHeader last(String name) {
        for (int i = copy.size() - 1; i >= 0; i--) {
          if (copy.get(i).name().equals(name)) {
            return copy.get(i);
          }
        }
        return null;
      }

      @Override
      public Iterator<RecordHeader> iterator() {
        return copy.iterator();
      }

      @Override
      public String toString() {
        return copy.toString();
      }
    };
  }

  /**
   * The header that counts for a name.
   *
   * @param name the header's name; case counts
   * @return the last header of that name, or {@code null}
   */
  @Nullable RecordHeader last(String name);

  /**
   * A header's value as text.
   *
   * @param name the header's name; case counts
   * @return the last value of that name as UTF-8 text, empty when there is none
   */
  default Optional<String> text(String name) {
    return Optional.ofNullable(last(name)).map(RecordHeader::text);
  }

  /**
   * All headers of a name.
   *
   * @param name the header's name; case counts
   * @return the headers in their order
   */
  default List<RecordHeader> all(String name) {
    List<RecordHeader> found = new ArrayList<>();
    for (RecordHeader header : this) {
      if (header.name().equals(name)) {
        found.add(header);
      }
    }
    return List.copyOf(found);
  }
}
