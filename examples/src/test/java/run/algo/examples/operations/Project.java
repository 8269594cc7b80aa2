package run.algo.examples.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files of the project. */
final class Project {

  private static final Path ROOT = Path.of(System.getProperty("project.root"));
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Project() {}

  static Path path(String file) {
    return ROOT.resolve(file);
  }

  static String read(String file) {
    try {
      return Files.readString(path(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The documents of a YAML file. */
  static List<JsonNode> yaml(String file) {
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(read(file))) {
      return documents.readAll();
    }
  }

  static JsonNode json(String file) {
    return JSON.readTree(read(file));
  }

  /** The blocks of a language in a Markdown file. */
  static List<String> blocks(String file, String language) {
    return found(read(file), "(?s)```" + language + "\n(.*?)\n```");
  }

  /** The anchors of a Markdown file's headings, as GitHub makes them. */
  static List<String> anchors(String file) {
    return found(read(file), "(?m)^#+ (.+)$").stream()
        .map(title -> title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", ""))
        .map(title -> title.replace(' ', '-'))
        .toList();
  }

  /** The first group of all matches. */
  static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
