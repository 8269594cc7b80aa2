package run.algo.sdk.kafka.internal.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StatusHtmlTest {

  /** What lists, texts and numbers of JavaScript have. */
  private static final Set<String> OF_THE_LANGUAGE =
      Set.of("length", "map", "reduce", "filter", "slice", "join", "toLowerCase");

  private final String html = StatusHtml.text();

  @Test
  void asksForNothingButItsData() {
    assertThat(html).doesNotContain("src=", "@import", "url(", "//cdn", "integrity=");
    assertThat(Pattern.compile("https?://").matcher(html).results().count())
        .as("the name space of SVG is no address")
        .isEqualTo(1);
    assertThat(Pattern.compile("fetch\\(([^,)]*)").matcher(html).results().map(r -> r.group(1)))
        .containsExactly("'status.json'");
  }

  @Test
  void makesNoMarkupOfText() {
    assertThat(html)
        .doesNotContain(
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "DOMParser",
            "createContextualFragment",
            "eval(",
            "Function(",
            " style=",
            " onclick",
            " onload");
  }

  @Test
  void itsPolicyNamesItsOneScriptAndItsOneStyle() throws Exception {
    assertThat(html.split("<script", -1)).hasSize(2);
    assertThat(html.split("<style", -1)).hasSize(2);
    Page.Content content = StatusHtml.page().content("");

    assertThat(content.type()).isEqualTo("text/html; charset=utf-8");
    assertThat(new String(content.body(), UTF_8)).isEqualTo(html);
    assertThat(content.policy())
        .startsWith("default-src 'none';")
        .contains("script-src '" + hash("script") + "';", "style-src '" + hash("style") + "';")
        .contains("connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("unsafe");
  }

  private String hash(String element) throws Exception {
    Matcher inner =
        Pattern.compile("<" + element + ">(.*)</" + element + ">", Pattern.DOTALL).matcher(html);
    assertThat(inner.find()).isTrue();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(inner.group(1).getBytes(UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  @Test
  void itsScriptReadsWhatTheDataHas() {
    String script = StatusHtml.element(html, "script").replaceAll("(?m)^\\s*//.*$", "");
    Set<String> ofRows = new HashSet<>();
    rows(Status.class, ofRows);
    List<String> read = new ArrayList<>();
    Matcher names = Pattern.compile("\\b(now|row)((?:\\.\\w+)+)").matcher(script);
    while (names.find()) {
      String[] path = names.group(2).substring(1).split("\\.");
      read.add(names.group());
      if (names.group(1).equals("row")) {
        assertThat(ofRows).as(names.group()).contains(path[0]);
      } else {
        assertIsPath(Status.class, path, names.group());
      }
    }
    assertThat(read).hasSizeGreaterThan(100).contains("now.history.minute.runHigh", "row.lag");
  }

  private static void assertIsPath(Class<?> record, String[] path, String as) {
    Class<?> at = record;
    for (String name : path) {
      if (!at.isRecord() && OF_THE_LANGUAGE.contains(name)) {
        return;
      }
      assertThat(at.isRecord()).as(as).isTrue();
      RecordComponent found = null;
      for (RecordComponent component : at.getRecordComponents()) {
        found = component.getName().equals(name) ? component : found;
      }
      assertThat(found).as(as).isNotNull();
      at = found.getType();
    }
  }

  /** Names of the fields of whatever is in a list. */
  private static void rows(Class<?> record, Set<String> names) {
    for (RecordComponent component : record.getRecordComponents()) {
      Type type = component.getGenericType();
      if (type instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> row
          && row.isRecord()) {
        for (RecordComponent field : row.getRecordComponents()) {
          names.add(field.getName());
        }
        rows(row, names);
      } else if (component.getType().isRecord()) {
        rows(component.getType(), names);
      }
    }
  }
}
