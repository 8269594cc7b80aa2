package run.algo.sdk;

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
}
