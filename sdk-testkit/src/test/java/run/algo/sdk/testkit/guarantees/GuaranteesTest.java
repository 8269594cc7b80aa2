package run.algo.sdk.testkit.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuaranteesTest {

  private static void assertBroken(Guarantee guarantee, String... told) {
    assertThatThrownBy(guarantee::verify)
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(told);
  }

  private static void assertKept(Guarantee guarantee) {
    assertThatCode(guarantee::verify).doesNotThrowAnyException();
  }

  @Test
  void lossIsFound() {
    NoLoss noLoss = new NoLoss();
    noLoss.seen("b");
    for (String id : List.of("a", "b", "c")) {
      noLoss.expected(id);
    }
    noLoss.seen("a");
    assertThat(noLoss.missing()).isEqualTo(1);
    assertBroken(noLoss, "broken 1 time", "3 expected, 2 seen", "never saw c");

    noLoss.seen("c");
    noLoss.seen("c");
    noLoss.seen("not expected");
    assertThat(noLoss.missing()).isZero();
    assertKept(noLoss);
  }

  @Test
  void onlyTheFirstViolationsAreNamed() {
    NoLoss noLoss = new NoLoss();
    IntStream.range(0, 1000).forEach(noLoss::expected);
    assertThatThrownBy(noLoss::verify)
        .hasMessageContainingAll("broken 1000 times", "never saw 0;", "never saw 9; ...")
        .hasMessageNotContaining("never saw 10");
  }

  @Test
  void duplicateIsFound() {
    NoDuplicates noDuplicates = new NoDuplicates();
    noDuplicates.seen("a");
    noDuplicates.seen("b");
    assertKept(noDuplicates);
    noDuplicates.seen("a");
    noDuplicates.seen("a");
    assertBroken(noDuplicates, "broken 1 time", "2 ids seen", "saw a 3 times");
  }

  @Test
  void overtakingIsFound() {
    OrderPerScope order = new OrderPerScope();
    for (int id = 1; id <= 4; id++) {
      order.expected("p0", id);
      order.expected("p1", id);
    }
    order.seen("p0", 1);
    order.seen("p1", 3);
    order.seen("p0", 2);
    order.seen("p0", 1);
    order.seen("p0", 4);
    assertKept(order);

    order.seen("p1", 2);
    assertBroken(order, "broken 1 time", "2 scopes, 6 sightings", "scope p1: saw 2 after 3");
  }

  @Test
  void idOfAnotherScopeIsFound() {
    OrderPerScope order = new OrderPerScope();
    order.expected("p0", 1);
    order.seen("p1", 1);
    assertBroken(order, "scope p1: saw 1, which was not expected there");
  }

  @Test
  void overlapIsFound() {
    NoOverlap noOverlap = new NoOverlap();
    noOverlap.started("k", 1);
    noOverlap.started("other", 2);
    noOverlap.ended("k", 1);
    noOverlap.started("k", 3);
    assertThat(noOverlap.mostAtOnce()).isEqualTo(2);
    assertKept(noOverlap);

    noOverlap.started("k", 4);
    noOverlap.ended("k", 4);
    noOverlap.ended("k", 3);
    assertBroken(noOverlap, "broken 1 time", "4 executions", "scope k: 4 started while [3] ran");
  }

  @Test
  void endWithoutStartIsFound() {
    NoOverlap noOverlap = new NoOverlap();
    noOverlap.ended("k", 1);
    assertBroken(noOverlap, "scope k: 1 ended without having started");
  }

  @Test
  void allBrokenOnesAreReported() {
    NoLoss noLoss = new NoLoss();
    NoDuplicates noDuplicates = new NoDuplicates();
    NoOverlap noOverlap = new NoOverlap();
    Guarantee.verifyAll(noLoss, noDuplicates, noOverlap);

    noLoss.expected("a");
    noDuplicates.seen("b");
    noDuplicates.seen("b");
    assertThatThrownBy(() -> Guarantee.verifyAll(noLoss, noDuplicates, noOverlap))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("No loss", "No duplicates")
        .hasMessageNotContaining("No overlap");
  }

  @Test
  void observationsOfManyThreadsAreCounted() throws Exception {
    int threads = 4;
    int each = 5_000;
    NoLoss noLoss = new NoLoss();
    NoDuplicates noDuplicates = new NoDuplicates();
    NoOverlap noOverlap = new NoOverlap();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks =
          IntStream.range(0, threads)
              .<Callable<Void>>mapToObj(
                  thread ->
                      () -> {
                        for (int i = 0; i < each; i++) {
                          int id = thread * each + i;
                          noOverlap.started(thread, id);
                          noLoss.expected(id);
                          noLoss.seen(id);
                          noDuplicates.seen(id);
                          noOverlap.ended(thread, id);
                        }
                        return null;
                      })
              .toList();
      for (var done : executor.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      executor.shutdownNow();
    }
    Guarantee.verifyAll(noLoss, noDuplicates, noOverlap);
    noLoss.expected("last");
    assertBroken(noLoss, threads * each + 1 + " expected, " + threads * each + " seen");
  }
}
