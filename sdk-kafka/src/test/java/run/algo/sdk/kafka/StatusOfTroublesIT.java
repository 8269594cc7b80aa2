package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.algo.sdk.kafka.internal.observe.Scrape;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A runner with something of every trouble tells it at its port, in the right numbers. */
class StatusOfTroublesIT {

  @TempDir Path folder;

  private TroubledRun run;
  private RunnerPort port;

  @BeforeEach
  void start() {
    run = new TroubledRun(folder);
    port = RunnerPort.of(run.runner);
  }

  @AfterEach
  void stop() {
    run.close();
  }

  private JsonNode status() {
    return JsonMapper.shared().readTree(port.get("/status.json").body());
  }

  private void awaitStatus(String what, Predicate<JsonNode> good) {
    await(what).atMost(Deployment.SOON).until(this::status, good);
  }

  private void awaitScrape(String what, Predicate<Scrape> good) {
    await(what).atMost(Deployment.SOON).until(port::scrape, good);
  }

  /** The row of a list whose field has this value. */
  private static JsonNode row(JsonNode list, String field, String value) {
    for (JsonNode row : list) {
      if (row.get(field).asString().equals(value)) {
        return row;
      }
    }
    return JsonMapper.shared().createObjectNode();
  }

  private JsonNode partition(JsonNode status, String topic) {
    return row(status.get("partitions"), "topic", topic);
  }

  /** All that comes of the records without anybody's doing. */
  private void awaitAll() {
    awaitStatus("orders", now -> ledger(now, "orders", "retried") == 3 && waits(now, "10m") == 3);
    awaitStatus(
        "events",
        now ->
            parked(now).path("records").asInt() == 4
                && parked(now).path("oldest").asDouble() > 0); // known from one look to the next
    awaitStatus(
        "bills",
        now -> partition(now, run.topics.get("bills")).path("state").asString("").equals("halted"));
    awaitStatus("jobs", now -> partition(now, run.topics.get("jobs")).path("stuck").asBoolean());
    awaitStatus("the stack", now -> hanging(now).path("stack").size() > 0);
    awaitStatus("files", now -> ledger(now, "files", "inFlight") == 0 && files(now) == 2);
    awaitStatus(
        "commits",
        now ->
            partition(now, run.topics.get("orders")).path("committed").asInt(-1) == 8
                && partition(now, run.topics.get("events")).path("committed").asInt(-1) == 6
                && partition(now, run.topics.get("files")).path("committed").asInt(-1) == 2
                && partition(now, run.topics.get("jobs")).path("committed").asInt(-1) == 1
                && partition(now, run.companion("orders", "10m")).path("lag").asInt(-1) == 3);
  }

  private static int files(JsonNode status) {
    return ledger(status, "files", "written") + ledger(status, "files", "deadLettered");
  }

  private static int ledger(JsonNode status, String input, String field) {
    return row(status.get("ledger"), "input", input).path(field).asInt(-1);
  }

  private int waits(JsonNode status, String backoff) {
    String input = backoff.equals(TroubledRun.SOON) ? "later" : "orders";
    return row(status.get("waiting"), "topic", run.companion(input, backoff))
        .path("records")
        .asInt();
  }

  private JsonNode parked(JsonNode status) {
    return row(status.get("parked"), "topic", run.topics.get("events"));
  }

  private JsonNode hanging(JsonNode status) {
    return row(status.at("/executions/slowest"), "topic", run.topics.get("jobs"));
  }

  @Test
  void theDataAndTheMetricsTellEachTrouble() {
    awaitAll();
    JsonNode now = status();

    assertLedger(now);
    assertWaitingAndParked(now);
    assertPartitions(now);
    assertExecutions(now);
    assertThat(now.at("/runner/state").asString()).isEqualTo("RUNNING");
    assertThat(now.at("/runner/name").asString()).isEqualTo("acme/mixed:1[0]");
    assertThat(now.at("/runner/healthy").asBoolean()).as("the grace is an hour").isTrue();
    assertThat(now.at("/runner/ready").asBoolean()).as("a partition is halted").isFalse();
    assertThat(now.at("/troubles").toString())
        .contains(run.topics.get("bills") + "-0 is halted at offset 0", run.topics.get("refused"))
        .contains(run.topics.get("jobs") + "-0 is stuck");
    assertThat(now.at("/resources/memory").asLong()).isPositive();
    assertThat(now.at("/resources/memoryBudget").asLong())
        .isGreaterThan(now.at("/resources/memory").asLong());
    assertThat(now.at("/resources/commits").asLong()).isPositive();
    assertThat(now.at("/resources/failedCommits").asLong()).isZero();

    assertMetrics(port.scrape());
  }

