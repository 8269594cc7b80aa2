package run.algo.sdk.kafka.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import run.algo.sdk.kafka.internal.tls.PemException;
import run.algo.sdk.kafka.internal.tls.PemFiles;

/**
 * Reads the PEM files that settings name, to find out before the first connection whether they can
 * serve.
 */
final class PemReader {

  private final Variables variables;
  private final Problems problems;

  PemReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  /** Returns the path that holds for a setting. */
  String location(OperatorVariable variable) {
    return variables.text(variable).orElse(variable.defaultText());
  }

  /** Checks a file of certificates and returns its path. */
  String certificates(OperatorVariable variable) {
    read(variable, PemFiles::certificates);
    return location(variable);
  }

  /** Checks the files of a client certificate and its key, and that they belong together. */
  void pair(OperatorVariable certificate, OperatorVariable key) {
    Optional<List<X509Certificate>> chain = read(certificate, PemFiles::certificates);
    Optional<PrivateKey> privateKey = read(key, PemFiles::privateKey);
    if (chain.isPresent()
        && privateKey.isPresent()
        && !PemFiles.matches(chain.get().get(0), privateKey.get())) {
      problems.add(
          variables.label(key),
          location(key),
          "is not the key of the certificate " + problems.shown(location(certificate), 200),
          "mount certificate and key of one secret");
    }
  }

  private <T> Optional<T> read(OperatorVariable variable, Function<Path, T> reader) {
    String location = location(variable);
    String problem;
    try {
      return Optional.of(reader.apply(Path.of(location)));
    } catch (InvalidPathException e) {
      problem = "is not a path";
    } catch (PemException e) {
      problem = String.valueOf(e.getMessage());
    } catch (SecurityException e) {
      problem = "cannot be read";
    }
    problems.add(
        variables.label(variable),
        location,
        problem,
        "mount the PEM file there, or set " + variable.variable() + " to its path");
    return Optional.empty();
  }
}
