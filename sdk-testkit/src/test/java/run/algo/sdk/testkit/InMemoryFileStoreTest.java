package run.algo.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.testkit.contract.FileStoreContract;

class InMemoryFileStoreTest extends FileStoreContract {

  @Override
  protected FileStore open() {
    return new InMemoryFileStore("minio:9000", "local.test");
  }

  @Test
  void aTestCanLookAtItsKeys() throws Exception {
    try (InMemoryFileStore store = new InMemoryFileStore("h", "b")) {
      store.write("b", new ByteArrayInputStream("1".getBytes(UTF_8)));
      FileReference a = store.write("a", new ByteArrayInputStream("2".getBytes(UTF_8)));

      assertThat(store.keys()).containsExactly("a", "b");
      store.delete(a);
      assertThat(store.keys()).containsExactly("b");
      assertThat(a.host() + a.bucket()).isEqualTo("hb");
    }
  }
}
