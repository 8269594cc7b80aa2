package run.algo.sdk.kafka.internal.record;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The content types that an input accepts. Parameters after {@code ;} and case do not count; {@code
 * *} and {@code any} match anything, on either side of the slash or alone; an empty list accepts
 * all.
 */
public final class ContentTypes {

  /** Distinct types seen are few; the bound only keeps hostile headers from filling memory. */
  private static final int REMEMBERED = 256;

  /** Longer types are judged anew each time, for the same reason. */
  private static final int REMEMBERED_LENGTH = 256;

  private final List<String> accepted;
  private final ConcurrentHashMap<String, Boolean> known = new ConcurrentHashMap<>();

  /**
   * The accepted types.
   *
   * @param accepted the input's list
   */
  public ContentTypes(List<String> accepted) {
    this.accepted = accepted.stream().map(ContentTypes::essence).toList();
  }

  /** {@return whether any type is accepted} */
  public boolean acceptsAll() {
    return accepted.isEmpty();
  }

  /**
   * Whether a record's type is accepted.
   *
   * @param contentType the record's type
   * @return whether it is
   */
  public boolean accepts(String contentType) {
    if (accepted.isEmpty()) {
      return true;
    }
    Boolean verdict = known.get(contentType);
    if (verdict == null) {
      String type = essence(contentType);
      verdict = accepted.stream().anyMatch(pattern -> matches(pattern, type));
      if (known.size() < REMEMBERED && contentType.length() <= REMEMBERED_LENGTH) {
        known.put(contentType, verdict);
      }
    }
    return verdict;
  }

  private static String essence(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean matches(String pattern, String type) {
    if (any(pattern) || any(type) || pattern.equals(type)) {
      return true;
    }
    int p = pattern.indexOf('/');
    int t = type.indexOf('/');
    return p > 0
        && t > 0
        && matchesPart(pattern.substring(0, p), type.substring(0, t))
        && matchesPart(pattern.substring(p + 1), type.substring(t + 1));
  }

  private static boolean matchesPart(String pattern, String part) {
    return any(pattern) || any(part) || pattern.equals(part);
  }

  private static boolean any(String part) {
    return part.equals("*") || part.equals("any");
  }
}
