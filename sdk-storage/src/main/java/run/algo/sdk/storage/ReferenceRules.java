package run.algo.sdk.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import run.algo.sdk.spi.FileReference;

/**
 * What a reference may point to. A reference is data from outside: whoever can write to an input
 * topic chooses its text, so its host is compared and never dialled, its bucket must be one that
 * the deployment reads, and its file must stay under the input directory.
 *
 * <p>The file is judged as text, segment by segment, before any path is made of it: a path is
 * normalised by rules that differ between systems. Links in the input directory are not followed
 * here; whoever writes there opens the file without following any.
 */
final class ReferenceRules {

  /** Longest object key of S3. */
  private static final int MAX_KEY_BYTES = 1024;

  /** Longest file name of the usual file systems. */
  private static final int MAX_NAME_BYTES = 255;

  private final String authority;
  private final String bucket;
  private final Set<String> readBuckets;
  private final Path inputDirectory;

  ReferenceRules(String authority, String bucket, Set<String> readBuckets, Path inputDirectory) {
    this.authority = authority;
    this.bucket = bucket;
    this.readBuckets = Set.copyOf(readBuckets);
    this.inputDirectory = inputDirectory.toAbsolutePath().normalize();
  }

  /**
   * Judges a reference.
   *
   * @return where its file belongs under the input directory; that directory itself where this
   *     process has no path for the name
   * @throws IllegalArgumentException when it breaks a rule; the message says which and what to do
   */
  Path check(FileReference reference) {
    if (!authority.equalsIgnoreCase(reference.host())) {
      throw new IllegalArgumentException(
          "the file reference names host "
              + printable(reference.host())
              + ", but this deployment's storage is "
              + authority);
    }
    if (!bucket.equals(reference.bucket()) && !readBuckets.contains(reference.bucket())) {
      throw new IllegalArgumentException(
          "the file reference names bucket "
              + printable(reference.bucket())
              + ", which is neither the deployment's ("
              + bucket
              + ") nor listed in ALGO_STORAGE_READ_BUCKETS");
    }
    return resolve(reference.file());
  }

  private Path resolve(String file) {
    if (file.getBytes(UTF_8).length > MAX_KEY_BYTES) {
      throw refused(file, "is longer than " + MAX_KEY_BYTES + " bytes");
    }
    if (file.codePoints().anyMatch(ReferenceRules::unwritable)) {
      throw refused(file, "holds a backslash, a control character or half a character");
    }
    for (String segment : file.split("/", -1)) {
      switch (segment) {
        case "" -> throw refused(file, "is empty, absolute, or has an empty part");
        case ".", ".." -> throw refused(file, "has the part " + segment);
        default -> {
          if (segment.getBytes(UTF_8).length > MAX_NAME_BYTES) {
            throw refused(file, "has a part longer than " + MAX_NAME_BYTES + " bytes");
          }
        }
      }
    }
    Path path;
    try {
      path = inputDirectory.resolve(file).normalize();
    } catch (InvalidPathException e) {
      // A process whose locale has no more than ASCII has no path for "größe". It needs none to
      // read or write the object, and what leads elsewhere was refused above.
      return inputDirectory;
    }
    // Holds by the checks above; a system with other rules for paths must not get past it.
    if (!path.startsWith(inputDirectory) || path.equals(inputDirectory)) {
      throw refused(file, "leaves the input directory");
    }
    return path;
  }

  private static boolean unwritable(int codePoint) {
    return codePoint == '\\'
        || Character.isISOControl(codePoint)
        || (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint));
  }

  private static IllegalArgumentException refused(String file, String why) {
    return new IllegalArgumentException(
        "file "
            + printable(file)
            + " of the file reference "
            + why
            + "; it must name a file under the input directory");
  }

  /** Text from outside, fit for a log line. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .limit(100)
        .forEach(
            codePoint ->
                out.appendCodePoint(
                    Character.isISOControl(codePoint)
                            || Character.getType(codePoint) == Character.FORMAT
                            || Character.getType(codePoint) == Character.SURROGATE
                        ? '?'
                        : codePoint));
    return out.append('"').toString();
  }
}
