package run.algo.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingStore;
import run.algo.sdk.testkit.contract.ParkingStoreContract;

class InMemoryParkingStoreTest extends ParkingStoreContract<CompletableFuture<Long>> {

  @Override
  protected ParkingStore<CompletableFuture<Long>> open() {
    return new InMemoryParkingStore<>(CompletableFuture::complete);
  }

  @Override
  protected CompletableFuture<Long> write() {
    return new CompletableFuture<>();
  }

  @Override
  protected long awaitDurable(CompletableFuture<Long> write) throws Exception {
    return write.get(1, TimeUnit.MINUTES);
  }

  @Test
  void aTestCanLookAtItsRecords() {
    List<String> writes = new ArrayList<>();
    InMemoryParkingStore<String> store =
        new InMemoryParkingStore<>((write, place) -> writes.add(write + " at " + place));
    ParkedRecord record = record(3, 8);
    store.put(record(3, 7), "first");
    store.put(record, "second");
    store.remove(new ParkedId(3, 7), "third");

    assertThat(writes).containsExactly("first at 0", "second at 1", "third at 2");
    assertThat(store.records(3)).hasSize(1).containsEntry(8L, record);
    assertThat(store.records(4)).isEmpty();
  }

  private static ParkedRecord record(int partition, long offset) {
    return new ParkedRecord(
        new ParkedId(partition, offset),
        1,
        "key".getBytes(UTF_8),
        null,
        RecordHeaders.of(),
        ParkedTry.BEHIND);
  }
}
