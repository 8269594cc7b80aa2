package run.algo.sdk.kafka.internal.offsets;

/**
 * Commit metadata that is foreign, of another version, damaged, or of another offset. Nothing is
 * lost by it: the records beyond the committed offset are then executed again.
 */
public final class MetadataFormatException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Most characters of the metadata that a message shows. */
  static final int SHOWN_CHARS = 40;

  /**
   * A refusal.
   *
   * @param problem what is wrong, to follow "commit metadata "
   * @param metadata the string that is refused; its start is shown
   */
  MetadataFormatException(String problem, String metadata) {
    super("commit metadata " + problem + ": " + excerpt(metadata));
  }

  /** Anyone may commit any string, so that what goes to the log is short and printable. */
  private static String excerpt(String metadata) {
    StringBuilder shown = new StringBuilder("'");
    int length = Math.min(metadata.length(), SHOWN_CHARS);
    for (int i = 0; i < length; i++) {
      char c = metadata.charAt(i);
      shown.append(c >= ' ' && c <= '~' ? c : '?');
    }
    shown.append('\'');
    if (metadata.length() > length) {
      shown.append(" and ").append(metadata.length() - length).append(" characters more");
    }
    return shown.toString();
  }
}
