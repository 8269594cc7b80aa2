package run.algo.sdk.kafka.internal.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A folder as Kubernetes mounts a secret: each file is a link into {@code ..data}, which is a link
 * to the folder of the present version, swapped in one step.
 */
final class MountedSecret {
  private final Path folder;
  private int version;

  MountedSecret(Path folder, Map<String, String> files) {
    this.folder = folder;
    update(files);
    try {
      for (String name : files.keySet()) {
        Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  void update(Map<String, String> files) {
    try {
      String next = "..version_" + ++version;
      Path versioned = Files.createDirectories(folder.resolve(next));
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(versioned.resolve(file.getKey()), file.getValue());
      }
      Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(next));
      Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
