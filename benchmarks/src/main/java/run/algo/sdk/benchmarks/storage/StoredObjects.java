package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What the arms have left on the server, seen by a client that is none of theirs. */
final class StoredObjects implements AutoCloseable {

  private final S3Client client;

  StoredObjects(S3Address address) {
    client = RawClients.blocking(address, 4);
  }

  /** Digest of what is stored. */
  String sha256(String key) throws IOException {
    try (InputStream in = client.getObject(r -> r.bucket(S3Address.BUCKET).key(key))) {
      return Content.sha256(in);
    }
  }

  /** Removes all objects and unfinished uploads. */
  void removeAll() {
    for (MultipartUpload upload :
        client.listMultipartUploads(r -> r.bucket(S3Address.BUCKET)).uploads()) {
      client.abortMultipartUpload(
          r -> r.bucket(S3Address.BUCKET).key(upload.key()).uploadId(upload.uploadId()));
    }
    while (true) {
      List<S3Object> found = client.listObjectsV2(r -> r.bucket(S3Address.BUCKET)).contents();
      if (found.isEmpty()) {
        return;
      }
      List<ObjectIdentifier> keys =
          found.stream().map(o -> ObjectIdentifier.builder().key(o.key()).build()).toList();
      client.deleteObjects(r -> r.bucket(S3Address.BUCKET).delete(d -> d.objects(keys)));
    }
  }

  /** Removes a run's folder with all that is in it. */
  static void removeFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
