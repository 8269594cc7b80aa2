package run.algo.sdk.benchmarks.process;

import java.util.List;
import java.util.stream.Stream;
import run.algo.sdk.benchmarks.report.Part;

/** All sections of the report, in its order. */
final class Parts {

  static final List<Part> ALL =
      Stream.concat(
              Cells.ALL.stream(), Stream.of(new Startup(), new Recovery(), new InFlightMemory()))
          .toList();

  /** The names of the sections in the order of the page. */
  static final List<String> ORDER =
      Stream.concat(ALL.stream().map(Part::id), Stream.of(CompareLatency.ID)).distinct().toList();

  static final List<Part> QUICK = List.copyOf(Cells.QUICK);

  private Parts() {}
}
