package run.algo.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

class RecordHeadersTest {

  private static final RecordHeader FIRST = RecordHeader.of("a", "1");
  private static final RecordHeader OTHER = RecordHeader.of("b", "ü");
  private static final RecordHeader LAST = RecordHeader.of("a", "2");
  private static final RecordHeader EMPTY = new RecordHeader("none", null);

  private final RecordHeaders headers = RecordHeaders.of(FIRST, OTHER, LAST, EMPTY);

  @Test
  void theLastOfANameCounts() {
    assertThat(headers.last("a")).isSameAs(LAST);
    assertThat(headers.text("a")).hasValue("2");
    assertThat(headers.text("b")).hasValue("ü");
    assertThat(headers.all("a")).containsExactly(FIRST, LAST);
  }

  @Test
  void caseCountsAndAnAbsentNameIsEmpty() {
    assertThat(headers.last("A")).isNull();
    assertThat(headers.text("A")).isEmpty();
    assertThat(headers.all("A")).isEmpty();
  }

  @Test
  void aHeaderWithoutAValueIsThereWithEmptyText() {
    assertThat(headers.text("none")).hasValue("");
    assertThat(headers.last("none")).isEqualTo(new RecordHeader("none", null));
    assertThat(EMPTY).isNotEqualTo(RecordHeader.of("none", ""));
  }

  @Test
  void theyKeepTheirOrderAndCannotBeChanged() {
    RecordHeader[] source = {FIRST, OTHER};
    RecordHeaders copied = RecordHeaders.of(source);
    source[0] = LAST;

    assertThat(copied).containsExactly(FIRST, OTHER);
    Iterator<RecordHeader> iterator = copied.iterator();
    iterator.next();
    assertThatThrownBy(iterator::remove).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> copied.all("a").clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(copied).hasToString("[a=1, b=ü]");
  }

  @Test
  void headersAreEqualByContent() {
    assertThat(RecordHeader.of("a", "1"))
        .isEqualTo(FIRST)
        .hasSameHashCodeAs(FIRST)
        .isNotEqualTo(LAST)
        .isNotEqualTo(RecordHeader.of("b", "1"));
    assertThatThrownBy(() -> RecordHeader.of(null, "x")).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aPositionIsWrittenAsKafkaWritesIt() {
    RecordPosition position = new RecordPosition("orders", 3, 42, 1_000);

    assertThat(position).hasToString("orders-3@42");
    assertThat(position.time()).isEqualTo(Instant.ofEpochSecond(1));
  }
}