  private static void assertLedger(JsonNode now) {
    assertThat(ledger(now, "orders", "read")).as("three of them again").isEqualTo(8 + 3);
    assertThat(ledger(now, "orders", "inFlight")).isEqualTo(3);
    assertThat(ledger(now, "orders", "written")).isEqualTo(5);
    assertThat(ledger(now, "events", "read")).isEqualTo(6);
    assertThat(ledger(now, "events", "written")).isEqualTo(2);
    assertThat(ledger(now, "events", "parked")).isEqualTo(4);
    assertThat(ledger(now, "bills", "read")).isEqualTo(2);
    assertThat(ledger(now, "bills", "inFlight")).isEqualTo(2);
    assertThat(ledger(now, "jobs", "read")).isEqualTo(3);
    assertThat(ledger(now, "jobs", "written")).isEqualTo(1);
    assertThat(ledger(now, "jobs", "inFlight")).isEqualTo(2);
    assertThat(ledger(now, "files", "written")).isEqualTo(1);
    assertThat(ledger(now, "files", "deadLettered")).isEqualTo(1);
    assertThat(now.at("/stages/retried").asInt()).isEqualTo(3);
    assertThat(now.at("/stages/parked").asInt()).isEqualTo(4);
    assertThat(now.at("/deadLetters/reasons/0/reason").asString()).isEqualTo("storage");
  }

  private void assertWaitingAndParked(JsonNode now) {
    assertThat(now.get("steps").size()).isEqualTo(3);
    JsonNode first = row(now.get("steps"), "step", "1");
    assertThat(first.get("strategies").asString()).isEqualTo("RetryTopics");
    assertThat(first.get("backoff").asString()).isEqualTo("10m");
    assertThat(first.get("repeat").asInt()).isEqualTo(2);
    assertThat(first.get("retried").asInt()).isEqualTo(3);
    JsonNode second = row(now.get("steps"), "step", "2");
    assertThat(second.get("strategies").asString()).isEqualTo("StatefulOrdered");
    assertThat(second.get("backoff").asString()).isEqualTo("1h");
    JsonNode third = row(now.get("steps"), "step", "3");
    assertThat(third.get("retried").asInt()).isZero();

    JsonNode waiting = row(now.get("waiting"), "topic", run.companion("orders", "10m"));
    assertThat(waiting.get("records").asInt()).isEqualTo(3);
    assertThat(waiting.get("retries").asBoolean()).isTrue();
    assertThat(waiting.get("nextDue").asDouble()).isBetween(1.0, 600.0);
    assertThat(waiting.get("late").asDouble()).isZero();
    assertThat(parked(now).get("keys").asInt()).isEqualTo(2);
    assertThat(parked(now).get("oldest").asDouble()).isPositive();
  }

  private void assertPartitions(JsonNode now) {
    assertAt(partition(now, run.topics.get("orders")), 8, 8, 0, 0);
    assertAt(partition(now, run.topics.get("events")), 6, 6, 0, 0);
    assertThat(partition(now, run.topics.get("events")).get("parkedKeys").asInt()).isEqualTo(2);
    JsonNode retries = partition(now, run.companion("orders", "10m"));
    assertThat(retries.get("retries").asBoolean()).isTrue();
    assertThat(retries.get("input").asString()).isEqualTo("orders");
    assertThat(retries.get("waiting").asInt()).isEqualTo(3);
    assertThat(retries.get("inFlight").asInt()).isZero();
    assertThat(retries.get("lag").asInt()).as("nothing of it is settled").isEqualTo(3);

    JsonNode bills = partition(now, run.topics.get("bills"));
    assertThat(bills.get("why").asString())
        .startsWith("halted at offset 0: ")
        .contains(run.topics.get("refused"));
    assertThat(bills.get("lag").asInt()).isEqualTo(2);
    assertThat(bills.get("inFlight").asInt()).isEqualTo(2);
    assertThat(bills.get("committed").asInt(0)).isZero();

    JsonNode jobs = partition(now, run.topics.get("jobs"));
    assertAt(jobs, 3, 1, 2, 2);
    assertThat(jobs.get("state").asString()).isEqualTo("running");
    assertThat(jobs.get("lagSeconds").asDouble()).isPositive();
    assertThat(jobs.get("oldest").asDouble()).isPositive();
    assertThat(jobs.get("bytes").asLong()).isPositive();
    // What needs somebody comes first.
    assertThat(now.at("/partitions/0/topic").asString() + now.at("/partitions/1/topic").asString())
        .contains(run.topics.get("bills"), run.topics.get("jobs"));
  }

