package run.algo.sdk.kafka.config;

import java.util.Optional;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Reads how the clients connect and authenticate, and checks the files that this needs. */
final class SecurityReader {

  private static final String TYPES = "use tls, scram-sha-512 or plain";
  private static final SecuritySettings PLAINTEXT =
      new SecuritySettings(
          SecurityProtocol.PLAINTEXT,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private final Variables variables;
  private final Problems problems;
  private final PemReader files;

  SecurityReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
    this.files = new PemReader(variables, problems);
  }

  SecuritySettings read() {
    Optional<String> tlsText = variables.raw(OperatorVariable.TLS.variable());
    Optional<Boolean> tls = tlsText.flatMap(Texts::goBool);
    boolean unclear = tlsText.isPresent() && tls.isEmpty();
    if (unclear) {
      problems.add(
          variables.label(OperatorVariable.TLS),
          tlsText.orElseThrow(),
          "is not a bool as Go reads it",
          "use true or false");
      // Whoever names a CA file means it to be used: its mistakes are told together with this one.
      if (variables.text(OperatorVariable.TLS_CA_LOCATION).isPresent()) {
        ca();
      }
    }
    Optional<String> type = variables.raw(OperatorVariable.AUTH_TYPE.variable());
    if (type.isEmpty()) {
      return tls.orElse(false) ? encrypted() : PLAINTEXT;
    }
    return switch (type.get()) {
      case "tls" -> clientCertificate(tls, unclear);
      case "scram-sha-512" -> sasl("SCRAM-SHA-512", tls, unclear);
      case "plain" -> sasl("PLAIN", tls, unclear);
      default -> {
        problems.add(
            variables.label(OperatorVariable.AUTH_TYPE),
            type.get(),
            "is not a type of authentication",
            TYPES);
        yield tls.orElse(false) ? encrypted() : PLAINTEXT;
      }
    };
  }

  private SecuritySettings encrypted() {
    return new SecuritySettings(
        SecurityProtocol.SSL,
        Optional.of(ca()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private SecuritySettings clientCertificate(Optional<Boolean> tls, boolean unclear) {
    if (!tls.orElse(true)) {
      problems.add(
          variables.label(OperatorVariable.TLS),
          variables.raw(OperatorVariable.TLS.variable()).orElse(""),
          "contradicts KAFKA_AUTH_TYPE=tls, which needs TLS",
          "set it to true, or leave it out, or choose another KAFKA_AUTH_TYPE");
    }
    // An unclear KAFKA_TLS has had its CA file checked already, if one is named.
    String ca =
        unclear && variables.text(OperatorVariable.TLS_CA_LOCATION).isPresent()
            ? files.location(OperatorVariable.TLS_CA_LOCATION)
            : ca();
    files.pair(OperatorVariable.AUTH_CERTIFICATE_LOCATION, OperatorVariable.AUTH_KEY_LOCATION);
    return new SecuritySettings(
        SecurityProtocol.SSL,
        Optional.of(ca),
        Optional.of(files.location(OperatorVariable.AUTH_CERTIFICATE_LOCATION)),
        Optional.of(files.location(OperatorVariable.AUTH_KEY_LOCATION)),
        Optional.empty());
  }

  private SecuritySettings sasl(String mechanism, Optional<Boolean> tls, boolean unclear) {
    String username = credential(OperatorVariable.AUTH_USERNAME);
    Secret password = new Secret(credential(OperatorVariable.AUTH_PASSWORD));
    Optional<SecuritySettings.Sasl> sasl =
        Optional.of(new SecuritySettings.Sasl(mechanism, username, password));
    if (tls.orElse(false)) {
      return new SecuritySettings(
          SecurityProtocol.SASL_SSL, Optional.of(ca()), Optional.empty(), Optional.empty(), sasl);
    }
    if (!unclear) {
      problems.warn(
          "KAFKA_AUTH_TYPE="
              + Texts.lower(mechanism)
              + " without KAFKA_TLS=true: credentials and records travel unencrypted");
    }
    return new SecuritySettings(
        SecurityProtocol.SASL_PLAINTEXT,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        sasl);
  }

  /** Returns a credential as given: blanks may be a part of it. */
  private String credential(OperatorVariable variable) {
    Optional<String> value = variables.raw(variable.variable()).filter(text -> !text.isEmpty());
    if (value.isEmpty()) {
      problems.missing(
          variables.label(variable),
          "is required for KAFKA_AUTH_TYPE="
              + variables.raw(OperatorVariable.AUTH_TYPE.variable()).orElse(""),
          "set it, usually from the secret of the Kafka user");
    }
    return value.orElse("");
  }

  private String ca() {
    return files.certificates(OperatorVariable.TLS_CA_LOCATION);
  }
}
