package run.algo.examples.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The dashboard as Grafana wants it; what it asks for is DashboardIT's. */
class DashboardTest {

  private final JsonNode dashboard = Project.json(Queries.DASHBOARD);

  @Test
  void everyPanelHasAPlaceAnIdAndTheDataSourceThatIsChosen() {
    Set<Integer> ids = new TreeSet<>();
    boolean[][] taken = new boolean[1000][24];
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asString();
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      JsonNode place = panel.path("gridPos");
      for (int y = 0; y < place.path("h").asInt(); y++) {
        for (int x = 0; x < place.path("w").asInt(); x++) {
          int row = place.path("y").asInt() + y;
          int column = place.path("x").asInt() + x;
          assertThat(taken[row][column]).as(title + " overlaps").isFalse();
          taken[row][column] = true;
        }
      }
      if (!panel.path("type").asString().equals("row")) {
        assertThat(panel.path("description").asString()).as(title).isNotBlank();
        assertThat(panel.path("targets").isEmpty()).as(title).isFalse();
        assertThat(panel.at("/datasource/uid").asString()).isEqualTo("${datasource}");
        panel
            .path("targets")
            .forEach(
                target ->
                    assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}"));
      }
    }
    assertThat(ids).hasSizeGreaterThan(40);
  }

  @Test
  void everyVariableThatIsUsedIsThereAndIsUsed() {
    List<String> variables = new ArrayList<>();
    for (JsonNode variable : dashboard.at("/templating/list")) {
      variables.add(variable.path("name").asString());
    }
    assertThat(variables).contains("datasource", "deployment", "pipeline", "name");
    Set<String> used = new TreeSet<>(List.of("datasource"));
    for (Queries.Query query : Queries.ofDashboard()) {
      used.addAll(Project.found(query.expression(), "\"\\$(\\w+)\""));
    }
    assertThat(used).containsExactlyInAnyOrderElementsOf(variables);
  }
}
