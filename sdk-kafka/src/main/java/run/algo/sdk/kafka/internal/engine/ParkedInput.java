package run.algo.sdk.kafka.internal.engine;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import run.algo.sdk.kafka.internal.parking.ParkingReader;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.ParkingStore;

/**
 * How the records of one input topic are parked.
 *
 * @param ordered whether the records of a key keep their order
 * @param most most parked records, of all partitions of the runner together
 * @param index makes the index of a partition
 * @param store makes the store, for what reads it
 */
public record ParkedInput(
    boolean ordered,
    long most,
    Supplier<ParkingIndex> index,
    Function<ParkingReader, ParkingStore<Consumer<ProducerRecord<byte[], byte[]>>>> store) {}
