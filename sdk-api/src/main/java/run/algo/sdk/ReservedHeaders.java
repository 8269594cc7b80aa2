package run.algo.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Header names that carry the protocol, so that an author's header cannot break it. */
final class ReservedHeaders {

  private static final Set<String> NAMES =
      Set.of("traceID", "fileName", "messageDataType", "endpointParams", "run");

  private ReservedHeaders() {}

  static boolean contains(String name) {
    return NAMES.contains(name)
        || name.startsWith("retry")
        || name.startsWith("origin")
        || name.startsWith("dlq");
  }

  /** The headers with another one, which replaces one of its name. */
  static List<RecordHeader> with(List<RecordHeader> headers, String name, String text) {
    if (contains(name)) {
      throw new IllegalArgumentException(
          "header " + name + " is written by the SDK itself; choose another name");
    }
    List<RecordHeader> more = new ArrayList<>(headers);
    more.removeIf(header -> header.name().equals(name));
    more.add(RecordHeader.of(name, text));
    return List.copyOf(more);
  }
}
