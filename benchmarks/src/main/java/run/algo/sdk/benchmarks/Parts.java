package run.algo.sdk.benchmarks;

import java.util.List;
import java.util.stream.Stream;
import run.algo.sdk.benchmarks.process.Cells;
import run.algo.sdk.benchmarks.process.InFlightMemory;
import run.algo.sdk.benchmarks.process.Latency;
import run.algo.sdk.benchmarks.process.Recovery;
import run.algo.sdk.benchmarks.process.Startup;
import run.algo.sdk.benchmarks.report.Part;
import run.algo.sdk.benchmarks.storage.StorageParts;
import run.algo.sdk.kafka.internal.engine.RetryLateness;

/** All sections of the report, in its order. */
final class Parts {

  static final List<Part> ALL =
      Stream.of(
              Cells.all(),
              List.of(
                  new Latency(),
                  new Startup(),
                  new Recovery(),
                  new InFlightMemory(),
                  new RetryLateness()),
              StorageParts.all())
          .<Part>flatMap(List::stream)
          .toList();

  /** The names of the sections in the order of the page. */
  static final List<String> ORDER = ALL.stream().map(Part::id).toList();

  static final List<Part> QUICK = Cells.quick();

  private Parts() {}
}
