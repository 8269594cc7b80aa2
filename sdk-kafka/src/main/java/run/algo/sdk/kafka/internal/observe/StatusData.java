package run.algo.sdk.kafka.internal.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import run.algo.sdk.kafka.internal.observe.view.PartitionView;
import run.algo.sdk.kafka.internal.observe.view.RunnerView;
import run.algo.sdk.kafka.internal.observe.view.Slow;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * Puts together what the status page shows, of counters, of the runner's latest view and of what
 * does not change. It holds no secret and no value of a record: settings come masked, exceptions
 * are told by their class. Thread-safe; all work is done for whoever asks.
 */
final class StatusData {

  private static final double MILLIS_PER_SECOND = 1000;

  private final StatusSource.Who who;
  private final StatusSource source;
  private final History history;
  private final InstantSource clock;
  private final Instant started;

  StatusData(StatusSource source, History history, InstantSource clock) {
    this.who = source.who();
    this.source = source;
    this.history = history;
    this.clock = clock;
    this.started = clock.instant();
  }

  Status read() {
    Instant now = clock.instant();
    // The counters first: what the view tells of them is older anyway.
    List<Status.Ledger> ledger = ledger();
    RunnerView view = source.view().get();
    List<String> notReady = source.notReady().get();
    String state = source.state().get();
    var ailment = source.health().ailment();
    OptionalDouble viewAge =
        view.equals(RunnerView.NONE)
            ? OptionalDouble.empty()
            : OptionalDouble.of(age(now, view.at()));
    int abandoned = source.counters().abandoned();
    Troubles troubles =
        new Troubles()
            .verdicts(ailment, notReady)
            .view(view, viewAge.orElse(0), !OVER.contains(state), notReady)
            .abandoned(abandoned)
            .outage(source.counters().outage());
    return new Status(
        now,
        runner(new Verdict(state, notReady.isEmpty(), ailment.isEmpty()), view, now, viewAge),
        troubles.list(),
        stages(ledger, view.executions().running()),
        history.read(),
        partitions(view),
        ledger,
        steps(),
        waiting(view),
        parked(view),
        deadLetters(ledger),
        new Status.Executions(
            view.executions().running(), view.executions().most(), abandoned, slowest(view)),
        resources(view),
        settings());
  }

  /** States in which nothing is told any more. */
  private static final List<String> OVER = List.of("CLOSING", "CLOSED", "FAILED");

  private record Verdict(String state, boolean ready, boolean healthy) {}

  private Status.Runner runner(
      Verdict verdict, RunnerView view, Instant now, OptionalDouble viewAge) {
    return new Status.Runner(
        who.name(),
        slashed(who.identity().deploymentOwner(), who.identity().deploymentName()),
        slashed(who.identity().pipelineOwner(), who.identity().pipelineName()),
        who.instance(),
        who.group(),
        who.sdk(),
        Runtime.version().toString(),
        verdict.state(),
        verdict.ready(),
        verdict.healthy(),
        view.assigned(),
        view.intake(),
        age(now, started),
        viewAge);
  }

  private static String slashed(String owner, String name) {
    return owner.isEmpty() && name.isEmpty() ? "" : owner + "/" + name;
  }

  /** Never less than nothing, however the time of day is set meanwhile. */
  private static double age(Instant now, Instant then) {
    return Math.max(0, Duration.between(then, now).toMillis() / MILLIS_PER_SECOND);
  }

  private List<Status.Ledger> ledger() {
    return source.counters().inputs().stream().map(StatusData::ledger).toList();
  }

  private static Status.Ledger ledger(InputCounters input) {
    InputCounters.Ledger ledger = input.ledger();
    return new Status.Ledger(
        input.input(),
        ledger.read(),
        ledger.inFlight(),
        of(ledger, Outcome.WRITTEN),
        of(ledger, Outcome.FILTERED),
        of(ledger, Outcome.RETRIED),
        of(ledger, Outcome.PARKED),
        of(ledger, Outcome.DEAD_LETTERED),
        of(ledger, Outcome.RELEASED),
        of(ledger, Outcome.SKIPPED));
  }

  private static long of(InputCounters.Ledger ledger, Outcome outcome) {
    return ledger.outcomes().getOrDefault(outcome, 0L);
  }

  /** All inputs together; whatever is in flight and not executed waits for that. */
  private static Status.Stages stages(List<Status.Ledger> ledger, int running) {
    long inFlight = ledger.stream().mapToLong(Status.Ledger::inFlight).sum();
    long executing = Math.min(running, inFlight);
    return new Status.Stages(
        ledger.stream().mapToLong(Status.Ledger::read).sum(),
        inFlight - executing,
        executing,
        ledger.stream().mapToLong(Status.Ledger::written).sum(),
        ledger.stream().mapToLong(Status.Ledger::filtered).sum(),
        ledger.stream().mapToLong(Status.Ledger::retried).sum(),
        ledger.stream().mapToLong(Status.Ledger::parked).sum(),
        ledger.stream().mapToLong(Status.Ledger::deadLettered).sum(),
        ledger.stream().mapToLong(Status.Ledger::released).sum(),
        ledger.stream().mapToLong(Status.Ledger::skipped).sum());
  }

