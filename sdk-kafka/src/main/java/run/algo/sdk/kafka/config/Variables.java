package run.algo.sdk.kafka.config;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The variables of a source, merged: builder beats property beats environment. */
final class Variables {

  private record Entry(String label, String value) {}

  private final SortedMap<String, Entry> entries = new TreeMap<>();
  private final Set<String> secrets = new LinkedHashSet<>();

  Variables(SettingsSource source) {
    source.environment().forEach((name, value) -> put(name, name, value));
    // Sorted, so that of two spellings of one property always the same one wins.
    new TreeMap<>(source.properties())
        .forEach(
            (property, value) -> {
              String lower = Texts.lower(property);
              if (lower.startsWith("algo.") || lower.startsWith("kafka.")) {
                put(Texts.upper(property).replace('.', '_'), property, value);
              }
            });
    source.overrides().forEach((name, value) -> put(name, name, value));
  }

  private void put(String name, String label, String value) {
    entries.put(name, new Entry(label, value));
    // A secret that is beaten by a better source is a secret nevertheless.
    if (name.equals(OperatorVariable.AUTH_PASSWORD.variable())) {
      secrets.add(value);
    } else if (name.equals(OperatorVariable.STORAGE_HOST.variable())) {
      secrets.add(value);
      StorageHost.secretPart(value).ifPresent(secrets::add);
    } else if (ClientOverrides.isClientVariable(name) && Texts.looksSecret(name)) {
      secrets.add(value);
    }
  }

  /** Returns the value as given, blank ones too. */
  Optional<String> raw(String variable) {
    return Optional.ofNullable(entries.get(variable)).map(Entry::value);
  }

  /** Returns the value unless it is blank. */
  Optional<String> text(String variable) {
    return raw(variable).filter(value -> !value.isBlank());
  }

  Optional<String> text(Setting setting) {
    return text(setting.variable());
  }

  Optional<String> text(OperatorVariable variable) {
    return text(variable.variable());
  }

  /** Returns the name under which the user gave the variable: a property's name if it is one. */
  String label(String variable) {
    Entry entry = entries.get(variable);
    return entry == null ? variable : entry.label();
  }

  String label(Setting setting) {
    return label(setting.variable());
  }

  String label(OperatorVariable variable) {
    return label(variable.variable());
  }

  /** Returns the names that begin so, sorted. */
  Stream<String> beginningWith(String prefix) {
    return entries.tailMap(prefix).keySet().stream().takeWhile(name -> name.startsWith(prefix));
  }

  /** Returns the rest of the names that begin so, with the values, sorted. */
  SortedMap<String, String> suffixes(String prefix) {
    SortedMap<String, String> result = new TreeMap<>();
    for (Map.Entry<String, Entry> entry : entries.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (entry.getKey().length() > prefix.length()) {
        result.put(entry.getKey().substring(prefix.length()), entry.getValue().value());
      }
    }
    return result;
  }

  /** Returns the texts that must not be printed. */
  Collection<String> secrets() {
    return Set.copyOf(secrets);
  }
}
