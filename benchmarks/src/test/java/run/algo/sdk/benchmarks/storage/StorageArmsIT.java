package run.algo.sdk.benchmarks.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.algo.sdk.testkit.s3.EmbeddedS3;
import run.algo.sdk.testkit.s3.S3RequestKind;

/** Every arm stores and reads what it is to, with a few objects: else a figure says nothing. */
class StorageArmsIT {

  private static final EmbeddedS3 S3 = EmbeddedS3.start();
  private static final S3Address ADDRESS =
      new S3Address(S3.endpoint(), S3.credentials().orElseThrow());

  @BeforeAll
  static void createTheBucket() {
    S3.createBucket(S3Address.BUCKET);
  }

  @AfterAll
  static void stop() {
    S3.close();
  }

  @ParameterizedTest
  @EnumSource(StorageArm.class)
  void anArmStoresAndReads(StorageArm arm, @TempDir Path folder) throws Exception {
    RunResult result;
    try (StoredObjects stored = new StoredObjects(ADDRESS)) {
      if (arm.cell() == Cell.SMALL) {
        SmallJob job = SmallJob.of("small/" + arm.label(), 5, 300, 3);
        result = SmallMain.run(arm, ADDRESS, job, 1, 2);
        assertThat(result.write().units()).isEqualTo(10);
        for (int number = 0; number < 5; number++) {
          assertThat(stored.sha256(job.key(2, number)))
              .isEqualTo(Content.sha256(new java.io.ByteArrayInputStream(job.content(number))));
        }
      } else {
        // Two parts and a bit.
        Content content = new Content((17 << 20) + 3);
        result =
            LargeMain.run(arm, ADDRESS, "large/" + arm.label(), content, new Content(9), folder, 5);
        assertThat(result.read().units()).isEqualTo(content.size());
        assertThat(stored.sha256("large/" + arm.label())).isEqualTo(content.sha256());
        assertThat(result.write().peaks().heap()).isPositive();
        assertThat(result.write().peaks().live()).isPositive();
        assertThat(folder).isEmptyDirectory();
      }
      assertThat(result.write().perSecond()).isPositive();
      assertThat(result.read().perSecond()).isPositive();
      assertThat(RunResult.find("a log line\n" + result.lines())).isEqualTo(result);
      stored.removeAll();
    }
  }

  @Test
  void theLargeArmsSendParts() throws Exception {
    long before = S3.requests(S3RequestKind.UPLOAD_PART);
    try (LargeClient client = LargeClient.open(StorageArm.STORE_STREAM, ADDRESS)) {
      client.write("large/parts", new Content(17 << 20));
    }
    assertThat(S3.requests(S3RequestKind.UPLOAD_PART) - before).isEqualTo(3);
  }

  @Test
  void anAddressTravelsInWords() {
    assertThat(S3Address.of(ADDRESS.words())).isEqualTo(ADDRESS);
    assertThat(ADDRESS.endpoint())
        .isEqualTo(URI.create("http://127.0.0.1:" + S3.endpoint().getPort()));
  }
}
