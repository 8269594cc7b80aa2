package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.testkit.guarantees.Guarantee;
import run.algo.sdk.testkit.kafka.EmbeddedKafka;
import run.algo.sdk.testkit.kafka.WithEmbeddedKafka;

/** Start, pause, resume, drain, close, and all of it again. */
@WithEmbeddedKafka
@Tag("core")
class LifeCycleIT {

  private static final Duration SOON = Deployment.SOON;

  private final EmbeddedKafka kafka;

  LifeCycleIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /** Writes where each record stood. */
  static final class Echo implements Algo<String, String> {
    @Override
    public String run(String text, AlgoContext context) {
      return Deployment.id(context.position());
    }
  }

  private static AlgoRunnerBuilder builder(Deployment deployment, Algo<?, ?> algo) {
    return AlgoRunner.builder(algo)
        .environment(deployment.environment())
        .set("ALGO_METRICS_ADDRESS", "127.0.0.1")
        .metricsPort(0);
  }

  private static void awaitState(AlgoRunner runner, RunnerState state) {
    await(state.name()).atMost(SOON).until(() -> runner.state() == state);
  }

  /** Before the end of the try statement that would close it, which javac warns of. */
  private static void end(AlgoRunner runner) {
    runner.close();
  }

  /** What a process holds that a runner could leave behind. */
  private record Holdings(Set<String> threads, Set<String> beans, long sockets, Set<Path> files) {

    static Holdings now() {
      return new Holdings(findThreads(), findBeans(), countSockets(), findFiles());
    }

    private static Set<String> findThreads() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.startsWith("algo-") || name.contains("algorun-test"))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> findBeans() {
      try {
        Set<String> names = new TreeSet<>();
        for (String domain : List.of("kafka.consumer", "kafka.producer", "kafka.admin.client")) {
          ManagementFactory.getPlatformMBeanServer()
              .queryNames(new ObjectName(domain + ":*"), null)
              .forEach(name -> names.add(name.toString()));
        }
        return names;
      } catch (MalformedObjectNameException e) {
        throw new AssertionError(e);
      }
    }

