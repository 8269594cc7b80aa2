package run.algo.examples.uppercase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import run.algo.sdk.kafka.config.Setting;

/** What the documents show must be what there is. */
class ReadmeTest {

  private static final Path ROOT = Path.of(System.getProperty("project.root"));

  @Test
  void theAlgoAndItsTestAreThoseThatAreCompiled() throws IOException {
    String test = source("src/test/java/run/algo/examples/uppercase/UppercaseTest.java");
    assertThat(blocks("README.md", "java"))
        .containsExactly(
            source("src/main/java/run/algo/examples/uppercase/Uppercase.java"),
            test.substring(test.indexOf("class ")));
  }

  private static String source(String path) throws IOException {
    String source = Files.readString(ROOT.resolve("examples").resolve(path));
    return source.substring(source.indexOf("import ")).strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "CONTRIBUTING.md"})
  void theCommandsNameProfilesModulesAndPropertiesThatExist(String document) throws Exception {
    List<String> commands = commands(document);
    assertThat(commands).isNotEmpty();
    Set<String> profiles = texts("pom.xml", "/project/profiles/profile/id");
    Set<String> modules = texts("pom.xml", "/project/modules/module");
    String poms =
        Files.readString(ROOT.resolve("examples/pom.xml"))
            + Files.readString(ROOT.resolve("sdk-testkit/pom.xml"));
    // Of Surefire, Failsafe and of Maven itself, and one of a test.
    Set<String> known =
        Set.of(
            "skipTests",
            "test",
            "it.test",
            "surefire.failIfNoSpecifiedTests",
            "failsafe.failIfNoSpecifiedTests",
            "api.update");
    for (String command : commands) {
      for (String profile : found(command, "-P([\\w-]+)")) {
        assertThat(profiles).as(command).contains(profile);
      }
      for (String module : found(command, "-pl ([\\w-]+)")) {
        assertThat(modules).as(command).contains(module);
      }
      for (String property : found(command, "-D([\\w.]+)")) {
        assertThat(known.contains(property) || poms.contains("${" + property + "}"))
            .as(property + " of " + command)
            .isTrue();
      }
      for (String main : found(command, "-Dquickstart.main=(\\S+)")) {
        assertThat(Class.forName(main).getMethod("main", String[].class)).isNotNull();
      }
    }
  }

  @Test
  void bothCommandsOfTheQuickstartAreThere() throws IOException {
    assertThat(commands("README.md")).contains("mvn -q -Pquickstart", "mvn verify");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"})
  void linksLeadToFilesThatExist(String document) throws IOException {
    for (String link : found(read(document), "\\]\\(([^)]+)\\)")) {
      if (!link.startsWith("https://")) {
        assertThat(ROOT.resolve(link)).exists();
      }
    }
  }

  @Test
  void theSettingsExistAndHaveTheDefaultsThatAreShown() throws IOException {
    String readme = read("README.md");
    Set<String> names =
        Arrays.stream(Setting.values()).map(Setting::variable).collect(Collectors.toSet());
    assertThat(names).containsAll(found(readme, "\\b(ALGO_[A-Z_]+)\\b"));
    for (Setting setting : List.of(Setting.ON_FAILURE, Setting.SHUTDOWN_TIMEOUT)) {
      assertThat(readme)
          .contains("| `" + setting.variable() + "` | `" + setting.defaultText() + "` |");
    }
  }

  @Test
  void theDependenciesAreOfThisVersion() throws Exception {
    String xml = String.join("\n", blocks("README.md", "xml"));
    assertThat(texts("pom.xml", "/project/modules/module"))
        .containsAll(
            found(xml, "<groupId>run.algo</groupId>\\s*<artifactId>([\\w-]+)</artifactId>"));
    assertThat(found(xml, "</artifactId>\\s*<version>([^<]+)</version>"))
        .containsExactlyInAnyOrderElementsOf(
            texts("pom.xml", "/project/version | /project/properties/logback.version"));
  }

  /** Every Maven command, from the name mvn to the end of its line, cell or code. */
  private static List<String> commands(String document) throws IOException {
    String text = read(document).replace("\\\n", " ");
    return found(text, "\\b(mvn (?:-|[a-z])[^`|#]*?)\\s*(?:`|\\||#|\n(?!  -D))");
  }

  private static List<String> blocks(String document, String language) throws IOException {
    return found(read(document), "(?s)```" + language + "\n(.*?)\n```");
  }

  private static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  private static Set<String> texts(String pom, String path) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(false);
    Document document = factory.newDocumentBuilder().parse(ROOT.resolve(pom).toFile());
    XPath xpath = XPathFactory.newInstance().newXPath();
    NodeList nodes = (NodeList) xpath.evaluate(path, document, XPathConstants.NODESET);
    Set<String> result = new TreeSet<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      result.add(nodes.item(i).getTextContent().strip());
    }
    return result;
  }

  private static String read(String document) throws IOException {
    return Files.readString(ROOT.resolve(document));
  }
}
