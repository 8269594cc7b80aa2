package run.algo.examples.operations;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks for: its metrics, their matchers, and the labels it groups by. A
 * tokenizer and a few rules, no parser of the language; what it does not know is an error, so that
 * nothing in a query goes unread.
 */
final class PromQuery {

  /**
   * A metric in an expression.
   *
   * @param name its name
   * @param matchers its matchers, values by label
   * @param function the function around it, empty when there is none
   */
  record Metric(String name, Map<String, Match> matchers, String function) {}

  /** The right side of a matcher. */
  record Match(String operator, String value) {}

  /** What an aggregation groups by, and the metrics within its parentheses. */
  record Grouping(Set<String> labels, List<Metric> metrics) {}

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|(?<string>\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<number>\\d+(?:\\.\\d+)?(?:[smhdwy]|ms|e[+-]?\\d+)?)"
              + "|(?<word>\\$?[a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "|(?<sign>=~|!~|!=|==|<=|>=|[-+*/%^=<>(){}\\[\\],])");

  private static final Set<String> AGGREGATIONS =
      Set.of("sum", "max", "min", "avg", "count", "topk");
  private static final Set<String> FUNCTIONS =
      Set.of("rate", "increase", "deriv", "abs", "time", "histogram_quantile");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");
  private static final Set<String> MATCHING = Set.of("on", "ignoring", "group_left", "group_right");

  private final String text;
  private final List<String> tokens = new ArrayList<>();
  private final List<Metric> metrics = new ArrayList<>();
  private final List<Grouping> groupings = new ArrayList<>();
  private int next;

  private PromQuery(String text) {
    this.text = text;
  }

  static PromQuery parse(String text) {
    PromQuery query = new PromQuery(text);
    query.tokenize();
    query.expression(0, "");
    if (query.next != query.tokens.size()) {
      throw query.wrong("a closing parenthesis too many");
    }
    return query;
  }

  List<Metric> metrics() {
    return metrics;
  }

  List<Grouping> groupings() {
    return groupings;
  }

  /** The labels that the result has; empty when they are those of its metrics. */
  Set<String> resultLabels() {
    Set<String> labels = new LinkedHashSet<>();
    groupings.forEach(grouping -> labels.addAll(grouping.labels()));
    return labels;
  }

  private void tokenize() {
    Matcher token = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!token.find(at) || token.start() != at) {
        throw wrong("unreadable at " + at);
      }
      at = token.end();
      if (!token.group().isBlank()) {
        tokens.add(token.group());
      }
    }
  }

  /** Reads up to the parenthesis that closes what is {@code depth} deep. */
  private void expression(int depth, String function) {
    boolean read = false;
    while (next < tokens.size()) {
      String token = tokens.get(next);
      if (token.equals(")")) {
        if (!read && !function.equals("time")) {
          throw wrong("empty parentheses");
        }
        return;
      }
      read = true;
      next++;
      if (token.equals("(")) {
        expression(depth + 1, "");
        expect(")");
      } else if (token.equals("[")) {
        String range = take();
        if (!range.matches("\\$__rate_interval|\\d+[smhd]")) {
          throw wrong("no range: " + range);
        }
        expect("]");
        if (!Set.of("rate", "increase", "deriv").contains(function)) {
          throw wrong("a range outside of rate, increase and deriv");
        }
      } else if (isWord(token)) {
        word(token, depth, function);
      } else if (token.matches("[\\]{}]|=~|!~|=")) {
        throw wrong("unexpected " + token);
      } // else an operator, a comma, a number or a string
    }
    if (depth > 0) {
      throw wrong("a parenthesis is not closed");
    }
  }

  private void word(String word, int depth, String function) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (AGGREGATIONS.contains(lower)) {
      aggregation(depth);
    } else if (FUNCTIONS.contains(lower)) {
      expect("(");
      expression(depth + 1, lower);
      expect(")");
    } else if (OPERATORS.contains(lower)) {
      return;
    } else if (MATCHING.contains(lower)) {
      groupings.add(new Grouping(labels(), metrics)); // of all metrics of the expression
    } else if (peek().equals("(")) {
      throw wrong("unknown function " + word);
    } else {
      metrics.add(new Metric(word, matchers(), function));
    }
  }

  private void aggregation(int depth) {
    Set<String> labels = Set.of();
    if (peek().equals("by")) {
      next++;
      labels = labels();
    }
    int first = metrics.size();
    expect("(");
    expression(depth + 1, "");
    expect(")");
    if (peek().equals("by") || peek().equals("without") || metrics.size() == first) {
      throw wrong("an aggregation is written: name by (labels) (expression)");
    }
    groupings.add(new Grouping(labels, List.copyOf(metrics.subList(first, metrics.size()))));
  }

  private Set<String> labels() {
    Set<String> labels = new LinkedHashSet<>();
    expect("(");
    while (!peek().equals(")")) {
      labels.add(take());
      if (peek().equals(",")) {
        next++;
      }
    }
    expect(")");
    return labels;
  }

  private Map<String, Match> matchers() {
    Map<String, Match> matchers = new TreeMap<>();
    if (!peek().equals("{")) {
      return matchers;
    }
    next++;
    while (!peek().equals("}")) {
      String label = take();
      String operator = take();
      String value = take();
      if (!isWord(label) || !operator.matches("=~|!~|=|!=") || !value.startsWith("\"")) {
        throw wrong("no matcher: " + label + operator + value);
      }
      matchers.put(label, new Match(operator, value.substring(1, value.length() - 1)));
      if (peek().equals(",")) {
        next++;
      }
    }
    next++;
    return matchers;
  }

  private static boolean isWord(String token) {
    return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private String take() {
    if (next == tokens.size()) {
      throw wrong("it ends too early");
    }
    return tokens.get(next++);
  }

  private void expect(String token) {
    if (!peek().equals(token)) {
      throw wrong("expected " + token + " and not '" + peek() + "'");
    }
    next++;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + " in: " + text);
  }
}
