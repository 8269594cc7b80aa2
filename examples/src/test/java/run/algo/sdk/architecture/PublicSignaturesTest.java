package run.algo.sdk.architecture;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The API that others compile against changes only on purpose: each module's listing is in git, and
 * a change of the code without one of {@code docs/api} fails here. It is renewed by the command in
 * {@link #RENEWAL}; the diff of the listing is then part of the review.
 */
class PublicSignaturesTest {

  private static final String RENEWAL =
      "mvn -pl examples -am test -Dapi.update=true -Dtest=PublicSignaturesTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  static final List<String> MODULES = Modules.NAMES;

  @ParameterizedTest
  @FieldSource("MODULES")
  void thePublicSignaturesAreThoseInGit(String module) throws Exception {
    List<String> actual = SignatureListing.of(Modules.path(module));
    Path file =
        Path.of(System.getProperty("project.root")).resolve("docs/api").resolve(module + ".txt");

    if (Boolean.getBoolean("api.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual.stream().map(line -> line + "\n").collect(joining()));
    }
    if (!Files.exists(file)) {
      fail(file + " is missing. Write it by: " + RENEWAL);
    }
    List<String> expected = Files.readAllLines(file);
    if (!actual.equals(expected)) {
      fail(
          "the public signatures of "
              + module
              + " are not those of docs/api/"
              + module
              + ".txt:\n\n"
              + LineDiff.of(expected, actual)
              + "\nIf the change is meant, renew the listing and commit it: "
              + RENEWAL);
    }
  }
}