  private static void assertAt(
      JsonNode partition, int position, int committed, int lag, int inFlight) {
    String name = partition.get("topic").asString();
    assertThat(partition.get("position").asInt()).as(name).isEqualTo(position);
    assertThat(partition.get("committed").asInt(-1)).as(name).isEqualTo(committed);
    assertThat(partition.get("lag").asInt()).as(name).isEqualTo(lag);
    assertThat(partition.get("inFlight").asInt()).as(name).isEqualTo(inFlight);
  }

  private void assertExecutions(JsonNode now) {
    JsonNode hanging = hanging(now);
    assertThat(hanging.get("offset").asInt()).isEqualTo(1);
    assertThat(hanging.get("begun").asBoolean()).isTrue();
    assertThat(hanging.get("seconds").asDouble()).isGreaterThanOrEqualTo(1);
    assertThat(hanging.get("trace").asString()).hasSize(32);
    assertThat(hanging.get("thread").asString()).isNotEmpty();
    assertThat(hanging.get("stack").toString()).contains("TroubledRun$Hanging.run");
    assertThat(now.at("/executions/running").asInt()).isEqualTo(1);
    assertThat(now.at("/executions/most").asInt()).isEqualTo(4);
    assertThat(now.at("/stages/executing").asInt()).isEqualTo(1);
  }

  private void assertMetrics(Scrape now) {
    assertThat(now.value("algo_retry_waiting_records", "input", "orders")).isEqualTo(3);
    assertThat(now.value("algo_retry_waiting_records", "input", "events")).isZero();
    assertThat(now.value("algo_retry_late_seconds", "input", "orders")).isZero();
    assertThat(now.value("algorunner_retry_total", "step", "1", "repeat", "1")).isEqualTo(3);
    assertThat(now.value("algo_parked_keys", "input", "events")).isEqualTo(2);
    assertThat(now.value("algo_parked_records", "input", "events")).isEqualTo(4);
    assertThat(now.value("algo_parked_oldest_seconds", "input", "events")).isPositive();
    assertThat(now.value("algo_parked_records", "input", "orders")).isZero();
    assertThat(now.value("algo_partitions_halted", "input", "bills")).isEqualTo(1);
    assertThat(now.value("algo_partitions_halted", "input", "jobs")).isZero();
    assertThat(now.value("algo_partitions_stuck", "input", "jobs")).isEqualTo(1);
    assertThat(now.value("algo_partitions_assigned", "input", "orders"))
        .as("of its retry topics too")
        .isEqualTo(2);
    assertThat(now.value("algo_lag_records", "input", "jobs", "topic", run.topics.get("jobs")))
        .isEqualTo(2);
    assertThat(now.value("algo_oldest_in_flight_seconds", "input", "jobs")).isPositive();
    assertThat(now.value("algo_executions_running")).isEqualTo(1);
    assertThat(now.value("algo_memory_used_bytes")).isPositive();
    assertThat(now.value("algo_commits_total", "result", "confirmed")).isPositive();
    assertThat(now.value("algo_commits_total", "result", "failed")).isZero();
    assertThat(now.value("algo_commit_age_seconds")).isZero();
    assertThat(now.value("algo_rebalances_total", "event", "assigned")).isPositive();
    assertThat(now.value("algo_rebalances_total", "event", "lost")).isZero();
    String storage = "algo_storage_requests_total";
    assertThat(now.value(storage, "operation", "upload", "result", "ok")).isEqualTo(1);
    assertThat(now.value(storage, "operation", "upload", "result", "error")).isZero();
    assertThat(now.value(storage, "operation", "read", "result", "error")).isEqualTo(1);
    String took = "algo_storage_request_duration_seconds";
    assertThat(now.value(took + "_count", "operation", "upload")).isEqualTo(1);
    assertThat(now.value(took + "_sum", "operation", "upload")).isPositive();
    assertThat(now.value("algo_records_unaccounted", "input", "orders")).isZero();
    assertThat(now.value("algo_records_unaccounted", "input", "events")).isZero();
  }

  /** A runner that is paused executes nothing, so what becomes due is late. */
  @Test
  void whatIsDueAndNotExecutedIsLate() {
    run.failLater();
    awaitStatus("it waits", now -> waits(now, TroubledRun.SOON) == 1);
    run.runner.pause();

    awaitScrape("late", now -> now.value("algo_retry_late_seconds", "input", "later") > 0);
    JsonNode waiting =
        row(status().get("waiting"), "topic", run.companion("later", TroubledRun.SOON));
    assertThat(waiting.get("late").asDouble()).isPositive();
    assertThat(waiting.get("nextDue").asDouble()).isZero();

    run.runner.resume();
    awaitScrape(
        "executed",
        now ->
            now.value("algo_retry_late_seconds", "input", "later") == 0
                && now.value("algo_retry_waiting_records", "input", "later") == 0);
    awaitStatus("dead", now -> ledger(now, "later", "deadLettered") == 1);
  }
}
