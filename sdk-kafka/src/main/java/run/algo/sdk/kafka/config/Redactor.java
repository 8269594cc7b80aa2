package run.algo.sdk.kafka.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import run.algo.sdk.ConfigurationProblem;

/**
 * Takes the secrets of a configuration out of texts for people, wherever they turn up: a password
 * pasted into the wrong variable must not be printed either.
 */
final class Redactor {

  /**
   * Shorter secrets are only looked for as whole texts: masking each occurrence of {@code test}
   * would spoil the log and tell the secret by what is missing.
   */
  private static final int SHORTEST_PART = 6;

  private final List<String> secrets;

  Redactor(Collection<String> secrets) {
    // Longest first, so that a secret that holds another one is masked as a whole.
    this.secrets =
        secrets.stream()
            // As readers leave them: without blanks around (a secret's file often ends with a line
            // break), and in the lower case of buckets and topics.
            .flatMap(secret -> Stream.of(secret, secret.strip(), Texts.lower(secret.strip())))
            .filter(secret -> !secret.isBlank())
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  boolean holdsSecret(String text) {
    return secrets.stream().anyMatch(secret -> isIn(text, secret));
  }

  String scrub(String text) {
    String result = text;
    for (String secret : secrets) {
      if (isIn(result, secret)) {
        result = result.replace(secret, ConfigurationProblem.MASK);
      }
    }
    return result;
  }

  private static boolean isIn(String text, String secret) {
    return secret.length() < SHORTEST_PART ? text.equals(secret) : text.contains(secret);
  }
}
