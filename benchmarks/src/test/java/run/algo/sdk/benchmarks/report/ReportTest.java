package run.algo.sdk.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

class ReportTest {

  private static final Conditions CONDITIONS =
      new Conditions("2026-01-31", "abc", "2 processors", "X 25", "kafka-clients 4", "", 0.5, 2);

  @TempDir private Path folder;

  private static Section section(String id, String title, double figure, boolean holds) {
    return new Section(
        id,
        title,
        "What it is.",
        "benchmarks/compare --cells " + id,
        CONDITIONS,
        List.of(new Section.Bar("at least 0.9", figure + "", holds)),
        List.of(new Section.Table(List.of("arm", "figure"), List.of(List.of("a|b", figure + "")))),
        List.of(
            new Section.Chart(
                "Speed <here>",
                List.of(
                    new Section.Value("ours", figure, figure / 2, figure * 2, true),
                    new Section.Value("theirs & co", 1, 1, 1, false)))));
  }

  private Report report() {
    return new Report(folder.resolve("figures.md"), List.of("one", "two"));
  }

  private String page() throws Exception {
    return Files.readString(folder.resolve("figures.md"));
  }

  @Test
  void thePageHasWhatTheSectionsSay() throws Exception {
    report().put(section("one", "The first one", 0.95, true));
    assertThat(page())
        .contains(
            "## The first one",
            "What it is.",
            "benchmarks/compare --cells one",
            "2026-01-31, revision abc; 2 processors; JDK X 25; kafka-clients 4; load average 0.5"
                + " before, 2.0 after.",
            "| a\\|b | 0.95 |",
            "| [The first one](#the-first-one) | at least 0.9 | 0.95 | yes |",
            "![Speed <here>](figures/one-1.svg)");
    assertThat(report().sections()).containsExactly(section("one", "The first one", 0.95, true));
  }

  @Test
  void aSectionThatIsMeasuredAgainReplacesItselfAndTheOthersStay() throws Exception {
    report().put(section("two", "Second", 2, true));
    report().put(section("zzz", "Last", 3, true));
    report().put(section("one", "First", 1, true));
    report().put(section("two", "Second", 0.5, false));
    String page = page();
    assertThat(page).contains("| at least 0.9 | 0.5 | **no** |").doesNotContain("| 2.0 |");
    assertThat(page.indexOf("## First")).isPositive().isLessThan(page.indexOf("## Second"));
    assertThat(page.indexOf("## Second")).isLessThan(page.indexOf("## Last"));
  }

  @Test
  void aChartIsAnImageWithABarAValue() throws Exception {
    report().put(section("one", "One", 0.5, true));
    byte[] svg = Files.readAllBytes(folder.resolve("figures/one-1.svg"));
    NodeList bars =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg))
            .getElementsByTagName("rect");
    assertThat(bars.getLength()).isEqualTo(2);
    double ours = width(bars, 0);
    assertThat(width(bars, 1)).as("twice as long").isBetween(1.99 * ours, 2.01 * ours);
    assertThat(new String(svg, StandardCharsets.UTF_8)).contains("theirs &amp; co", ">0.50<");
  }

  private static double width(NodeList bars, int index) {
    return Double.parseDouble(
        bars.item(index).getAttributes().getNamedItem("width").getTextContent());
  }

  @Test
  void aRowHasACellAColumn() {
    assertThatThrownBy(() -> new Section.Table(List.of("a", "b"), List.of(List.of("1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 cells and not 2");
  }

  @Test
  void theConditionsAreThisMachines() {
    Conditions now =
        Conditions.now(Path.of(System.getProperty("java.home")), "v", "s", Conditions.load());
    assertThat(now.machine()).startsWith(Runtime.getRuntime().availableProcessors() + " ");
    assertThat(now.jdk()).contains(Integer.toString(Runtime.version().feature()));
  }
}