  private static List<Status.Partition> partitions(RunnerView view) {
    Comparator<PartitionView> worst =
        Comparator.comparing(
            partition -> partition.state() != PartitionView.State.HALTED && !partition.stuck());
    return view.partitions().stream()
        .sorted(worst) // stable: by topic and number otherwise
        .map(
            partition ->
                new Status.Partition(
                    partition.input(),
                    partition.topic(),
                    partition.partition(),
                    partition.retries(),
                    partition.state().name().toLowerCase(Locale.ROOT),
                    partition.why(),
                    partition.stuck(),
                    offset(partition.position()),
                    offset(partition.committed()),
                    partition.lag(),
                    partition.lagSeconds(),
                    partition.inFlight(),
                    partition.bytes(),
                    partition.oldest().isPresent()
                        ? OptionalDouble.of(partition.oldest().get().seconds())
                        : OptionalDouble.empty(),
                    partition.waiting().records(),
                    partition.parked().keys()))
        .toList();
  }

  private static OptionalLong offset(long offset) {
    return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  private List<Status.Step> steps() {
    Map<Integer, Long> retried = new LinkedHashMap<>();
    source
        .counters()
        .retries()
        .forEach((attempt, records) -> retried.merge(attempt.step(), records.sum(), Long::sum));
    List<Status.Step> steps = new ArrayList<>();
    for (StatusSource.Step step : who.steps()) {
      Long records = retried.remove(step.index());
      steps.add(
          new Status.Step(
              step.index(),
              step.strategies(),
              step.backoff(),
              step.repeat(),
              records == null ? 0 : records));
    }
    retried.forEach((index, records) -> steps.add(new Status.Step(index, "", "", 0, records)));
    steps.sort(Comparator.comparingInt(Status.Step::step));
    return steps;
  }

  private static List<Status.Waiting> waiting(RunnerView view) {
    Map<String, Status.Waiting> topics = new LinkedHashMap<>();
    for (PartitionView partition : view.partitions()) {
      PartitionView.Waiting waiting = partition.waiting();
      if (waiting.records() > 0 || waiting.lateSeconds() > 0) {
        topics.merge(
            partition.topic(),
            new Status.Waiting(
                partition.topic(),
                partition.retries(),
                waiting.records(),
                waiting.nextDueSeconds(),
                waiting.lateSeconds()),
            (one, other) ->
                new Status.Waiting(
                    one.topic(),
                    one.retries(),
                    one.records() + other.records(),
                    Math.min(one.nextDue(), other.nextDue()),
                    Math.max(one.late(), other.late())));
      }
    }
    return List.copyOf(topics.values());
  }

  private static List<Status.Parked> parked(RunnerView view) {
    Map<String, Status.Parked> topics = new LinkedHashMap<>();
    for (PartitionView partition : view.partitions()) {
      PartitionView.Parked parked = partition.parked();
      if (parked.records() > 0) {
        topics.merge(
            partition.topic(),
            new Status.Parked(
                partition.topic(), parked.keys(), parked.records(), parked.oldestSeconds()),
            (one, other) ->
                new Status.Parked(
                    one.topic(),
                    one.keys() + other.keys(),
                    one.records() + other.records(),
                    Math.max(one.oldest(), other.oldest())));
      }
    }
    return List.copyOf(topics.values());
  }

  private Status.DeadLetters deadLetters(List<Status.Ledger> ledger) {
    Map<FailureReason, Long> reasons = new EnumMap<>(FailureReason.class);
    List<DeadLetterLog.Letter> latest = new ArrayList<>();
    for (InputCounters input : source.counters().inputs()) {
      input.deadLetters().reasons().forEach((r, records) -> reasons.merge(r, records, Long::sum));
      latest.addAll(input.deadLetters().latest());
    }
    return new Status.DeadLetters(
        ledger.stream().mapToLong(Status.Ledger::deadLettered).sum(),
        reasons.entrySet().stream()
            .map(entry -> new Status.Reason(entry.getKey().wireName(), entry.getValue()))
            .toList(),
        latest.stream()
            .sorted(Comparator.comparing(DeadLetterLog.Letter::at).reversed())
            .limit(DeadLetterLog.KEPT)
            .map(
                letter ->
                    new Status.Letter(
                        letter.at(),
                        letter.position().topic(),
                        letter.position().partition(),
                        letter.position().offset(),
                        letter.reason().wireName(),
                        letter.exception()))
            .toList());
  }

  private static List<Status.Execution> slowest(RunnerView view) {
    return view.executions().slowest().stream()
        .sorted(Comparator.comparingDouble(Slow::seconds).reversed())
        .map(
            slow ->
                new Status.Execution(
                    slow.topic(),
                    slow.partition(),
                    slow.offset(),
                    slow.traceId(),
                    slow.begun(),
                    slow.seconds(),
                    slow.thread(),
                    slow.stack()))
        .toList();
  }

  private Status.Resources resources(RunnerView view) {
    TransactionCounters transactions = source.counters().transactions();
    return new Status.Resources(
        view.memory().used(),
        view.memory().budget(),
        view.commits().confirmed(),
        view.commits().failed(),
        view.commits().ageSeconds(),
        transactions.commits(),
        transactions.aborts());
  }

  private List<Status.SettingValue> settings() {
    return who.settings().entrySet().stream()
        .map(entry -> new Status.SettingValue(entry.getKey(), entry.getValue()))
        .toList();
  }
}
