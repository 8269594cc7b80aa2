package run.algo.sdk.kafka.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class InputDirectoryTest {

  @TempDir Path folder;

  private Path root() {
    return folder.resolve("input");
  }

  /** What a runner in a process of its own does. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      InputDirectory directory = new InputDirectory(Path.of(arguments[0]));
      Path made = directory.create();
      Files.writeString(directory.file(made, "größe.txt").path(), "left");
      Files.createSymbolicLink(made.resolve("link"), Path.of(arguments[1]));
      System.out.println(made.getParent());
      System.out.flush();
      switch (arguments[2]) {
        case "halt" -> Runtime.getRuntime().halt(1);
        case "close" -> directory.close();
        default -> {
          System.in.read(); // lives until it is told
          Runtime.getRuntime().halt(1);
        }
      }
    }
  }

  private Process child(String how, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            root().toString(),
            outside().toString(),
            how));
    return new ProcessBuilder(command).redirectError(new File(folder + "/err")).start();
  }

  private Path outside() throws IOException {
    Path outside = folder.resolve("outside");
    if (!Files.exists(outside)) {
      Files.createDirectory(outside);
      Files.writeString(outside.resolve("precious"), "stays");
    }
    return outside;
  }

  private static Path printed(Process process) throws IOException {
    String line = process.inputReader().readLine();
    assertThat(line).as("what the child prints").isNotNull();
    return Path.of(line);
  }

  private static void assertEnded(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  @Test
  void nothingIsMadeBeforeItIsNeededAndNothingIsLeft() throws Exception {
    try (InputDirectory directory = new InputDirectory(root())) {
      assertThat(root()).doesNotExist();
      Path one = directory.create();
      Path two = directory.create();
      assertThat(one).isNotEqualTo(two).isEmptyDirectory().isAbsolute();
      assertThat(one.getParent()).isEqualTo(two.getParent());
      assertThat(one.getParent().getParent()).isEqualTo(root());
      directory.remove(one);
      assertThat(one).doesNotExist();
      assertThat(two).exists();
    }
    assertThat(root()).isEmptyDirectory();
  }

  @Test
  void afterTheEndThereIsNone() throws Exception {
    InputDirectory directory = new InputDirectory(root());
    directory.create();
    directory.close();
    directory.close();
    assertThatThrownBy(directory::create).isInstanceOf(IllegalStateException.class);
    assertThat(root()).isEmptyDirectory();
  }

  @Test
  void aFileThatIsThereOrALinkIsNotWrittenTo() throws Exception {
    try (InputDirectory directory = new InputDirectory(root())) {
      Path made = directory.create();
      Files.createSymbolicLink(made.resolve("x"), outside().resolve("new"));
      Files.createSymbolicLink(made.resolve("y"), outside().resolve("precious"));
      for (String name : List.of("x", "y")) {
        assertThatThrownBy(() -> directory.file(made, name))
            .isInstanceOf(FileAlreadyExistsException.class);
      }
      assertThat(outside().resolve("new")).doesNotExist();
      assertThat(outside().resolve("precious")).hasContent("stays");
    }
  }

  @Test
  void linksAreRemovedAndNotFollowed() throws Exception {
    try (InputDirectory directory = new InputDirectory(root())) {
      Path made = directory.create();
      Files.createSymbolicLink(made.resolve("link"), outside());
      Files.createSymbolicLink(made.resolve("file"), outside().resolve("precious"));
      Path deep = Files.createDirectories(made.resolve("a/b"));
      Files.writeString(deep.resolve("c"), "x");
      directory.remove(made);
      assertThat(made).doesNotExist();
      assertThat(outside().resolve("precious")).hasContent("stays");
    }
  }

  @Test
  void whatAKilledProcessHasLeftGoesAndTheRestStays() throws Exception {
    Path foreign = Files.createDirectories(root().resolve(".algo-payloads-of-somebody"));
    Files.writeString(foreign.resolve("lock"), "");
    Files.writeString(root().resolve("own.txt"), "stays");
    String like = ".algo-payloads-1-1-00000000000000000000000000000000";
    Path linked = Files.createSymbolicLink(root().resolve(like), outside());
    Process killed = child("halt");
    Path left = printed(killed);
    assertEnded(killed);
    assertThat(left.resolve("lock")).exists();
    Process living = child("wait");
    Path inUse = printed(living); // has removed what was left
    assertThat(left).doesNotExist();
    assertThat(outside().resolve("precious")).hasContent("stays");
    try (InputDirectory directory = new InputDirectory(root())) {
      directory.create();
      assertThat(inUse.resolve("lock")).exists();
      living.getOutputStream().write('x');
      living.getOutputStream().flush();
      assertEnded(living);
      try (InputDirectory second = new InputDirectory(root())) {
        second.create();
        assertThat(inUse).doesNotExist();
      }
      assertThat(foreign).exists();
      assertThat(root().resolve("own.txt")).hasContent("stays");
      assertThat(linked).isSymbolicLink();
      assertThat(outside().resolve("precious")).hasContent("stays");
    }
  }

  @Test
  void aRunnerLeavesThoseOfItsOwnProcessTheirsAndTheirLocks() throws Exception {
    try (InputDirectory one = new InputDirectory(root());
        InputDirectory two = new InputDirectory(root())) {
      Path first = one.create();
      two.create();
      assertThat(first).exists();
      // Another process finds the first one's lock still held, though the second has looked.
      Process other = child("close");
      printed(other);
      assertEnded(other);
      assertThat(first).exists();
      assertThat(entries(root())).hasSize(2);
    }
    assertThat(root()).isEmptyDirectory();
  }

  @Test
  void aFolderThatWasJustMadeElsewhereIsNoneThatIsInUse() throws Exception {
    String name = ".algo-payloads-1-1-00000000000000000000000000000000";
    Path empty = Files.createDirectories(root().resolve(name));
    Path full = Files.createDirectories(root().resolve(name.replace("-1-1-", "-1-2-")));
    Files.writeString(full.resolve("x"), "without a lock it is none of ours");
    try (InputDirectory directory = new InputDirectory(root())) {
      directory.create();
      assertThat(empty).doesNotExist();
      assertThat(full.resolve("x")).exists();
    }
  }

  @Test
  void aFolderThatSomebodyCleansUpIsMadeAgain() throws Exception {
    try (InputDirectory directory = new InputDirectory(root())) {
      FileTrees.remove(directory.create().getParent());
      assertThat(directory.create()).isEmptyDirectory();
      assertThat(entries(root())).hasSize(1);
    }
  }

  @Test
  void aProcessThatKnowsOnlyAsciiMakesFilesOfAnyName() throws Exception {
    // As in a container without a locale, where such a name is no path.
    Process process = child("halt", "-Dsun.jnu.encoding=ANSI_X3.4-1968");
    Path left = printed(process);
    assertEnded(process);
    try (Stream<Path> files = Files.walk(left)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .anyMatch(name -> name.startsWith("gr") && name.endsWith("e.txt"));
    }
  }

  @Test
  void whereNothingCanBeMadeItSaysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    try (InputDirectory directory = new InputDirectory(file)) {
      assertThatThrownBy(directory::create).isInstanceOf(IOException.class);
    }
    assertThat(file).hasContent("x");
  }
}