    private static long countSockets() {
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return descriptors.filter(Holdings::isSocket).count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static boolean isSocket(Path descriptor) {
      try {
        return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
      } catch (IOException e) {
        return false; // it was closed meanwhile
      }
    }

    private static Set<Path> findFiles() {
      try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        return files
            .filter(file -> !file.getFileName().toString().startsWith("hsperfdata"))
            .filter(file -> file.getFileName().toString().contains("algo"))
            .collect(Collectors.toCollection(TreeSet::new));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void runnersOfOneProcessEndWithoutATraceHoweverOftenTheyAreStarted() throws Exception {
    List<Deployment> deployments = new ArrayList<>();
    List<AlgoRunner> runners = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deployments.add(new Deployment(kafka, 2));
    }
    for (Deployment deployment : deployments) { // what the probe itself opens
      deployment.fill(1);
      assertThat(deployment.outputs() + deployment.committed()).isZero();
    }
    await("no runner's threads before")
        .atMost(SOON)
        .until(() -> Holdings.now().threads().isEmpty());
    Holdings before = Holdings.now();
    for (Deployment deployment : deployments) {
      runners.add(builder(deployment, new Echo()).build());
    }
    for (int round = 1; round <= 2; round++) {
      for (AlgoRunner runner : runners) {
        runner.start();
      }
      for (int i = 0; i < runners.size(); i++) {
        Deployment deployment = deployments.get(i);
        AlgoRunner runner = runners.get(i);
        Deployment.awaitReady(runner);
        assertThat(runner.metricsPort()).isPresent();
        deployment.fill(10);
        deployment.awaitAllCommitted();
        runner.pause();
        awaitState(runner, RunnerState.PAUSED);
        deployment.fill(10);
        assertThat(runner.notReady()).containsExactly("the runner is PAUSED");
        runner.resume();
        deployment.awaitAllCommitted();
        assertThat(runner.drain(SOON)).isTrue();
        awaitState(runner, RunnerState.PAUSED);
      }
      assertThat(Holdings.now().threads()).as("threads while they run").isNotEmpty();
      assertThat(Holdings.now().beans()).as("beans while they run").isNotEqualTo(before.beans());
      assertThat(Holdings.now().sockets()).as("sockets").isGreaterThan(before.sockets());
      runners.forEach(AlgoRunner::close);
      assertThat(runners).allMatch(runner -> runner.state() == RunnerState.CLOSED);
      assertThat(runners).allMatch(runner -> runner.metricsPort().isEmpty());
      assertThat(Holdings.now().beans()).as("beans").isEqualTo(before.beans());
      await("threads").atMost(SOON).until(() -> Holdings.now().threads().isEmpty());
      await("sockets").atMost(SOON).until(() -> Holdings.now().sockets() <= before.sockets());
      // Another process may have removed one of its own meanwhile.
      assertThat(before.files()).as("files").containsAll(Holdings.now().files());
    }
    for (Deployment deployment : deployments) {
      Deployment.Judgement judgement = deployment.judge();
      Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
    }
  }

  @Test
  void pausedRunnersExecuteNothingThroughARebalanceAndADrainLeavesNothingToRepeat()
      throws Exception {
    Deployment deployment = new Deployment(kafka, 4);
    List<RunnerState> states = Collections.synchronizedList(new ArrayList<>());
    try (AlgoRunner first = builder(deployment, new Echo()).onState(states::add).build();
        AlgoRunner second = builder(deployment, new Echo()).build()) {
      first.start();
      first.pause(); // before it has joined
      awaitState(first, RunnerState.PAUSED);
      deployment.fill(20);
      second.start();
      second.pause();
      awaitState(second, RunnerState.PAUSED);
      end(second); // its partitions come back
      assertThat(first.drain(SOON)).as("nothing was read").isTrue();
      assertThat(deployment.outputs()).isZero();
      assertThat(deployment.probe.committedOffsets(deployment.group)).isEmpty();
      first.resume();
      awaitState(first, RunnerState.RUNNING);
      deployment.fill(1000);
      deployment.awaitOutputs(100);
      assertThat(first.drain(SOON)).isTrue();
      long outputs = deployment.outputs();
      assertThat(deployment.committed()).as("drained is committed").isEqualTo(outputs);
      first.resume();
      deployment.awaitAllCommitted();
    }
    assertThat(states)
        .startsWith(RunnerState.STARTING, RunnerState.PAUSED)
        .contains(RunnerState.RUNNING)
        .endsWith(RunnerState.CLOSING, RunnerState.CLOSED);
    Deployment.Judgement judgement = deployment.judge();
    Guarantee.verifyAll(judgement.loss, judgement.order, judgement.duplicates);
  }

  @Test
  void aDrainIsFalseAtItsTimeoutAndWhenTheRunnerCloses() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Algo<String, String> slow =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) throws InterruptedException {
            begun.countDown();
            release.await();
            return Deployment.id(context.position());
          }
        };
    try (AlgoRunner runner = builder(deployment, slow).build()) {
      runner.start();
      deployment.fill(1);
      begun.await();
      assertThat(runner.drain(Duration.ofMillis(200))).isFalse();
      assertThat(runner.state()).isEqualTo(RunnerState.DRAINING);
      release.countDown();
      awaitState(runner, RunnerState.PAUSED);
      assertThat(deployment.committed()).isEqualTo(1);
    }
  }

  @Test
  void whatIsOutOfTurnIsRefusedWithWhatToDo() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    AlgoRunner runner = builder(deployment, new Echo()).build();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(runner::pause)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("start it first");
      assertThatThrownBy(runner::resume).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> runner.drain(SOON)).isInstanceOf(IllegalStateException.class);
      runner.close(); // of one that never ran
    }
    runner.start();
    assertThatThrownBy(runner::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("close it before");
    runner.close();
    assertThat(runner.state()).isEqualTo(RunnerState.CLOSED);
  }

  @Test
  void oneThatHasFailedMayBeStartedAgain() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    try (AlgoRunner owner = builder(deployment, new Echo()).build()) {
      owner.start();
      int port = owner.metricsPort().orElseThrow();
      try (AlgoRunner runner = builder(deployment, new Echo()).metricsPort(port).build()) {
        assertThatThrownBy(runner::start).isInstanceOf(AlgoConfigurationException.class);
        assertThat(runner.state()).isEqualTo(RunnerState.FAILED);
        assertThat(runner.failure()).isPresent();
        end(owner);
        runner.start();
        Deployment.awaitReady(runner);
        assertThat(runner.failure()).isEmpty();
        deployment.fill(5);
        deployment.awaitAllCommitted();
      }
    }
  }

  @Test
  void aStateListenerMayCloseAndStartAgain() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    AlgoRunner[] self = new AlgoRunner[1];
    List<RunnerState> states = Collections.synchronizedList(new ArrayList<>());
    AlgoRunner runner =
        builder(deployment, new Echo())
            .onState(
                state -> {
                  states.add(state);
                  boolean first = Collections.frequency(states, RunnerState.CLOSED) < 2;
                  if (state == RunnerState.RUNNING && first) {
                    self[0].close();
                  } else if (state == RunnerState.CLOSED && first) {
                    self[0].start();
                  }
                })
            .build();
    self[0] = runner;
    runner.start();
    await().atMost(SOON).until(() -> Collections.frequency(states, RunnerState.CLOSED) == 2);
    runner.awaitEnd();
    assertThat(states.subList(0, 4))
        .containsExactly(
            RunnerState.STARTING, RunnerState.RUNNING, RunnerState.CLOSING, RunnerState.CLOSED);
    assertThat(runner.metricsPort()).isEmpty();
  }

  @Test
  void anAuthorsRegistryKeepsNoMetersOfAFormerLife() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    SimpleMeterRegistry mine = new SimpleMeterRegistry();
    mine.counter("mine");
    MeterRegistry composite = new CompositeMeterRegistry().add(mine);
    for (MeterRegistry registry : List.of(mine, composite)) {
      try (AlgoRunner runner = builder(deployment, new Echo()).meterRegistry(registry).build()) {
        for (int life = 1; life <= 2; life++) {
          runner.start();
          Deployment.awaitReady(runner);
          deployment.fill(3);
          deployment.awaitAllCommitted();
          await().atMost(SOON).until(() -> read(mine) == 3); // of this life alone
          assertThat(names(mine)).anyMatch(name -> name.startsWith("kafka."));
          end(runner);
          assertThat(names(mine)).containsExactly("mine");
        }
      }
    }
  }

  private static double read(MeterRegistry registry) {
    return registry.find("algo.records.read").functionCounters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static Set<String> names(MeterRegistry registry) {
    return registry.getMeters().stream()
        .map(meter -> meter.getId().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whatever the Algo does, the runner ends; the thread is named in the log. */
  @Test
  void anAlgoThatIgnoresItsInterruptDoesNotHoldUpTheClose() throws Exception {
    Deployment deployment = new Deployment(kafka, 1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Algo<String, String> stubborn =
        new Algo<>() {
          @Override
          public String run(String text, AlgoContext context) {
            begun.countDown();
            while (true) {
              try {
                release.await();
                return Deployment.id(context.position());
              } catch (InterruptedException e) {
                // it does not listen
              }
            }
          }
        };
    AlgoRunner runner =
        builder(deployment, stubborn).shutdownTimeout(Duration.ofMillis(100)).build();
    runner.start();
    deployment.fill(1);
    begun.await();
    runner.close();
    assertThat(runner.state()).isEqualTo(RunnerState.CLOSED);
    assertThat(Holdings.now().threads()).anyMatch(name -> name.startsWith("algo-worker-"));
    release.countDown();
    await().atMost(SOON).until(() -> Holdings.now().threads().isEmpty());
    assertThat(deployment.outputs()).as("late results have no effect").isZero();
  }
}
