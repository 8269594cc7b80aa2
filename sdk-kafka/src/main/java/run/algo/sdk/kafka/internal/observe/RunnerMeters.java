package run.algo.sdk.kafka.internal.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The runner's counters as meters in a registry of the author's, whatever it exports to. They read
 * the same counters as the port, so a record costs nothing more for it.
 */
final class RunnerMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();

  RunnerMeters(MeterRegistry registry, RunnerCounters counters, Tags tags) {
    this.registry = registry;
    timer("algorunner.run.duration", tags, counters, InputCounters::runDurations);
    timer("algorunner.algo.duration", tags, counters, InputCounters::algoDurations);
    counters.inputs().forEach(input -> input(input, tags.and("input", input.input())));
    counters.outputs().forEach(output -> output(output, tags.and("output", output.output())));
    retries("algorunner.msg.bytes.output", counters, tags);
    retries("algorunner.data.bytes.output", counters, tags);
    meters.add(
        FunctionCounter.builder(
                "algorunner.dlq", counters, all -> all.settled(Outcome.DEAD_LETTERED))
            .tags(tags)
            .register(registry));
    errors("algorunner.algo.error", tags, counters, RunnerCounters::algoErrors);
    errors("algorunner.runner.error", tags, counters, RunnerCounters::runnerErrors);
    meters.add(
        Gauge.builder("algo.executions.abandoned", counters, RunnerCounters::abandoned)
            .tags(tags)
            .register(registry));
    transactions(counters.transactions(), tags);
  }

  private void errors(
      String name, Tags tags, RunnerCounters counters, ToDoubleFunction<RunnerCounters> errors) {
    meters.add(FunctionCounter.builder(name, counters, errors).tags(tags).register(registry));
  }

  private void transactions(TransactionCounters counters, Tags tags) {
    meters.add(
        FunctionCounter.builder("algo.transactions", counters, TransactionCounters::commits)
            .tags(tags.and("result", "committed"))
            .register(registry));
    meters.add(
        FunctionCounter.builder("algo.transactions", counters, TransactionCounters::aborts)
            .tags(tags.and("result", "aborted"))
            .register(registry));
    meters.add(
        FunctionCounter.builder(
                "algo.producers.replaced", counters, TransactionCounters::replacements)
            .tags(tags)
            .register(registry));
  }

  private void timer(
      String name,
      Tags tags,
      RunnerCounters counters,
      Function<InputCounters, DurationHistogram> part) {
    meters.add(
        FunctionTimer.builder(
                name,
                counters,
                all -> all.inputs().stream().map(part).mapToLong(DurationHistogram::count).sum(),
                all ->
                    all.inputs().stream()
                        .map(part)
                        .mapToDouble(DurationHistogram::sumSeconds)
                        .sum(),
                TimeUnit.SECONDS)
            .tags(tags)
            .register(registry));
  }

  private void input(InputCounters input, Tags tags) {
    bytes("algorunner.msg.bytes.input", input.ok(), ByteCounters::messages, tags, "ok");
    bytes("algorunner.msg.bytes.input", input.failed(), ByteCounters::messages, tags, "error");
    bytes("algorunner.data.bytes.input", input.ok(), ByteCounters::data, tags, "ok");
    bytes("algorunner.data.bytes.input", input.failed(), ByteCounters::data, tags, "error");
    meters.add(
        FunctionCounter.builder("algo.records.read", input, InputCounters::read)
            .tags(tags)
            .register(registry));
    for (Outcome outcome : Outcome.values()) {
      meters.add(
          FunctionCounter.builder("algo.records", input, counters -> counters.settled(outcome))
              .tags(tags.and("outcome", RunnerCollector.label(outcome)))
              .register(registry));
    }
    meters.add(
        Gauge.builder("algo.records.in.flight", input, counters -> counters.ledger().inFlight())
            .tags(tags)
            .register(registry));
  }

  private void output(OutputCounters output, Tags tags) {
    bytes("algorunner.msg.bytes.output", output.written(), ByteCounters::messages, tags, "ok");
    bytes("algorunner.data.bytes.output", output.written(), ByteCounters::data, tags, "ok");
  }

  private void retries(String name, RunnerCounters counters, Tags tags) {
    meters.add(
        FunctionCounter.builder(name, counters, RunnerCounters::retryBytes)
            .tags(tags.and("output", "", "status", "retry"))
            .register(registry));
  }

  private void bytes(
      String name,
      ByteCounters counters,
      ToDoubleFunction<ByteCounters> bytes,
      Tags tags,
      String status) {
    meters.add(
        FunctionCounter.builder(name, counters, bytes)
            .tags(tags.and("status", status))
            .register(registry));
  }

  /** Takes the meters out of the registry, which stays open. */
  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
