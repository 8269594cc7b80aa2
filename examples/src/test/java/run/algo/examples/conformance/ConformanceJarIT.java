package run.algo.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the jar holds. */
class ConformanceJarIT {

  @Test
  void holdsWhatItNeedsAndNoBroker() throws IOException {
    try (JarFile jar = new JarFile(AlgoProcess.JAR.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names)
          .contains(
              "run/algo/sdk/kafka/AlgoRunner.class",
              "run/algo/sdk/retry/StepRetryPolicy.class",
              "META-INF/services/run.algo.sdk.spi.RetryPolicyProvider",
              "run/algo/sdk/storage/S3FileStoreProvider.class",
              "META-INF/services/run.algo.sdk.spi.FileStoreProvider",
              "software/amazon/awssdk/services/s3/S3Client.class",
              "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
              "logback.xml",
              "META-INF/LICENSE");
      assertThat(names).doesNotHaveDuplicates();
      assertThat(names)
          .noneMatch(name -> name.startsWith("scala/"))
          .noneMatch(name -> name.startsWith("org/gaul/"))
          .noneMatch(name -> name.contains("org/eclipse/jetty"))
          .noneMatch(name -> name.startsWith("com/google/common/"))
          .noneMatch(name -> name.startsWith("tools/jackson/dataformat/"))
          .noneMatch(name -> name.startsWith("com/ctc/wstx/"))
          .noneMatch(name -> name.startsWith("kafka/server/"))
          .noneMatch(name -> name.startsWith("org/apache/kafka/controller/"))
          .noneMatch(name -> name.startsWith("com/fasterxml/jackson/databind/"))
          .noneMatch(name -> name.startsWith("run/algo/sdk/testkit/"))
          .noneMatch(name -> name.startsWith("run/algo/examples/quickstart/"))
          .noneMatch(name -> name.startsWith("run/algo/examples/imageresize/"))
          .noneMatch(name -> name.endsWith("module-info.class"))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
      assertThat(manifest.getValue("Main-Class")).isEqualTo(ConformanceMain.class.getName());
    }
  }
}
