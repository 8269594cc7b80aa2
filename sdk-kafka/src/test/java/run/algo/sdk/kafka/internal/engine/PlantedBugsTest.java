package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the simulation would find bugs: each of these, planted, is found, and for what it is. */
class PlantedBugsTest {

  /** So many schedules at most; {@link SimulationTest} runs many times as many. */
  private static final int SCHEDULES = 1000;

  @BeforeAll
  static void silence() {
    SimulationTest.silence();
  }

  @AfterAll
  static void speakAgain() {
    SimulationTest.speakAgain();
  }

  @ParameterizedTest
  @CsvSource({
    "COMMIT_OF_THE_POSITION, past what has no outcome",
    "SETTLED_BEFORE_THE_ACKNOWLEDGEMENT, without being so",
    "LOST_COMPLETION, does not come to its end",
    "LOSS_IGNORED, of another's",
    "LATE_COMPLETION_REACHES_THE_NEXT_ASSIGNMENT, the ledger of",
    "LATE_COMPLETION_COUNTED, the ledger of",
    "HAND_OVER_OUT_OF_ORDER, 'out of order, after'",
    "OVERLAP, overlaps with",
    "SCOPE_LET_GO_EARLY, overlaps with",
    "BYTES_UNBOUNDED, reads beyond its bytes",
    "RECORDS_UNBOUNDED, in flight are",
    "CONCURRENCY_EXCEEDED, executions at once are",
    "METADATA_NAMES_AN_UNSETTLED_RECORD, metadata names what has no outcome",
    "METADATA_IGNORED, the ledger of",
    "DEADLINES_FORGOTTEN, does not come to its end",
    "LATE_RESULT_WRITTEN, output after its deadline",
    "ABANDONED_ENDS_TWICE, settled FILTERED after",
    "COMMIT_WITHOUT_OFFSETS, seen without its offset",
    "COMMIT_OUT_OF_TURN, committed without its result",
    "TAKEN_AGAIN_WHILE_UNDECIDED, is seen twice",
    "ABORT_FORGETS_TO_UNTAKE, committed without its result",
    "OUTPUT_OUTSIDE_THE_TRANSACTION, seen without its offset",
    "FENCING_FORGOTTEN, is seen twice",
    "UNANSWERED_COMMIT_TAKEN_FOR_FAILED, is seen twice",
    "UNSTABLE_OFFSETS_READ, is seen twice",
    "COMMIT_NOT_CUT, divides",
    "METADATA_FORGETS_THE_LAST, divides",
    "HELD_EXECUTED_BY_ITSELF, 'held, and executed by itself'",
    "TRIGGER_FORGETS_ONE, not all of",
    "DELAYED_FORGOTTEN, does not come to its end",
    "OVERTAKEN_WHILE_WAITING, 'waits, which is ahead of it'",
    "TRY_NOT_COUNTED, attempt 1 instead of",
    "WAIT_CUT_SHORT, begun before it has waited",
    "RETRIED_FOR_EVER, executed again without a reason",
    "NEVER_GIVEN_UP, does not come to its end",
    "FORGOTTEN_TOO_EARLY, forgotten without an outcome",
    "PARKED_KEY_IGNORED, of its key",
    "PARKED_WHEN_SENT, settled PARKED without being so",
    "FOLLOWER_NOT_HELD_UP, of its key",
    "RESTORE_FORGETS_THE_LAST, does not come to its end",
    "DORMANT_NOT_KEPT_BACK, sent after",
    "NO_DRAIN, given back before its end"
  })
  void isFound(Plant plant, String asWhat) {
    long seed = 0;
    String found = null;
    while (found == null && seed < SCHEDULES) {
      found = sought(new SimWorld(new Schedule(seed++), plant, null).run(), asWhat);
    }
    assertThat(found).as("%s within %d schedules", plant, seed).isNotNull();
  }

  /** A bug may show in other ways as well. */
  private static @Nullable String sought(@Nullable String violation, String asWhat) {
    return violation != null && violation.contains(asWhat) ? violation : null;
  }
}
