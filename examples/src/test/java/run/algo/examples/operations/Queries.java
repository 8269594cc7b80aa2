package run.algo.examples.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Every query that the project gives to its users. */
final class Queries {

  static final String DASHBOARD = "docs/grafana/algo-sdk.json";
  static final String ALERTS = "docs/grafana/alerts.yaml";
  static final String GUIDE = "docs/operations.md";

  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)\\}\\}");

  private Queries() {}

  /**
   * A query.
   *
   * @param where where it stands
   * @param expression its text
   * @param shown labels that are shown of its result
   */
  record Query(String where, String expression, List<String> shown) {}

  static List<Query> all() {
    List<Query> all = new ArrayList<>(ofDashboard());
    all.addAll(ofAlerts());
    all.addAll(ofGuide());
    return all;
  }

  static List<Query> ofDashboard() {
    List<Query> queries = new ArrayList<>();
    JsonNode dashboard = Project.json(DASHBOARD);
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.path("type").asString().equals("query")) {
        String where = "variable " + variable.path("name").asString();
        Matcher values = LABEL_VALUES.matcher(variable.at("/query/query").asString());
        if (!values.matches()) {
          throw new AssertionError(where + " is no label_values");
        }
        queries.add(new Query(where, values.group(1), List.of(values.group(2))));
      }
    }
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            new Query(
                "panel " + panel.path("title").asString(),
                target.path("expr").asString(),
                Project.found(target.path("legendFormat").asString(), LEGEND.pattern())));
      }
    }
    return queries;
  }

  static List<Query> ofAlerts() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode rule : Project.yaml(ALERTS).get(0).at("/groups/0/rules")) {
      queries.add(
          new Query(
              "alert " + rule.path("alert").asString(),
              rule.path("expr").asString(),
              Project.found(rule.at("/annotations/summary").asString(), "\\$labels\\.(\\w+)")));
    }
    return queries;
  }

  /** Blocks of queries, one a line, and the cells of tables that are queries. */
  static List<Query> ofGuide() {
    List<Query> queries = new ArrayList<>();
    for (String block : Project.blocks(GUIDE, "promql")) {
      block.lines().forEach(line -> queries.add(new Query(GUIDE, line, List.of())));
    }
    for (String code : Project.found(Project.read(GUIDE), "`((?:sum|max|min)[ (][^`]+)`")) {
      queries.add(new Query(GUIDE, code, List.of()));
    }
    return queries;
  }
}
