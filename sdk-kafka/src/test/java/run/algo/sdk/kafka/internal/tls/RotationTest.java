package run.algo.sdk.kafka.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RotationTest {
  private static final TestPki CA = TestPki.authority("ca");
  private static final KeyPair SERVER_KEYS = TestPki.ec("secp256r1");
  private static final SSLContext SERVER =
      TestPki.server(SERVER_KEYS, CA.issue("broker", SERVER_KEYS, "a.b"), CA.certificate);
  private static final KeyPair OLD_KEYS = TestPki.ec("secp256r1");
  private static final KeyPair NEW_KEYS = TestPki.rsa();

  @TempDir Path folder;
  // Near the overflow, as nanoTime may start anywhere.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1));
  private final PemSslEngineFactory factory = new PemSslEngineFactory(clock::get);
  private final X509Certificate oldCertificate = CA.issue("old", OLD_KEYS);
  private final X509Certificate newCertificate = CA.issue("new", NEW_KEYS);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private MountedSecret secret;

  @BeforeEach
  void mount() {
    logged.start();
    logger().addAppender(logged);
    secret = new MountedSecret(folder, secret(CA, oldCertificate, TestPki.sec1(OLD_KEYS)));
    factory.configure(
        Map.of(
            PemSslEngineFactory.CA_LOCATION, secret.file("ca.crt").toString(),
            PemSslEngineFactory.CERTIFICATE_LOCATION, secret.file("tls.crt").toString(),
            PemSslEngineFactory.KEY_LOCATION, secret.file("tls.key").toString()));
  }

  @AfterEach
  void forgetTheLog() {
    logger().detachAppender(logged);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(RotatingTls.class);
  }

  private static Map<String, String> secret(TestPki ca, X509Certificate certificate, String key) {
    return Map.of(
        "ca.crt", TestPki.pem(ca.certificate), "tls.crt", TestPki.pem(certificate), "tls.key", key);
  }

  private void pass(long millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private SSLEngine engine() {
    return factory.createClientSslEngine("a.b", 9093, "https");
  }

  private BigInteger serialSeen(SSLEngine client) throws SSLException {
    SSLEngine server = EnginePair.connect(client, SERVER);
    return ((X509Certificate) server.getSession().getPeerCertificates()[0]).getSerialNumber();
  }

  private List<String> warnings() {
    return logged.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void aSwappedLinkServesTheNextConnectionAfterASecond() throws SSLException {
    assertThat(serialSeen(engine())).isEqualTo(oldCertificate.getSerialNumber());
    SSLEngine before = engine();
    secret.update(secret(CA, newCertificate, TestPki.pkcs1(NEW_KEYS)));
    pass(999);
    assertThat(serialSeen(engine())).isEqualTo(oldCertificate.getSerialNumber());
    pass(1);
    assertThat(serialSeen(engine())).isEqualTo(newCertificate.getSerialNumber());
    assertThat(factory.expiry()).contains(newCertificate.getNotAfter().toInstant());
    assertThat(serialSeen(before))
        .as("an engine made before keeps its certificate")
        .isEqualTo(oldCertificate.getSerialNumber());
    assertThat(warnings()).isEmpty();
  }

  @Test
  void theAuthorityRotatesToo() throws SSLException {
    TestPki next = TestPki.authority("next ca");
    secret.update(secret(next, oldCertificate, TestPki.sec1(OLD_KEYS)));
    pass(1000);
    assertThatThrownBy(() -> serialSeen(engine())).isInstanceOf(SSLException.class);
    Map<String, String> both =
        Map.of(
            "ca.crt", TestPki.pem(next.certificate, CA.certificate),
            "tls.crt", TestPki.pem(oldCertificate),
            "tls.key", TestPki.sec1(OLD_KEYS));
    secret.update(both);
    pass(1000);
    assertThat(serialSeen(engine())).isEqualTo(oldCertificate.getSerialNumber());
  }

  @Test
  void aPairThatDoesNotMatchKeepsTheOldOneWithOneWarningUntilItDoes() throws SSLException {
    secret.update(secret(CA, newCertificate, TestPki.sec1(OLD_KEYS)));
    for (int i = 0; i < 5; i++) {
      pass(1000);
      assertThat(serialSeen(engine())).isEqualTo(oldCertificate.getSerialNumber());
    }
    assertThat(warnings()).hasSize(1);
    assertThat(warnings().get(0))
        .contains("keep what was loaded before", "is not the key of the certificate")
        .doesNotContain(TestPki.sec1(OLD_KEYS).substring(40, 60));
    secret.update(secret(CA, newCertificate, TestPki.pkcs8(NEW_KEYS)));
    pass(1000);
    assertThat(serialSeen(engine())).isEqualTo(newCertificate.getSerialNumber());
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void everyDistinctFailureIsToldOnceAndAgainAfterARecovery() throws SSLException {
    Map<String, String> good = secret(CA, oldCertificate, TestPki.sec1(OLD_KEYS));
    String pem = TestPki.pem(newCertificate);
    Map<String, String> half =
        Map.of(
            "ca.crt", TestPki.pem(CA.certificate),
            "tls.crt", pem.substring(0, pem.length() / 2),
            "tls.key", TestPki.pkcs8(NEW_KEYS));
    Map<String, String> missing = Map.of("ca.crt", TestPki.pem(CA.certificate));
    for (Map<String, String> state : List.of(half, missing, half, missing)) {
      secret.update(state);
      pass(1000);
      assertThat(serialSeen(engine())).isEqualTo(oldCertificate.getSerialNumber());
    }
    assertThat(warnings()).hasSize(2);
    assertThat(warnings().get(0)).contains("tls.crt is not a whole PEM file");
    assertThat(warnings().get(1)).contains("tls.crt does not exist");
    secret.update(good);
    pass(1000);
    engine();
    secret.update(half);
    pass(1000);
    engine();
    assertThat(warnings()).hasSize(3);
  }

  @Test
  void manyThreadsGetWholePairsDuringRotations() throws Exception {
    int threads = 4;
    int rounds = 12;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CyclicBarrier barrier =
        new CyclicBarrier(
            threads,
            () -> {
              pass(1000);
              boolean even = clock.get() / TimeUnit.SECONDS.toNanos(1) % 2 == 0;
              secret.update(
                  even
                      ? secret(CA, newCertificate, TestPki.pkcs1(NEW_KEYS))
                      : secret(CA, oldCertificate, TestPki.sec1(OLD_KEYS)));
            });
    try {
      Callable<List<BigInteger>> connections =
          () -> {
            List<BigInteger> seen = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
              barrier.await();
              seen.add(serialSeen(engine()));
            }
            return seen;
          };
      List<BigInteger> seen = new ArrayList<>();
      for (Future<List<BigInteger>> result :
          pool.invokeAll(List.of(connections, connections, connections, connections))) {
        seen.addAll(result.get());
      }
      assertThat(seen)
          .hasSize(threads * rounds)
          .contains(oldCertificate.getSerialNumber(), newCertificate.getSerialNumber())
          .isSubsetOf(oldCertificate.getSerialNumber(), newCertificate.getSerialNumber());
      assertThat(warnings()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }
}
